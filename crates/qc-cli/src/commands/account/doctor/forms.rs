//! Which forms of JSON the fields of an answer came in. Never a value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The forms of each field by its path, such as `files[].name`.
pub(super) type Forms = BTreeMap<String, String>;

/// So many braces are tried for the beginning of the JSON.
const TRIED: usize = 64;

/// What an object of a known kind holds.
struct Kind {
    path: &'static str,
    /// The fields that are told to be missing where they are.
    fields: &'static [&'static str],
}

/// The objects whose keys are the service's own words. Other keys may be a user's, and are not told.
const KINDS: [Kind; 9] = [
    Kind { path: "", fields: &["success"] },
    Kind {
        path: "files[]",
        fields: &["id", "projectId", "name", "content", "modified", "open", "isLibrary"],
    },
    Kind {
        path: "projects[]",
        fields: &[
            "projectId",
            "organizationId",
            "ownerId",
            "name",
            "description",
            "modified",
            "created",
            "language",
            "parameters",
            "libraries",
            "collaborators",
            "leanVersionId",
            "leanPinnedToMaster",
            "leanEnvironment",
            "encrypted",
            "encryptionKey",
            "maxFileSize",
        ],
    },
    Kind { path: "projects[].parameters[]", fields: &["key", "value"] },
    Kind { path: "projects[].libraries[]", fields: &["projectId"] },
    Kind { path: "projects[].collaborators[]", fields: &["uid", "owner"] },
    Kind { path: "projects[].encryptionKey", fields: &["id", "name"] },
    Kind { path: "errors[]", fields: &["message"] },
    Kind { path: "messages[]", fields: &["message"] },
];

/// The lists. An object in the place of one is read for its values, and its keys are not told.
const LISTS: [&str; 7] = [
    "files",
    "projects",
    "projects[].parameters",
    "projects[].libraries",
    "projects[].collaborators",
    "errors",
    "messages",
];

/// Returns the JSON object in an answer, and what stands before it. None if there is no object.
pub(super) fn json_of(body: &[u8]) -> Option<(Option<&'static str>, Value)> {
    let braces = body.iter().enumerate().filter(|(_, byte)| **byte == b'{').map(|(at, _)| at);
    let read = |at: usize| Some((at, serde_json::from_slice::<Value>(&body[at..]).ok()?));
    let (at, value) = braces.take(TRIED).find_map(read)?;
    let before = match &body[..at] {
        b"\xef\xbb\xbf" => Some("a byte-order mark"),
        text if text.trim_ascii().is_empty() => None,
        _ => Some("a text"),
    };
    Some((before, value))
}

/// Returns the forms in an answer.
pub(super) fn forms(answer: &Value) -> Forms {
    let mut seen = Seen::default();
    seen.fields("", answer);
    seen.0.into_iter().map(|(path, forms)| (path, counted(&forms))).collect()
}

/// Returns forms with their counts, such as `integer (4 of 5), null (1 of 5)`.
fn counted(forms: &BTreeMap<String, u64>) -> String {
    let all: u64 = forms.values().sum();
    let one = |(form, count): (&String, &u64)| match forms.len() {
        1 => form.clone(),
        _ => format!("{form} ({count} of {all})"),
    };
    forms.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Returns the entries of a list, in whatever form it came.
pub(super) fn entries(list: Option<&Value>) -> Vec<&Value> {
    match list {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(Value::Object(items)) => items.values().collect(),
        _ => Vec::new(),
    }
}

/// Returns a path as it may be told: keys that may be a user's are not in it.
pub(super) fn told(path: &str) -> String {
    let is_known = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || KINDS.iter().any(|kind| kind.fields.contains(&word))
            || LISTS.contains(&word)
    };
    let mut told = String::new();
    for part in path.split_inclusive(['.', '[', ']']) {
        let word = part.trim_end_matches(['.', '[', ']']);
        told += if is_known(word) { word } else { "?" };
        told += &part[word.len()..];
    }
    told
}

#[derive(Default)]
struct Seen(BTreeMap<String, BTreeMap<String, u64>>);

impl Seen {
    fn note(&mut self, path: String, form: String) {
        *self.0.entry(path).or_default().entry(form).or_default() += 1;
    }

    fn value(&mut self, path: String, value: &Value) {
        if LISTS.contains(&&*path) {
            let path = format!("{path}[]");
            for entry in entries(Some(value)) {
                self.value(path.clone(), entry);
            }
        } else {
            self.fields(&path, value);
        }
        self.note(path, form(value));
    }

