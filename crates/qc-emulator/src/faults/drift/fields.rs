//! A file or a project in the form of a drift.

use serde_json::{Map, Number, Value, json};

use crate::faults::drift::{Drift, answer::list};

impl Drift {
    /// Changes what an object itself has of the kind.
    pub(crate) fn apply_to_fields(self, fields: &mut Map<String, Value>) {
        match self {
            Self::EmptyListMissing => {
                fields.retain(|_, field| !field.as_array().is_some_and(Vec::is_empty));
            }
            Self::UnknownFields => {
                fields.insert("somethingNew".to_owned(), json!({"deep": [1, {}, null]}));
            }
            Self::DateWithZone => {
                change_dates(fields, |date| format!("{}Z", date.replacen(' ', "T", 1)));
            }
            Self::DateWithFraction => {
                change_dates(fields, |date| format!("{}.000Z", date.replacen(' ', "T", 1)));
            }
            Self::DateWithoutZone => change_dates(fields, |date| date.replacen(' ', "T", 1)),
            Self::ZeroDate => change_dates(fields, |_| "0000-00-00 00:00:00".to_owned()),
            _ if fields.contains_key("content") => self.apply_to_file(fields),
            _ if fields.contains_key("leanVersionId") => self.apply_to_project(fields),
            _ => {}
        }
    }

    fn apply_to_file(self, file: &mut Map<String, Value>) {
        match self {
            Self::NullId => drop(file.insert("id".to_owned(), Value::Null)),
            Self::EmptyContentAsNull if file.get("content") == Some(&json!("")) => {
                file.insert("content".to_owned(), Value::Null);
            }
            _ => {}
        }
    }

    fn apply_to_project(self, project: &mut Map<String, Value>) {
        let (field, value) = match self {
            Self::EmptyMapAsList => ("encryptionKey", json!([])),
            Self::EncryptionKeyAsText => ("encryptionKey", json!("")),
            Self::NullProjectName => ("name", Value::Null),
            Self::OrganizationAsNumber => ("organizationId", json!(0)),
            Self::LibraryZero => {
                list(project, "libraries").into_iter().for_each(|all| all.push(library_zero()));
                return;
            }
            _ => return self.apply_to_parameters(project),
        };
        project.insert(field.to_owned(), value);
    }

    fn apply_to_parameters(self, project: &mut Map<String, Value>) {
        let Some(parameters) = list(project, "parameters").filter(|all| !all.is_empty()) else {
            return;
        };
        match self {
            Self::ParameterValuesAsNumbers => {
                for value in parameters.iter_mut().filter_map(|one| one.get_mut("value")) {
                    *value = as_number(value).unwrap_or_else(|| value.take());
                }
            }
            Self::ParametersWithNames => {
                for fields in parameters.iter_mut().filter_map(Value::as_object_mut) {
                    let key = fields.remove("key");
                    fields.extend(key.map(|key| ("name".to_owned(), key)));
                }
            }
            Self::ParametersAsObject => {
                let plain = parameters
                    .iter_mut()
                    .filter_map(|one| Some((one["key"].as_str()?.to_owned(), one["value"].take())));
                let plain = Value::Object(plain.collect());
                project.insert("parameters".to_owned(), plain);
            }
            _ => {}
        }
    }
}

fn library_zero() -> Value {
    json!({"projectId": 0, "libraryName": null, "ownerName": null, "access": false})
}

/// The number that a text spells as JSON would.
fn as_number(text: &Value) -> Option<Value> {
    let text = text.as_str()?;
    let number: Number = serde_json::from_str(text).ok()?;
    (number.to_string() == text).then_some(Value::Number(number))
}

fn change_dates(fields: &mut Map<String, Value>, change: impl Fn(&str) -> String) {
    for name in ["modified", "created"] {
        if let Some(Value::String(date)) = fields.get_mut(name) {
            *date = change(date);
        }
    }
}
