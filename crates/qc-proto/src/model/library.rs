//! A library that a project uses: its number, or an object that holds it.

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::ids::ProjectId;

/// The numbers of the libraries. The official command line tool reads objects (`projectId`, `libraryName`,
/// `ownerName`, `access`) where plain numbers were documented. Null is an empty list, and the number 0 is no
/// library. None if another entry names no project.
pub(super) fn list<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<ProjectId>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(entries) => ids(entries.into_iter()),
        Value::Object(entries) => ids(entries.into_iter().map(|(_, entry)| entry)),
        Value::Null => Some(Vec::new()),
        _ => None,
    })
}

fn ids(entries: impl Iterator<Item = Value>) -> Option<Vec<ProjectId>> {
    let numbers = entries.map(|entry| match entry {
        Value::Object(mut fields) => fields.remove("projectId"),
        number => Some(number),
    });
    let is_none = |number: &Option<Value>| {
        number.as_ref().is_some_and(|number| *number == 0 || *number == "0")
    };
    numbers
        .filter(|number| !is_none(number))
        .map(|number| ProjectId::deserialize(number?).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_objects_name_the_same_libraries() {
        let read = |text: &str| list(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let expected = Some([5, 6].map(|id| ProjectId::new(id).unwrap()).to_vec());
        for libraries in [
            "[5,6]",
            r#"["5",6]"#,
            r#"[{"projectId":5,"libraryName":"L","ownerName":"me","access":true},{"projectId":"6"}]"#,
            r#"{"0":{"projectId":5},"2":6}"#,
            r#"[0,5,{"projectId":0},6,"0"]"#,
        ] {
            assert_eq!(read(libraries), expected, "{libraries}");
        }
        for empty in ["[]", "{}", "null"] {
            assert_eq!(read(empty), Some(Vec::new()), "{empty}");
        }
        for odd in
            ["7", r#""5""#, "[5,true]", "[{}]", r#"[{"projectId":-1}]"#, r#"["x"]"#, "[null]"]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