    fn fields(&mut self, path: &str, value: &Value) {
        let Some(kind) = KINDS.iter().find(|kind| kind.path == path) else { return };
        let Value::Object(fields) = value else { return };
        let at = |name: &str| match path {
            "" => name.to_owned(),
            _ => format!("{path}.{name}"),
        };
        // Where no field is known the object is of another kind, and its keys may be anything.
        let is_known = path.is_empty() || kind.fields.iter().any(|name| fields.contains_key(*name));
        for (name, field) in fields {
            let is_told = is_known && is_word(name);
            self.value(at(if is_told { name } else { "?" }), field);
        }
        for name in kind.fields.iter().filter(|name| !fields.contains_key(**name)) {
            self.note(at(name), "missing".to_owned());
        }
    }
}

/// Returns whether a key looks like a name that the service gave to a field.
fn is_word(key: &str) -> bool {
    let first = key.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    first && key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Returns the form of a value.
fn form(value: &Value) -> String {
    let fixed = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.as_i64() == Some(0) => "integer 0",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::Array(items) if items.is_empty() => "empty list",
        Value::Array(_) => "list",
        Value::Object(fields) if fields.is_empty() => "empty object",
        Value::Object(fields) => of_keys(fields),
        Value::String(text) => return of_text(text),
    };
    fixed.to_owned()
}

fn of_keys(fields: &Map<String, Value>) -> &'static str {
    let keys: Option<Vec<usize>> = fields.keys().map(|key| key.parse().ok()).collect();
    match keys {
        Some(keys) if keys.iter().copied().eq(0..keys.len()) => "object with counted keys",
        Some(keys) if keys.is_sorted() => "object with counted keys and gaps",
        Some(_) => "object with counted keys out of order",
        None => "object",
    }
}

fn of_text(text: &str) -> String {
    let is_date = text.len() <= 40
        && text.contains('-')
        && text.contains(':')
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"-: T.Z+".contains(&byte));
    if is_date {
        let is_zero = text.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0');
        let digit = if is_zero { "0" } else { "N" };
        return format!("text {}", text.replace(|each: char| each.is_ascii_digit(), digit));
    }
    let fixed = match text {
        "" => "empty text",
        "true" | "false" => "text of true or false",
        _ if text.parse::<f64>().is_ok() => "text of a number",
        _ => "text",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told_of(answer: &Value) -> String {
        serde_json::to_string(&forms(answer)).unwrap()
    }

    #[test]
    fn forms_are_told_and_values_are_not() {
        let answer = json!({
            "success": 1,
            "files": {"0": {"id": null, "name": "secret.py", "content": "secret", "isNew": 0},
                      "2": {"id": "7", "name": "secret.py", "content": {"secret": 1}}},
        });
        let told = told_of(&answer);
        for form in [
            r#""success":"integer""#,
            r#""files":"object with counted keys and gaps""#,
            r#""files[].id":"null (1 of 2), text of a number (1 of 2)""#,
            r#""files[].content":"object (1 of 2), text (1 of 2)""#,
            r#""files[].isNew":"integer 0""#,
            r#""files[].modified":"missing""#,
        ] {
            assert!(told.contains(form), "{form}: {told}");
        }
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn keys_that_may_be_a_users_are_not_told() {
        let projects = json!([
            {"projectId": 1, "parameters": {"secret": "5"}, "liveForm": {"secret": 1}},
            {"projectId": 1, "parameters": [{"secret": "5"}], "se-cret": 1, "modified": "2025-11-10 13:00:06"},
            {"secret": {"secret": "secret"}},
        ]);
        let told = told_of(&json!({"projects": projects, "errors": {"secret": 1}}));
        assert!(!told.contains("secret"), "{told}");
        let parameters =
            r#""projects[].parameters":"list (1 of 3), missing (1 of 3), object (1 of 3)""#;
        assert!(told.contains(parameters), "{told}");
        assert!(told.contains("text NNNN-NN-NN NN:NN:NN"), "{told}");
        assert_eq!(super::told("files.secret.py.content"), "files.?.?.content");
        assert_eq!(super::told("files[3].name"), "files[3].name");
    }

    #[test]
    fn what_stands_before_the_json_is_told() {
        let before = |body: &[u8]| json_of(body).map(|(before, _)| before);
        assert_eq!(before(b" {}"), Some(None));
        assert_eq!(before(b"\xef\xbb\xbf{}"), Some(Some("a byte-order mark")));
        assert_eq!(before(b"Notice: {x}\n{\"success\":true}"), Some(Some("a text")));
        assert_eq!(before(b"<html>{}</html>"), None);
    }
}
