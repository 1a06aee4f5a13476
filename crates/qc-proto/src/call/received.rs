//! What an answer means, before the policy decides what to do about it.

use alloc::{borrow::Cow, boxed::Box, format, string::String};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::{
    call::{
        attempt::{Cause, Delivery, Failure},
        retry::Outcome,
        session::Session,
        step::Now,
    },
    error::{ErrorKind, Report},
    model::file::Empty,
    wire::{
        envelope::{Answer, DecodeError, Envelope, decode_answer, texts},
        http_times::retry_after,
        www_authenticate::WwwAuthenticate,
    },
};

/// An attempt's end.
#[expect(clippy::large_enum_variant, reason = "it lives for one step")]
pub(crate) enum Received<T> {
    Success(T),
    Failure {
        outcome: Outcome,
        report: Report,
        /// Whether a wrong clock would explain it.
        blames_signature: bool,
    },
}

impl<T> Received<T> {
    /// A look at what shows nothing.
    pub(crate) fn nothing_to_see() -> Self {
        let report = Report::new(ErrorKind::Server);
        Self::Failure { outcome: Outcome::Rejected, report, blames_signature: false }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Received<U> {
        match self {
            Self::Success(value) => Received::Success(f(value)),
            Self::Failure { outcome, report, blames_signature } => {
                Received::Failure { outcome, report, blames_signature }
            }
        }
    }
}

impl<T> Received<T> {
    pub(crate) fn new(
        answer: Result<http::Response<Bytes>, Failure>,
        decode: impl FnOnce(&Bytes) -> Result<Answer<T>, DecodeError>,
        session: &Session,
        now: Now,
    ) -> Self {
        match answer {
            Ok(response) => {
                let decoded = decode(response.body());
                Self::from_response(&response, decoded, session, now)
            }
            Err(failure) => Self::from_failure(failure),
        }
    }

    fn from_failure(failure: Failure) -> Self {
        let mut report = Report::new(ErrorKind::Transport);
        let outcome = match (failure.cause(), failure.delivery()) {
            (Cause::TooLarge, _) => {
                report.kind = ErrorKind::TooLarge;
                Outcome::Unusable
            }
            (Cause::Rejected, _) => Outcome::Rejected,
            (_, Delivery::NotSent) => Outcome::NotSent,
            (_, Delivery::MaybeSent) => Outcome::InDoubt,
        };
        report.failure = Some(Box::new(failure));
        Self::Failure { outcome, report, blames_signature: false }
    }

