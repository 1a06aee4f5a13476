//! A library that a project uses: its number, or an object that holds it.

use alloc::vec::Vec;
use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer as _, value::MapAccessDeserializer},
};

use crate::{ProjectId, tolerant};

/// The numbers of the libraries. The official command line tool reads objects (`projectId`, `libraryName`,
/// `ownerName`, `access`) where plain numbers were documented.
pub(super) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ProjectId>, D::Error> {
    let libraries: Vec<Library> = tolerant::list(deserializer)?;
    Ok(libraries.into_iter().map(|Library(id)| id).collect())
}

struct Library(ProjectId);

impl<'de> Deserialize<'de> for Library {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Described {
            project_id: ProjectId,
        }

        struct Either;

        impl<'de> de::Visitor<'de> for Either {
            type Value = ProjectId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a project's number, or an object with one")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<ProjectId, E> {
                ProjectId::deserialize(number.into_deserializer())
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<ProjectId, E> {
                ProjectId::deserialize(number.into_deserializer())
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ProjectId, E> {
                ProjectId::deserialize(text.into_deserializer())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<ProjectId, A::Error> {
                let described = Described::deserialize(MapAccessDeserializer::new(map))?;
                Ok(described.project_id)
            }
        }

        deserializer.deserialize_any(Either).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use crate::{Answer, ProjectId, ProjectList, decode_answer};

    fn read(libraries: &str) -> Result<alloc::vec::Vec<ProjectId>, alloc::string::String> {
        let body = alloc::format!(
            r#"{{"projects":[{{"projectId":1,"name":"x","libraries":{libraries}}}],"success":true}}"#
        );
        match decode_answer::<ProjectList>(body.as_bytes()) {
            Ok(Answer::Success(list)) => Ok(list.projects[0].libraries.clone()),
            Ok(Answer::Refusal(refusal)) => panic!("{refusal:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn numbers_and_objects_name_the_same_libraries() {
        let expected = Ok([5, 6].map(|id| ProjectId::new(id).unwrap()).to_vec());
        for libraries in [
            "[5,6]",
            r#"["5",6]"#,
            r#"[{"projectId":5,"libraryName":"L","ownerName":"me","access":true},{"projectId":"6"}]"#,
            r#"{"0":{"projectId":5},"2":6}"#,
        ] {
            assert_eq!(read(libraries), expected, "{libraries}");
        }
        for none in ["[]", "{}", "null"] {
            assert_eq!(read(none), Ok([].to_vec()), "{none}");
        }
    }

    #[test]
    fn what_names_no_project_is_refused_by_its_field() {
        for libraries in ["[0]", "[true]", "[{}]", r#"[{"projectId":-1}]"#, r#"["x"]"#] {
            let error = read(libraries).unwrap_err();
            assert!(error.starts_with("field projects[0].libraries[0]"), "{libraries}: {error}");
        }
    }
}
