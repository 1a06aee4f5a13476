//! Who may work on a project.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::wire::tolerant;

/// Somebody who may work on a project. Each field may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Collaborator {
    /// The user's number.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub uid: Option<i64>,
    /// The user's name.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub name: Option<String>,
    /// What the user may do with the files: `read` or `write`. Older answers call it `epermission`.
    #[serde(default, alias = "epermission", deserialize_with = "tolerant::any_text")]
    pub permission: Option<String>,
    /// Whether the project is the user's own.
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    pub owner: Option<bool>,
}

/// Reads the collaborators; what is none of them is passed over, since nothing depends on it.
pub(super) fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Collaborator>, D::Error> {
    let entries = match Value::deserialize(deserializer)? {
        Value::Array(entries) => entries,
        Value::Object(entries) => entries.into_iter().map(|(_, entry)| entry).collect(),
        _ => Vec::new(),
    };
    let entries = entries.into_iter().filter(Value::is_object);
    Ok(entries.filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_forms_are_read_and_odd_ones_passed_over() {
        let read = |text: &str| list(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let both = read(
            r#"[{"id":0,"uid":226949,"epermission":"write","bio":null,"owner":true},
                {"uid":null,"permission":"read","name":"Ann","owner":0},7,null]"#,
        );
        let fields = |one: &Collaborator| (one.uid, one.permission.clone(), one.owner);
        assert_eq!(
            both.iter().map(fields).collect::<Vec<_>>(),
            [
                (Some(226_949), Some("write".into()), Some(true)),
                (None, Some("read".into()), Some(false))
            ]
        );
        assert_eq!(both[1].name.as_deref(), Some("Ann"));
        for empty in ["[]", "{}", "null", "7", r#""x""#] {
            assert_eq!(read(empty), [], "{empty}");
        }
    }
}
