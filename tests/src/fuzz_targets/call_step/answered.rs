//! What a call is told.

use std::time::Duration;

use arbitrary::Arbitrary;
use qc_proto::{Delivery, Failure, Input, Now, Phase, bytes::Bytes, http};

use crate::fuzz_targets::{
    TOKEN,
    date_text::{END, date_text},
};

#[derive(Arbitrary, Debug)]
pub(super) enum Told {
    Poll,
    Answer { status: Status, body: Body, headers: Vec<Header> },
    Failed(Failed),
}

#[derive(Arbitrary, Debug)]
pub(super) enum Status {
    Usual(u8),
    Any(u16),
}

#[derive(Arbitrary, Debug)]
pub(super) enum Body {
    Success,
    Refusal(u8),
    File {
        name: u8,
        content: u8,
    },
    Files(u8),
    Projects(u8),
    Page,
    /// The service repeats what it was sent.
    Echo(u8),
    Raw(Vec<u8>),
}

/// Headers that a call reads; times are off by so much from the wall clock.
#[derive(Arbitrary, Debug)]
pub(super) enum Header {
    Date(i64),
    DateNear(i16),
    Age,
    RetrySeconds(u64),
    RetrySoon(u8),
    RetryDate(i64),
    Retry(Vec<u8>),
    Location(Vec<u8>),
    Raw(u8, Vec<u8>),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Failed {
    NotSent,
    MaybeSent,
    TimedOutUnsent,
    TimedOut,
    TooLarge,
    Rejected,
}

const STATUSES: [u16; 18] =
    [200, 200, 200, 200, 201, 301, 400, 401, 403, 404, 408, 413, 429, 429, 500, 502, 503, 504];

const REFUSALS: [&str; 12] = [
    r#""errors":["Hash doesn't match. UID: 1"]"#,
    r#""errors":["Invalid timestamp, value received: 1"]"#,
    r#""errors":["UserID not valid (None) REF #e0000000Em"]"#,
    r#""errors":["File not found: a.py"],"errorCode":1001"#,
    r#""errors":["Project not found"]"#,
    r#""errors":["You have no Write Permission"]"#,
    r#""errors":["File content not valid. content: "]"#,
    r#""errors":["Endpoint not found"]"#,
    r#""errors":["some words about a taken name"]"#,
    r#""messages":"\u001b[31m\u202e\u0000""#,
    r#""errors":null"#,
    r#""errorCode":1001"#,
];

impl Told {
    pub(super) const UNSENT: Self = Self::Failed(Failed::NotSent);

    /// `signature` is the one that the call's last request carried.
    pub(super) fn input(&self, now: Now, signature: Option<&str>) -> Input {
        match self {
            Self::Poll => Input::Poll,
            Self::Failed(failed) => Input::Failed(failed.failure()),
            Self::Answer { status, body, headers } => {
                let body = body.bytes(signature.unwrap_or_default());
                let mut response = http::Response::new(Bytes::from(body));
                *response.status_mut() = status.code();
                for header in headers {
                    let (name, value) = header.pair(now.wall);
                    if let Ok(value) = http::HeaderValue::from_bytes(&value) {
                        response.headers_mut().insert(name, value);
                    }
                }
                Input::Response(response)
            }
        }
    }
}

impl Failed {
    fn failure(self) -> Failure {
        match self {
            Self::NotSent => Failure::not_sent(Phase::Connect, "refused"),
            Self::MaybeSent => Failure::maybe_sent(Phase::Head, "closed"),
            Self::TimedOutUnsent => Failure::timed_out(Delivery::NotSent, Phase::Connect),
            Self::TimedOut => Failure::timed_out(Delivery::MaybeSent, Phase::Body),
            Self::TooLarge => Failure::too_large(1),
            Self::Rejected => Failure::rejected("not this one"),
        }
    }
}

impl Status {
    fn code(&self) -> http::StatusCode {
        let code = match self {
            Self::Usual(index) => STATUSES[usize::from(*index) % STATUSES.len()],
            Self::Any(code) => 100 + code % 900,
        };
        http::StatusCode::from_u16(code).unwrap_or_default()
    }
}

impl Body {
    fn bytes(&self, signature: &str) -> Vec<u8> {
        let file = |name: u8, content: u8| {
            let name = ["a.py", "b.py", "../x"][usize::from(name % 3)];
            let content = [r#""x""#, r#""""#, "null", r#""y""#][usize::from(content % 4)];
            format!(r#"{{"name":"{name}","content":{content}}}"#)
        };
        match self {
            Self::Success => r#"{"success":true}"#.into(),
            Self::Refusal(index) => {
                let refusal = REFUSALS[usize::from(*index) % REFUSALS.len()];
                format!(r#"{{"success":false,{refusal}}}"#).into()
            }
            Self::File { name, content } => {
                format!(r#"{{"success":true,"files":[{}]}}"#, file(*name, *content)).into()
            }
            Self::Files(present) => {
                let files: Vec<String> = (0..3)
                    .filter(|name| present >> name & 1 == 1)
                    .map(|name| file(name, 0))
                    .collect();
                format!(r#"{{"success":true,"files":[{}]}}"#, files.join(",")).into()
            }
            Self::Projects(present) => {
                let names = ["X", "X 1", "X 2", "X y", "other"];
                let projects: Vec<String> = names
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| present >> index & 1 == 1)
                    .map(|(id, name)| format!(r#"{{"projectId":{},"name":"{name}"}}"#, id + 1))
                    .collect();
                format!(r#"{{"success":true,"projects":[{}]}}"#, projects.join(",")).into()
            }
            Self::Page => "<html><title>502 Bad Gateway</title></html>".into(),
            Self::Echo(what) => {
                let field = ["errors", "files", "errorCode"][usize::from(what / 2) % 3];
                let text = if what % 2 == 0 { TOKEN } else { signature };
                format!(r#"{{"success":{},"{field}":"{text}"}}"#, what >> 7).into()
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

impl Header {
    fn pair(&self, wall: Duration) -> (http::HeaderName, Vec<u8>) {
        let date = |off: i64| {
            date_text(wall.as_secs().saturating_add_signed(off).min(END - 1)).into_bytes()
        };
        let digits = |seconds: u64| seconds.to_string().into_bytes();
        match self {
            Self::Date(off) => (http::header::DATE, date(*off)),
            Self::DateNear(off) => (http::header::DATE, date((*off).into())),
            Self::Age => (http::header::AGE, digits(1)),
            Self::RetrySeconds(seconds) => (http::header::RETRY_AFTER, digits(*seconds)),
            Self::RetrySoon(seconds) => (http::header::RETRY_AFTER, digits((*seconds).into())),
            Self::RetryDate(off) => (http::header::RETRY_AFTER, date(*off)),
            Self::Retry(value) => (http::header::RETRY_AFTER, value.clone()),
            Self::Location(value) => (http::header::LOCATION, value.clone()),
            Self::Raw(name, value) => {
                let names = [http::header::DATE, http::header::AGE, http::header::RETRY_AFTER];
                (names[usize::from(*name) % names.len()].clone(), value.clone())
            }
        }
    }
}
