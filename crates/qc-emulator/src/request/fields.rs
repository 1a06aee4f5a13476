//! Values of a request as PHP takes them: forms know texts only, and lists come as maps.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

/// A list, or a map with numbered keys in its place. An empty text is an empty list: a form has no other way to
/// say so.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::Object(fields) => {
            let numbered = fields.into_iter().map(|(key, item)| Some((key.parse().ok()?, item)));
            let numbered: Option<Vec<(u64, Value)>> = numbered.collect();
            let mut numbered = numbered.ok_or_else(|| D::Error::custom("a list was expected"))?;
            numbered.sort_by_key(|(number, _)| *number);
            numbered.into_iter().map(|(_, item)| item).collect()
        }
        _ => return Err(D::Error::custom("a list was expected")),
    };
    let items = items.into_iter().map(T::deserialize).collect::<Result<_, _>>();
    items.map(Some).map_err(D::Error::custom)
}

/// A whole number, or the same as a text.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.map(Some).ok_or_else(|| D::Error::custom("a whole number was expected"))
}

/// A whole number that is not negative, or the same as a text.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let number = integer(deserializer)?.map(usize::try_from).transpose();
    number.map_err(|_| D::Error::custom("a number of 0 or more was expected"))
}

/// A truth value, or the same as a number or a text.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let flag = match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.as_str() {
            "true" | "True" | "1" => Some(true),
            "false" | "False" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    };
    flag.ok_or_else(|| D::Error::custom("true or false was expected"))
}

/// A text, or a number or truth value as the text that PHP makes of it.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(flag) => Ok(Some(if flag { "1" } else { "" }.to_owned())),
        _ => Err(D::Error::custom("a text was expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_come_in_every_shape() {
        for (value, expected) in [
            (json!(null), Some(None)),
            (json!(["a", "b"]), Some(Some(vec!["a", "b"]))),
            (json!({"10": "b", "2": "a"}), Some(Some(vec!["a", "b"]))),
            (json!({}), Some(Some(vec![]))),
            (json!(""), Some(Some(vec![]))),
            (json!({"x": "a"}), None),
            (json!("a"), None),
            (json!([1]), None),
        ] {
            let expected = expected
                .map(|list| list.map(|items| items.into_iter().map(str::to_owned).collect()));
            assert_eq!(list::<_, String>(value.clone()).ok(), expected, "{value}");
        }
    }

    #[test]
    fn scalars_come_as_texts_and_as_themselves() {
        for (value, number, words) in [
            (json!(null), Some(None), Some(None)),
            (json!(-1), Some(Some(-1)), Some(Some("-1"))),
            (json!("15"), Some(Some(15)), Some(Some("15"))),
            (json!("x"), None, Some(Some("x"))),
            (json!(0.5), None, Some(Some("0.5"))),
            (json!(true), None, Some(Some("1"))),
            (json!(false), None, Some(Some(""))),
            (json!([1]), None, None),
        ] {
            assert_eq!(integer(value.clone()).ok(), number, "{value}");
            let words = words.map(|words| words.map(str::to_owned));
            assert_eq!(text(value.clone()).ok(), words, "{value}");
        }
    }
}
