//! Forms and query strings, as the emulator reads them.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use qc_emulator::Emulator;
use qc_proto::{Empty, Language, bytes::Bytes, decode_answer, http};

use super::{
    credentials,
    requests::{Field, as_form, as_json, signed},
};

const WALL: u64 = 1_795_392_000;
const FORM: &str = "application/x-www-form-urlencoded";
const ENDPOINTS: [&str; 9] = [
    "files/create",
    "files/read",
    "files/update",
    "files/patch",
    "files/delete",
    "projects/create",
    "projects/read",
    "projects/delete",
    "authenticate",
];

#[derive(Arbitrary, Debug)]
enum Pair {
    Field(Field),
    Nested { base: u8, steps: Vec<Step>, times: u8, text: String, closed: bool },
    Raw(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Step {
    Append,
    Number(i64),
    Small(u8),
    Name(String),
}

impl Step {
    fn text(&self) -> String {
        match self {
            Self::Append => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Small(number) => (number % 4).to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

#[derive(Arbitrary, Debug)]
struct Case {
    endpoint: u8,
    repeats: u8,
    pairs: Vec<Pair>,
}

/// Bodies are cut here, so that a run stays short.
const LONGEST: usize = 1 << 16;

/// A form of any shape is answered, alike wherever it stands, in few words; a flat one is answered like JSON.
pub fn form(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let (_, first) = service();
    let endpoint = ENDPOINTS[usize::from(case.endpoint) % ENDPOINTS.len()];
    let target = format!("/api/v2/{endpoint}");

    let body = body(&case, first);
    let Some(answer) = ask(http::Method::POST, &target, FORM, body.clone()) else { return };
    assert!(decode_answer::<Empty>(&answer).is_ok());
    assert!(answer.len() < 4096 + 16 * body.len(), "{} from {}", answer.len(), body.len());

    // Without a type it is a form unless it is JSON.
    if serde_json::from_slice::<serde_json::Value>(&body).is_err() {
        assert_eq!(ask(http::Method::POST, &target, "", body.clone()).as_ref(), Some(&answer));
    }
    if let Ok(query) = str::from_utf8(&body)
        && !query.contains('#')
    {
        let link = format!("{target}?{query}");
        if let Some(linked) = ask(http::Method::GET, &link, "", Vec::new()) {
            assert_eq!(linked, answer);
        }
    }

    // Names that PHP leaves alone.
    let fields: Vec<(String, serde_json::Value)> = case
        .pairs
        .iter()
        .filter_map(|pair| match pair {
            Pair::Field(field) => Some(field.pair(first)),
            _ => None,
        })
        .filter(|(name, value)| {
            let plain = |c: char| c.is_ascii_alphabetic();
            !name.is_empty() && name.chars().all(plain) && (value.is_string() || value.is_number())
        })
        .filter(|(name, _)| name != "includeLibraries")
        .collect();
    assert_eq!(
        ask(http::Method::POST, &target, FORM, as_form(&fields).into_bytes()),
        ask(http::Method::POST, &target, "application/json", as_json(&texts(fields))),
    );
}

/// A form has only texts.
fn texts(fields: Vec<(String, serde_json::Value)>) -> Vec<(String, serde_json::Value)> {
    let text = |value: serde_json::Value| match value {
        serde_json::Value::Number(number) => number.to_string().into(),
        value => value,
    };
    fields.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn body(case: &Case, first: i64) -> Vec<u8> {
    let mut body = Vec::new();
    // Long bodies take long, so few are.
    let repeats = if case.repeats < 250 { case.repeats % 2 } else { case.repeats };
    for _ in 0..=repeats {
        for pair in &case.pairs {
            body.extend(written(pair, first));
            body.push(b'&');
        }
        if body.is_empty() || body.len() > LONGEST {
            break;
        }
    }
    body.truncate(LONGEST);
    body
}

fn written(pair: &Pair, first: i64) -> Vec<u8> {
    match pair {
        Pair::Field(field) => as_form(&[field.pair(first)]).into_bytes(),
        Pair::Nested { base, steps, times, text, closed } => {
            const BASES: [&str; 6] =
                ["files", "projectId", "name", "content", "a.b c", "timestamp"];
            let mut name = BASES[usize::from(*base) % BASES.len()].to_owned();
            for _ in 0..=if *times < 224 { times % 4 } else { times - 224 } * 3 {
                for step in steps {
                    name.push_str(&format!("[{}]", step.text()));
                }
            }
            if !closed {
                name.push('[');
            }
            as_form(&[(name, text.as_str().into())]).into_bytes()
        }
        Pair::Raw(bytes) => bytes.clone(),
    }
}

/// A service with one project, and its number.
fn service() -> (Option<Emulator>, i64) {
    let Ok(credentials) = credentials() else { return (None, 0) };
    let mut emulator = Emulator::new(credentials);
    let project = emulator.add_project("Test", Language::Python);
    (Some(emulator), project.get())
}

/// What a new service answers; none where HTTP knows no such request.
fn ask(method: http::Method, target: &str, content_type: &str, body: Vec<u8>) -> Option<Bytes> {
    let (emulator, _) = service();
    let credentials = credentials().ok()?;
    let request = signed(method, target, content_type, body, (&credentials, WALL))?;
    let response = emulator?.handle(Duration::from_secs(WALL), &request);
    assert_eq!(response.status(), http::StatusCode::OK);
    Some(response.into_body())
}
