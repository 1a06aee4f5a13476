//! What comes of a request once faults have had their way.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use qc_proto::{
    Phase, UserId,
    bytes::Bytes,
    encode_refusal,
    http::{self, HeaderValue, StatusCode, header},
};

use crate::{
    Drift,
    faults::fault::{Dress, Fault, RetryAfter, StallAt},
    service::refusal::Refusal,
};

/// The media type of all that the service itself says.
pub(crate) const JSON: &str = "application/json";

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
    /// The answer's body is to be compressed on its way: the client inflates it again before anyone sees it.
    pub gzip: bool,
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
            Self::Filler(_) => Some(StatusCode::OK),
            _ => self.seen().map(http::Response::status),
        }
    }

    /// Whether the client gets to see that it is to wait.
    pub(crate) fn asks_to_wait(&self) -> bool {
        self.seen().is_some_and(|response| response.headers().contains_key(header::RETRY_AFTER))
    }

    /// The answer whose head the client gets to see, if it does.
    fn seen(&self) -> Option<&http::Response<Bytes>> {
        match self {
            Self::Answer(response) | Self::Short { response, .. } => Some(response),
            Self::Stalled { at: StallAt::Body, response } => Some(response),
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
    let mut drifts: Vec<Drift> = Vec::new();
    let mut exchange =
        Exchange { latency: Duration::ZERO, ending: Ending::HangUp, trickle: None, gzip: false };
    for fault in faults {
        match fault {
            Fault::Latency(latency) => {
                exchange.latency = exchange.latency.saturating_add(*latency);
            }
            Fault::Trickle { bytes, every } => exchange.trickle = Some(((*bytes).max(1), *every)),
            Fault::Gzip => exchange.gzip = around.accepts_gzip,
            Fault::Drift(drift) => drifts.push(*drift),
            _ => {}
        }
    }
    let answer = answer.map(|answer| drifted(answer, &mut drifts));
    exchange.ending = match end(fate, answer, around) {
        Ending::Answer(refusal)
            if matches!(fate, Fault::Refuse(_) | Fault::Refusal(_) | Fault::Throttled(_)) =>
        {
            Ending::Answer(drifted(refusal, &mut drifts))
        }
        ending => ending,
    };
    if let Ending::Answer(response) = &mut exchange.ending {
        for fault in faults {
            if let Fault::Skew { seconds } = fault {
                date(response, shifted(around.wall, *seconds));
            }
        }
    }
    exchange
}

/// The service's own JSON under all drifts. A proxy's page has none.
fn drifted(response: http::Response<Bytes>, drifts: &mut [Drift]) -> http::Response<Bytes> {
    if response.headers().get(header::CONTENT_TYPE) != Some(&HeaderValue::from_static(JSON)) {
        return response;
    }
    // What stands before the JSON comes last, or the others find no JSON.
    drifts.sort_by_key(|drift| drift.layer());
    response.map(|body| drifts.iter().fold(body, |body, drift| drift.apply(&body).into()))
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
        (Fault::Status { status, .. }, _) => Ending::Answer(page(number(*status), wall)),
        (Fault::Empty { status, .. }, _) => {
            Ending::Answer(dated(response(number(*status), "text/html", Vec::new()), wall))
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
        (Fault::Throttled(throttle), _) => Ending::Answer(refused(throttle.words(), wall)),
        (Fault::Refusal(message), _) => Ending::Answer(refused(message, wall)),
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

fn number(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)
}

fn refused(words: &str, wall: Duration) -> http::Response<Bytes> {
    let body = encode_refusal(&[words.to_owned()], None);
    dated(response(StatusCode::OK, JSON, body), wall)
}

fn refuse(dress: Dress, around: &Circumstances) -> http::Response<Bytes> {
    let refusal = Refusal::wrong_hash(around.user_id);
    let envelope = |status| {
        let body = encode_refusal(&[refusal.message], refusal.code);
        dated(response(status, JSON, body), around.wall)
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
pub(crate) fn page(status: StatusCode, wall: Duration) -> http::Response<Bytes> {
    let html = format!("<html><head><title>{status}</title></head><body></body></html>");
    dated(response(status, "text/html", html.into_bytes()), wall)
}

fn halved(answer: http::Response<Bytes>) -> http::Response<Bytes> {
    answer.map(|body| body.slice(..body.len() / 2))
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
