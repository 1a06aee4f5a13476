//! The two headers that speak of time: `Date` and `Retry-After`.

use core::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use jiff::fmt::rfc2822;

/// The moment that a `Date` header names, since the Unix epoch. Every form that HTTP/1.1 senders write today is
/// read; a moment before 1970 is none.
///
/// ```
/// use core::time::Duration;
/// use qc_proto::{http::HeaderValue, http_times::http_date};
///
/// let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(http_date(&date), Some(Duration::from_secs(784_111_777)));
/// assert_eq!(http_date(&HeaderValue::from_static("yesterday")), None);
/// ```
#[must_use]
pub fn http_date(value: &HeaderValue) -> Option<Duration> {
    let timestamp = rfc2822::DateTimeParser::new().parse_timestamp(value.to_str().ok()?).ok()?;
    u64::try_from(timestamp.as_second()).ok().map(Duration::from_secs)
}

/// How long `Retry-After` asks to wait, in seconds or as a date. A date counts from the answer's own `Date` where it
/// has one, and else from `wall`, the time since the Unix epoch; one that has passed asks for no wait.
///
/// ```
/// use core::time::Duration;
/// use qc_proto::{http::{HeaderMap, HeaderValue, header}, http_times::retry_after};
///
/// let mut headers = HeaderMap::new();
/// assert_eq!(retry_after(&headers, Duration::ZERO), None);
/// headers.insert(header::RETRY_AFTER, HeaderValue::from_static("120"));
/// assert_eq!(retry_after(&headers, Duration::ZERO), Some(Duration::from_secs(120)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, wall: Duration) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?;
    let text = value.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let since = headers.get(header::DATE).and_then(http_date).unwrap_or(wall);
    Some(http_date(value)?.saturating_sub(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &'static str) -> Option<Duration> {
        let value = HeaderValue::from_static(value);
        retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value)]), Duration::ZERO)
    }

    #[test]
    fn a_pause_too_long_to_count_is_no_reason_to_come_back_at_once() {
        assert_eq!(asked("99999999999999999999"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(asked("18446744073709551615"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(asked(""), None);
    }
}
