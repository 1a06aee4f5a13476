//! A parameter of an algorithm, in all the shapes that were published.

use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A named value that an algorithm reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub key: String,
    /// Its value. A number is spelled, and null is empty.
    #[serde(default, deserialize_with = "value")]
    pub value: String,
}

impl Parameter {
    /// A parameter of this name and value.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(spelled(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Reads a list of `{key, value}` or `{name, value}`, an object of these, or an object of plain values. An empty text or
/// null is an empty list. None if an entry is none of these.
pub(crate) fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Parameter>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(entries) => entries.into_iter().map(|entry| parameter(None, entry)).collect(),
        Value::Object(entries) => {
            entries.into_iter().map(|(key, entry)| parameter(Some(key), entry)).collect()
        }
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.is_empty() => Some(Vec::new()),
        _ => None,
    })
}

/// Writes a request's list, as an empty text where it is empty.
pub(crate) fn list_or_empty_text<S: Serializer>(
    list: &Option<Vec<Parameter>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match list.as_deref() {
        Some([]) => serializer.serialize_str(""),
        list => list.serialize(serializer),
    }
}

/// `key` is what the entry stands under.
fn parameter(key: Option<String>, entry: Value) -> Option<Parameter> {
    let Value::Object(mut fields) = entry else {
        return Some(Parameter { key: key?, value: spelled(entry)? });
    };
    let named = fields.remove("key").or_else(|| fields.remove("name"));
    let key = named.and_then(spelled).or(key)?;
    Some(Parameter { key, value: spelled(fields.remove("value")?)? })
}

fn spelled(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
