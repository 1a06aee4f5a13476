//! What comes of a request once faults have had their way.

use std::{io::Write as _, time::Duration};

use flate2::{Compression, write::GzEncoder};
use jiff::{Timestamp, fmt::rfc2822};
use qc_proto::{
    Phase, UserId,
    bytes::Bytes,
    encode_refusal,
    http::{self, HeaderValue, StatusCode, header},
};

use crate::{Dress, Fault, RetryAfter, StallAt, refusal::Refusal};

/// What comes of a request, faults included: a shell around the emulator carries it out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// How long nothing comes first.
    pub latency: Duration,
    /// What comes then.
    pub ending: Ending,
    /// The answer's body comes in pieces of so many bytes, with a pause between them.
    pub trickle: Option<(usize, Duration)>,
}

/// How an exchange ends.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ending {
    /// An answer.
    Answer(http::Response<Bytes>),
    /// No connection: it failed in this phase.
    NoConnection(Phase),
    /// No connection: it took longer than the client waits.
    StalledConnecting(Phase),
    /// The connection closes without an answer.
    HangUp,
    /// The connection is reset without an answer.
    Reset,
    /// The answer's head promises more bytes than its body has; then the connection closes.
    Short {
        /// What comes.
        response: http::Response<Bytes>,
        /// The length that its head promises.
        promised: usize,
    },
    /// Nothing more comes from this point on.
    Stalled {
        /// The point.
        at: StallAt,
        /// The answer that would have come.
        response: http::Response<Bytes>,
    },
    /// An answer of so many senseless bytes, too many to make at once.
    Filler(u64),
}

impl Ending {
    /// The status that the client gets to see, if it does.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answer(response) | Self::Short { response, .. } => Some(response.status()),
            Self::Stalled { at: StallAt::Body, response } => Some(response.status()),
            Self::Filler(_) => Some(StatusCode::OK),
            _ => None,
        }
    }
}

/// What the request and the service's state bring to it.
pub(crate) struct Circumstances {
    pub(crate) wall: Duration,
    pub(crate) user_id: UserId,
    pub(crate) accepts_gzip: bool,
}

/// What becomes of `answer` under `faults`, of which `fate` decides; there is no answer where the request was
/// not acted on.
pub(crate) fn spoil(
    fate: &Fault,
    faults: &[Fault],
    answer: Option<http::Response<Bytes>>,
    around: &Circumstances,
) -> Exchange {
    let mut exchange = Exchange { latency: Duration::ZERO, ending: Ending::HangUp, trickle: None };
    let mut answer = answer;
    for fault in faults {
        match fault {
            Fault::Latency(latency) => exchange.latency += *latency,
            Fault::Trickle { bytes, every } => exchange.trickle = Some(((*bytes).max(1), *every)),
            Fault::Drift(drift) => {
                answer = answer.map(|answer| answer.map(|body| drift.apply(&body).into()));
            }
            _ => {}
        }
    }
    exchange.ending = end(fate, answer, around);
    if let Ending::Answer(response) = &mut exchange.ending {
        for fault in faults {
            match fault {
                Fault::Skew { seconds } => date(response, shifted(around.wall, *seconds)),
                Fault::Gzip if around.accepts_gzip => gzip(response),
                _ => {}
            }
        }
    }
    exchange
}

fn end(fate: &Fault, answer: Option<http::Response<Bytes>>, around: &Circumstances) -> Ending {
    let wall = around.wall;
    match (fate, answer) {
        (Fault::NoConnection { phase }, _) => Ending::NoConnection(*phase),
        (Fault::StallConnecting { phase }, _) => Ending::StalledConnecting(*phase),
        (Fault::Reset { .. }, _) => Ending::Reset,
        (Fault::Stall { at, .. }, answer) => {
            let response = answer.unwrap_or_else(|| page(StatusCode::OK, wall));
            Ending::Stalled { at: *at, response }
        }
        (Fault::Status { status, .. }, _) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            Ending::Answer(page(status, wall))
        }
        (Fault::Html { .. }, _) => Ending::Answer(page(StatusCode::OK, wall)),
        (Fault::RateLimited { retry_after }, _) => {
            let mut page = page(StatusCode::TOO_MANY_REQUESTS, wall);
            let value = match retry_after {
                Some(RetryAfter::Seconds(seconds)) => Some(HeaderValue::from(*seconds)),
                Some(RetryAfter::Date(seconds)) => {
                    http_date(wall.saturating_add(Duration::from_secs(*seconds)))
                }
                None => None,
            };
            page.headers_mut().extend(value.map(|value| (header::RETRY_AFTER, value)));
            Ending::Answer(page)
        }
        (Fault::Refuse(dress), _) => Ending::Answer(refuse(*dress, around)),
        (Fault::Refusal(message), _) => {
            let body = encode_refusal(std::slice::from_ref(message), None);
            Ending::Answer(dated(response(StatusCode::OK, "application/json", body), wall))
        }
        (Fault::Oversized { bytes }, _) => Ending::Filler(*bytes),
        (Fault::TruncatedBody, Some(answer)) => Ending::Answer(halved(answer)),
        (Fault::ShortBody, Some(answer)) => {
            let promised = answer.body().len();
            Ending::Short { response: halved(answer), promised }
        }
        (Fault::None, Some(answer)) => Ending::Answer(answer),
        _ => Ending::HangUp,
    }
}

fn refuse(dress: Dress, around: &Circumstances) -> http::Response<Bytes> {
    let refusal = Refusal::wrong_hash(around.user_id);
    let envelope = |status| {
        let body = encode_refusal(&[refusal.message], refusal.code);
        dated(response(status, "application/json", body), around.wall)
    };
    match dress {
        Dress::Ok => envelope(StatusCode::OK),
        Dress::ServerError => envelope(StatusCode::INTERNAL_SERVER_ERROR),
        Dress::Unauthorized => {
            let mut page = page(StatusCode::UNAUTHORIZED, around.wall);
            page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
            page
        }
    }
}

/// What a proxy answers in the service's place.
fn page(status: StatusCode, wall: Duration) -> http::Response<Bytes> {
    let html = format!("<html><head><title>{status}</title></head><body></body></html>");
    dated(response(status, "text/html", html.into_bytes()), wall)
}

fn halved(answer: http::Response<Bytes>) -> http::Response<Bytes> {
    answer.map(|body| body.slice(..body.len() / 2))
}

fn gzip(response: &mut http::Response<Bytes>) {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    if encoder.write_all(response.body()).is_ok()
        && let Ok(body) = encoder.finish()
    {
        *response.body_mut() = body.into();
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
}

pub(crate) fn response(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(crate) fn dated(mut response: http::Response<Bytes>, wall: Duration) -> http::Response<Bytes> {
    date(&mut response, wall);
    response
}

fn date(response: &mut http::Response<Bytes>, wall: Duration) {
    if let Some(date) = http_date(wall) {
        response.headers_mut().insert(header::DATE, date);
    }
}

fn http_date(wall: Duration) -> Option<HeaderValue> {
    let second = i64::try_from(wall.as_secs()).ok()?;
    let timestamp = Timestamp::from_second(second).ok()?;
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp).ok()?;
    HeaderValue::try_from(date).ok()
}

pub(crate) fn shifted(wall: Duration, seconds: i64) -> Duration {
    let shift = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { wall.saturating_sub(shift) } else { wall.saturating_add(shift) }
}
