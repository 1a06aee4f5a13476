//! A library that a project uses: its number, or an object that holds it.

use alloc::vec::Vec;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::ids::ProjectId;

/// The numbers of the libraries. The official command line tool reads objects (`projectId`, `libraryName`,
/// `ownerName`, `access`) where plain numbers were documented. What names no project is passed over.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ProjectId>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(entries) => entries.into_iter().filter_map(id).collect(),
        Value::Object(entries) => entries.into_iter().filter_map(|(_, entry)| id(entry)).collect(),
        _ => Vec::new(),
    })
}

fn id(entry: Value) -> Option<ProjectId> {
    let number = match entry {
        Value::Object(mut fields) => fields.remove("projectId")?,
        number => number,
    };
    ProjectId::deserialize(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_objects_name_the_same_libraries() {
        let read = |text: &str| list(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let expected = [5, 6].map(|id| ProjectId::new(id).unwrap());
        for libraries in [
            "[5,6]",
            r#"["5",6]"#,
            r#"[{"projectId":5,"libraryName":"L","ownerName":"me","access":true},{"projectId":"6"}]"#,
            r#"{"0":{"projectId":5},"2":6}"#,
            r#"[0,5,true,{},{"projectId":-1},"x",[],null,6]"#,
        ] {
            assert_eq!(read(libraries), expected, "{libraries}");
        }
        for none in ["[]", "{}", "null", "7", r#""5""#] {
            assert_eq!(read(none), [], "{none}");
        }
    }
}
