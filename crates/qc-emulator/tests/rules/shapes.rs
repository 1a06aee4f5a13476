//! Each answer has the fields that the real service's were seen to have: those of qc-proto's test data.

use std::{collections::BTreeSet, fs, path::Path};

use qc_proto::{Language, Tier};
use serde_json::{Value, json};

use crate::service::Service;

const SHAPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../qc-proto/tests/it/shapes");

fn shape(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(Path::new(SHAPES).join(name)).unwrap()).unwrap()
}

/// The paths of all fields, and whether each is null, a list, an object or plain.
fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| fields(item, &format!("{path}[]"), found));
        }
        Value::Object(all) => {
            all.iter().for_each(|(name, field)| fields(field, &format!("{path}.{name}"), found));
        }
        Value::Null => drop(found.insert(format!("{path}: null"))),
        Value::Bool(_) => drop(found.insert(format!("{path}: flag"))),
        Value::Number(_) => drop(found.insert(format!("{path}: number"))),
        Value::String(_) => drop(found.insert(format!("{path}: text"))),
    }
}

fn fields_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    fields(value, "", &mut found);
    found
}

/// The answer has the fields of the shape, and no others.
#[track_caller]
fn is_like(answer: &Value, shape: &Value) {
    assert_eq!(fields_of(answer), fields_of(shape));
}

#[test]
fn files_and_projects_have_the_services_fields() {
    let mut service = Service::with(|emulator| emulator.with_tier(Tier::Researcher));
    let library = service.emulator.add_project("Library", Language::Python);
    let settings =
        json!({"parameters": [{"key": "period", "value": "14"}], "libraries": [library]});
    is_like(&service.call("projects/update", settings), &shape("authenticate.json"));
    is_like(&service.call("authenticate", json!({})), &shape("authenticate.json"));
    is_like(&service.call("files/read", json!({"name": "main.py"})), &shape("files.json"));
    is_like(&service.call("projects/read", json!({})), &shape("projects.json"));
}

#[test]
fn builds_have_the_services_fields() {
    let mut service = Service::new();
    let created = service.call("compile/create", json!({}));
    let mut seen = shape("compile-create.json");
    // Nothing here looks for the parameters that files ask for.
    seen["parameters"] = json!([]);
    assert_eq!(created["parameters"], seen["parameters"]);
    is_like(&created, &seen);
    let read = service.call("compile/read", json!({"compileId": created["compileId"]}));
    is_like(&read, &shape("compile-read.json"));
}

#[test]
fn refusals_have_the_services_fields() {
    let seen = shape("refusals.json");
    let seen: Vec<_> = seen.as_array().unwrap().iter().map(fields_of).collect();
    let mut service = Service::new();
    for (endpoint, asked) in [
        ("files/read", json!({"name": "none.py"})),
        ("files/update", json!({"name": "main.py", "content": ""})),
        ("projects/read", json!({"projectId": 99})),
        ("files/destroy", json!({})),
    ] {
        let answer = service.call(endpoint, asked);
        assert!(seen.contains(&fields_of(&answer)), "{endpoint}: {answer}");
    }
    let absent = service.call("files/read", json!({"name": "main.cs"}));
    is_like(&absent, &shape("refusals.json")[3]);
}
