//! Requests to the emulator, field by field.

use arbitrary::Arbitrary;
use qc_proto::{Credentials, Signature, bytes::Bytes, http};
use serde_json::{Map, Value, json};

/// Names of files and projects: few, so that requests meet.
#[derive(Arbitrary, Clone, Debug)]
pub(crate) enum Name {
    Main,
    Known(u8),
    Any(String),
}

impl Name {
    pub(crate) fn text(&self) -> String {
        const KNOWN: [&str; 8] =
            ["a.py", "lib/b.py", "research.ipynb", "é \"\t.py", "../x", "", "Test", "a b.py"];
        match self {
            Self::Main => "main.py".to_owned(),
            Self::Known(index) => KNOWN[usize::from(*index) % KNOWN.len()].to_owned(),
            Self::Any(text) => text.clone(),
        }
    }
}

/// The emulator counts its projects from a number of its own: `0` is its first.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Id {
    Project(u8),
    Any(i64),
}

/// One field of a request.
#[derive(Arbitrary, Clone, Debug)]
pub(crate) enum Field {
    Id(Id),
    Name(Name),
    NewName(Name),
    OldFileName(Name),
    Content(String),
    Patch(String),
    Language(u8),
    IncludeLibraries(u8),
    CodeSource(String),
    Null(u8),
    Other(String, String),
}

impl Field {
    /// Its name and value.
    pub(crate) fn pair(&self, first_project: i64) -> (String, Value) {
        let (name, value): (&str, Value) = match self {
            Self::Id(Id::Project(index)) => {
                ("projectId", json!(first_project + i64::from(*index % 4)))
            }
            Self::Id(Id::Any(id)) => ("projectId", json!(id)),
            Self::Name(text) => ("name", json!(text.text())),
            Self::NewName(text) => ("newName", json!(text.text())),
            Self::OldFileName(text) => ("oldFileName", json!(text.text())),
            Self::Content(text) => ("content", json!(text)),
            Self::Patch(text) => ("patch", json!(text)),
            Self::Language(choice) => {
                ("language", json!(["Py", "C#", "py"][choice.min(&2).to_owned() as usize]))
            }
            Self::IncludeLibraries(choice) => {
                let flags = [json!(true), json!(0), json!("True"), json!("x")];
                ("includeLibraries", flags[usize::from(*choice) % 4].clone())
            }
            Self::CodeSource(text) => ("codeSourceId", json!(text)),
            Self::Null(choice) => {
                let names = ["content", "newName", "name", "projectId"];
                (names[usize::from(*choice) % 4], Value::Null)
            }
            Self::Other(name, text) => return (name.clone(), json!(text)),
        };
        (name.to_owned(), value)
    }
}

/// The fields as JSON; a later one replaces an earlier one, as in a form.
pub(crate) fn as_json(fields: &[(String, Value)]) -> Vec<u8> {
    Value::Object(fields.iter().cloned().collect::<Map<_, _>>()).to_string().into_bytes()
}

/// The fields as a form or a query string.
pub(crate) fn as_form(fields: &[(String, Value)]) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields.iter().map(|(name, value)| (name, text(value))))
        .finish()
}

/// A request with this signature; none where HTTP knows no such request.
pub(crate) fn signed(
    method: http::Method,
    target: &str,
    content_type: &str,
    body: Vec<u8>,
    (credentials, timestamp): (&Credentials, u64),
) -> Option<http::Request<Bytes>> {
    let mut request =
        http::Request::builder().method(method).uri(target).body(Bytes::from(body)).ok()?;
    if !content_type.is_empty() {
        let value = http::HeaderValue::try_from(content_type).ok()?;
        request.headers_mut().insert(http::header::CONTENT_TYPE, value);
    }
    Signature::new(credentials, timestamp).apply(request.headers_mut());
    Some(request)
}
