//! The checked-in OpenAPI document is the one that the types make.
//!
//! With `QC_OPENAPI_WRITE` set, it is written anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{collections::BTreeSet, env, fs};

use qc_emulator::openapi;
use serde_json::{Map, Value};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

/// The order of keys depends on what else is built: here it is the alphabet's.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            fields
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        other => other,
    }
}

#[test]
fn the_document_is_what_the_types_make() {
    let made = format!("{:#}\n", sorted(openapi::document()));
    if env::var_os("QC_OPENAPI_WRITE").is_some() {
        fs::write(FILE, &made).unwrap();
    }
    let kept = fs::read_to_string(FILE).unwrap();
    assert!(kept == made, "run this test with QC_OPENAPI_WRITE=1, and look at `git diff`");
}

/// Every `$ref` below.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|value| references(value, found));
        }
        _ => {}
    }
}

#[test]
fn nothing_is_referred_to_that_is_not_there_and_nothing_is_there_in_vain() {
    let document = openapi::document();
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let there: BTreeSet<String> =
        schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect();
    assert_eq!(used, there.iter().map(String::as_str).collect());
    // And the six of the console, and the four about collaborators, which no client here needs.
    let paths = document["paths"].as_object().unwrap().len();
    assert_eq!(paths, qc_proto::PATHS.len() + 10);
}

#[test]
fn every_endpoint_of_the_protocol_is_in_it() {
    let document = openapi::document();
    for path in qc_proto::PATHS {
        let operation = &document["paths"][format!("/api/v2/{path}")]["post"];
        assert!(operation.is_object(), "{path} is missing: add it to openapi.rs");
    }
}