    fn from_response(
        response: &http::Response<Bytes>,
        decoded: Result<Answer<T>, DecodeError>,
        session: &Session,
        now: Now,
    ) -> Self {
        let status = response.status();
        let decoded = match decoded {
            Ok(Answer::Success(payload)) if status.is_success() => return Self::Success(payload),
            decoded => decoded,
        };
        let mut report = Report::new(ErrorKind::Server);
        report.status = Some(status);
        report.retry_after = retry_after(response.headers(), now.wall);
        let envelope = match &decoded {
            Ok(Answer::Refusal(envelope)) => Some(envelope),
            _ => None,
        };
        report.www_authenticate = WwwAuthenticate::from_headers(response.headers());
        report.code = envelope.and_then(|envelope| envelope.code);
        let said = match envelope {
            Some(envelope) => envelope.messages.clone(),
            // A proxy has its own forms, and may say why all the same.
            None => texts(response.body()),
        };
        report.messages = said.into_iter().map(|text| session.scrub(text)).collect();
        let (outcome, kind) = match (status.as_u16(), envelope.map(classify)) {
            (_, Some(limit @ (_, ErrorKind::RateLimited | ErrorKind::LockedOut))) => limit,
            (408, _) => (Outcome::NotSent, ErrorKind::Server),
            (429, _) => (Outcome::Throttled, ErrorKind::RateLimited),
            (401, _) => (Outcome::Rejected, ErrorKind::Credentials),
            (413, _) => (Outcome::Rejected, ErrorKind::TooLarge),
            (200..=299, Some(refusal)) => refusal,
            // Refused credentials come as a 500 too; any other 500 leaves doubt.
            (500, Some(refusal)) if blames_signature(refusal.1) => refusal,
            (301 | 302 | 307 | 308, _) => {
                report.detail = Some(Cow::Owned(redirect(response.headers(), session)));
                (Outcome::Rejected, ErrorKind::Server)
            }
            (400..=499, refusal) => {
                (Outcome::Rejected, refusal.map_or(ErrorKind::Refused, |(_, kind)| kind))
            }
            (200..=299, None) if is_success(response.body()) => {
                report.detail = decoded
                    .as_ref()
                    .err()
                    .map(|error| Cow::Owned(session.scrub(format!("{error}"))));
                (Outcome::Unusable, ErrorKind::Decode)
            }
            _ => {
                if !is_page(response.body()) {
                    report.detail = Some(match &decoded {
                        Err(error) if status.is_success() => {
                            let why = format!("the answer is not QuantConnect's: {error}");
                            Cow::Owned(session.scrub(why))
                        }
                        _ => Cow::Borrowed("QuantConnect is unavailable"),
                    });
                }
                (Outcome::InDoubt, ErrorKind::Server)
            }
        };
        report.kind = kind;
        if report.detail.is_none() && report.messages.is_empty() {
            report.detail = if is_page(response.body()) {
                Some(Cow::Borrowed("a web page came in place of an answer, such as a proxy's"))
            } else if status.is_success() {
                None
            } else {
                status.canonical_reason().map(Cow::Borrowed)
            };
        }
        let blames_signature = blames_signature(kind)
            || (status == StatusCode::INTERNAL_SERVER_ERROR && envelope.is_none());
        Self::Failure { outcome, report, blames_signature }
    }
}

/// Returns whether the body is HTML.
fn is_page(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let begins = |tag: &str| {
        text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
    };
    ["<!doctype", "<html", "<head", "<body", "<!--"].into_iter().any(begins)
}

fn is_success(body: &[u8]) -> bool {
    matches!(decode_answer::<Empty>(body), Ok(Answer::Success(_)))
}

fn blames_signature(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Credentials | ErrorKind::Clock)
}

/// The texts of the service that are known. What they decide is only what error it is and whether a look
/// would tell more; the wording of other refusals is not known, and nothing depends on it.
fn classify(envelope: &Envelope) -> (Outcome, ErrorKind) {
    let begins = |text: &str| envelope.messages.iter().any(|message| message.starts_with(text));
    let holds = |texts: &[&str]| {
        envelope.messages.iter().any(|message| {
            let message = message.to_lowercase();
            texts.iter().all(|text| message.contains(text))
        })
    };
    // Reported by users of the live service and by the official command line tool's sources.
    if holds(&["too many failed attempts"]) {
        (Outcome::Rejected, ErrorKind::LockedOut)
    } else if holds(&["too many", "request"]) || holds(&["slow down"]) || holds(&["rate limit"]) {
        (Outcome::Throttled, ErrorKind::RateLimited)
    } else if begins("Hash doesn't match") || begins("UserID not valid") {
        (Outcome::Rejected, ErrorKind::Credentials)
    } else if begins("Invalid timestamp") {
        (Outcome::Rejected, ErrorKind::Clock)
    } else if envelope.code == Some(1001) || begins("File not found") {
        (Outcome::Rejected, ErrorKind::FileNotFound)
    } else if holds(&["write permission"]) {
        (Outcome::Rejected, ErrorKind::Locked)
    } else if holds(&["exceeds the maximum size"]) {
        (Outcome::Rejected, ErrorKind::TooLarge)
    } else if begins("File content not valid") || begins("Endpoint not found") {
        (Outcome::Rejected, ErrorKind::Refused)
    // Guesses, good for a name only.
    } else if holds(&["project", "not found"]) {
        (Outcome::Refused, ErrorKind::ProjectNotFound)
    } else {
        (Outcome::Refused, ErrorKind::Refused)
    }
}

fn redirect(headers: &HeaderMap, session: &Session) -> String {
    let target = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    session.scrub(format!(
        "the service redirects to {}, which is not followed: check the base URL",
        target.unwrap_or("nowhere")
    ))
}
