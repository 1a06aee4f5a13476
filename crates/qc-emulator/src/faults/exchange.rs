//! What comes of a request once faults have had their way.

use std::time::Duration;

use qc_proto::{
    Phase, UserId,
    bytes::Bytes,
    http::{self, HeaderValue, StatusCode, header},
};

use crate::{
    Drift,
    faults::fault::{Fault, RefusalForm, RetryAfter, StallAt},
    response::{JSON, date, dated, http_date, page, refusal, response, shifted},
    service::refusal::Refusal,
};

/// What comes of a request, faults included: a shell around the emulator carries it out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// How long nothing comes first.
    pub latency: Duration,
    /// What comes then.
    pub outcome: ExchangeOutcome,
    /// The answer's body comes in pieces of so many bytes, with a pause between them.
    pub trickle: Option<(usize, Duration)>,
    /// The answer's body is to be compressed on its way: the client inflates it again before anyone sees it.
    pub gzip: bool,
    /// The number of the request's [`Record`](crate::Record). None if it does not arrive, or not yet.
    pub number: Option<usize>,
}

/// How an exchange ends.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExchangeOutcome {
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
    Oversized(u64),
}

impl ExchangeOutcome {
    /// The status that the client gets to see, if it does.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Oversized(_) => Some(StatusCode::OK),
            _ => self.seen().map(http::Response::status),
        }
    }

    /// Whether nothing comes, not even an end of the connection.
    pub(crate) fn never_begins(&self) -> bool {
        match self {
            Self::StalledConnecting(_) => true,
            Self::Stalled { at, .. } => *at != StallAt::Body,
            _ => false,
        }
    }

    /// The answer whose head the client gets to see, if it does.
    pub(crate) fn seen(&self) -> Option<&http::Response<Bytes>> {
        match self {
            Self::Answer(response) | Self::Short { response, .. } => Some(response),
            Self::Stalled { at: StallAt::Body, response } => Some(response),
            _ => None,
        }
    }
}

/// What the request and the service's state bring to it.
pub(crate) struct Context {
    pub(crate) wall: Duration,
    pub(crate) user_id: UserId,
    pub(crate) accepts_gzip: bool,
}

/// What becomes of `answer` under `faults`, of which `deciding` decides; there is no answer where the request was
/// not acted on.
pub(crate) fn apply_faults(
    deciding: &Fault,
    faults: &[Fault],
    answer: Option<http::Response<Bytes>>,
    context: &Context,
) -> Exchange {
    let mut drifts: Vec<Drift> = Vec::new();
    let mut exchange = Exchange {
        latency: Duration::ZERO,
        outcome: ExchangeOutcome::HangUp,
        trickle: None,
        gzip: false,
        number: None,
    };
    for fault in faults {
        match fault {
            Fault::Latency(latency) => {
                exchange.latency = exchange.latency.saturating_add(*latency);
            }
            Fault::Trickle { bytes, every } => exchange.trickle = Some(((*bytes).max(1), *every)),
            Fault::Gzip => exchange.gzip = context.accepts_gzip,
            Fault::Drift(drift) => drifts.push(*drift),
            _ => {}
        }
    }
    let answer = answer.map(|answer| drifted(answer, &mut drifts));
    exchange.outcome = match end(deciding, answer, context) {
        ExchangeOutcome::Answer(refusal)
            if matches!(deciding, Fault::Refuse(_) | Fault::Refusal(_) | Fault::Throttled(_)) =>
        {
            ExchangeOutcome::Answer(drifted(refusal, &mut drifts))
        }
        outcome => outcome,
    };
    if let ExchangeOutcome::Answer(response) = &mut exchange.outcome {
        for fault in faults {
            if let Fault::Skew { seconds } = fault {
                date(response, shifted(context.wall, *seconds));
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

fn end(
    deciding: &Fault,
    answer: Option<http::Response<Bytes>>,
    context: &Context,
) -> ExchangeOutcome {
    let wall = context.wall;
    match (deciding, answer) {
        (Fault::NoConnection { phase }, _) => ExchangeOutcome::NoConnection(*phase),
        (Fault::StallConnecting { phase }, _) => ExchangeOutcome::StalledConnecting(*phase),
        (Fault::Reset { .. }, _) => ExchangeOutcome::Reset,
        (Fault::Stall { at, .. }, answer) => {
            let response = answer.unwrap_or_else(|| page(StatusCode::OK, wall));
            ExchangeOutcome::Stalled { at: *at, response }
        }
        (Fault::Status { status, .. }, _) => ExchangeOutcome::Answer(page(number(*status), wall)),
        (Fault::Empty { status, .. }, _) => {
            ExchangeOutcome::Answer(dated(response(number(*status), "text/html", Vec::new()), wall))
        }
        (Fault::Html { .. }, _) => ExchangeOutcome::Answer(page(StatusCode::OK, wall)),
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
            ExchangeOutcome::Answer(page)
        }
        (Fault::Refuse(dress), _) => ExchangeOutcome::Answer(refuse(*dress, context)),
        (Fault::Throttled(throttle), _) => ExchangeOutcome::Answer(refused(throttle.words(), wall)),
        (Fault::Refusal(message), _) => ExchangeOutcome::Answer(refused(message, wall)),
        (Fault::Oversized { bytes }, _) => ExchangeOutcome::Oversized(*bytes),
        (Fault::TruncatedBody, Some(answer)) => ExchangeOutcome::Answer(halved(answer)),
        (Fault::ShortBody, Some(answer)) => {
            let promised = answer.body().len();
            ExchangeOutcome::Short { response: halved(answer), promised }
        }
        (Fault::None, Some(answer)) => ExchangeOutcome::Answer(answer),
        _ => ExchangeOutcome::HangUp,
    }
}

fn number(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)
}

fn refused(words: &str, wall: Duration) -> http::Response<Bytes> {
    dated(refusal(StatusCode::OK, words.to_owned(), None), wall)
}

fn refuse(dress: RefusalForm, context: &Context) -> http::Response<Bytes> {
    let wrong = Refusal::wrong_hash(context.user_id);
    let envelope = |status| dated(refusal(status, wrong.message, wrong.code), context.wall);
    match dress {
        RefusalForm::Ok => envelope(StatusCode::OK),
        RefusalForm::ServerError => envelope(StatusCode::INTERNAL_SERVER_ERROR),
        RefusalForm::Unauthorized => {
            let mut page = page(StatusCode::UNAUTHORIZED, context.wall);
            page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
            page
        }
    }
}

fn halved(answer: http::Response<Bytes>) -> http::Response<Bytes> {
    answer.map(|body| body.slice(..body.len() / 2))
}
