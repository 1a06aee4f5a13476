//! Answers, and the dates in them.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use qc_proto::{
    bytes::Bytes,
    encode_refusal,
    http::{self, HeaderValue, StatusCode, header},
};

/// The media type of all that the service itself says.
pub(crate) const JSON: &str = "application/json";

/// What a proxy answers in the service's place.
pub(crate) fn page(status: StatusCode, wall: Duration) -> http::Response<Bytes> {
    let html = format!("<html><head><title>{status}</title></head><body></body></html>");
    dated(response(status, "text/html", html.into_bytes()), wall)
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

/// The message of a refusal, beside the answer that carries it.
#[derive(Clone)]
pub(crate) struct RefusalMessage(pub(crate) String);

/// An envelope with `success: false`.
pub(crate) fn refusal(
    status: StatusCode,
    message: String,
    code: Option<i64>,
) -> http::Response<Bytes> {
    let body = encode_refusal(std::slice::from_ref(&message), code);
    let mut response = response(status, JSON, body);
    response.extensions_mut().insert(RefusalMessage(message));
    response
}

pub(crate) fn dated(mut response: http::Response<Bytes>, wall: Duration) -> http::Response<Bytes> {
    date(&mut response, wall);
    response
}

pub(crate) fn date(response: &mut http::Response<Bytes>, wall: Duration) {
    if let Some(date) = http_date(wall) {
        response.headers_mut().insert(header::DATE, date);
    }
}

pub(crate) fn http_date(wall: Duration) -> Option<HeaderValue> {
    let second = i64::try_from(wall.as_secs()).ok()?;
    let timestamp = Timestamp::from_second(second).ok()?;
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp).ok()?;
    HeaderValue::try_from(date).ok()
}

pub(crate) fn shifted(wall: Duration, seconds: i64) -> Duration {
    let shift = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { wall.saturating_sub(shift) } else { wall.saturating_add(shift) }
}
