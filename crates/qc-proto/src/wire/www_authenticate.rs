//! The header `WWW-Authenticate`.

use alloc::string::{String, ToString as _};
use core::fmt;

use http::{HeaderMap, header};

/// How the service wants a request to be authenticated: what it says beside HTTP 401.
///
/// ```
/// use qc_proto::{WwwAuthenticate, http::{HeaderMap, HeaderValue, header}};
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"api\", charset=\"UTF-8\""));
/// let wanted = WwwAuthenticate::from_headers(&headers).ok_or("no such header")?;
/// assert_eq!((wanted.scheme(), wanted.parameter("realm")), ("Basic", Some("api")));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WwwAuthenticate(String);

impl WwwAuthenticate {
    /// Reads the header. None if there is none, or one that is no text.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(header::WWW_AUTHENTICATE)?.to_str().ok()?.trim();
        (!text.is_empty()).then(|| Self(text.to_string()))
    }

    /// The value as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme, such as `Basic`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.0.split([' ', ',']).next().unwrap_or_default()
    }

    /// The value of a parameter, such as `realm`, whose name is in any case. None if it is not there. A quoted value is
    /// returned without its quotes, and ends at the first quote.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut rest = self.0.get(self.scheme().len()..)?;
        loop {
            rest = rest.trim_start_matches([' ', ',', '\t']);
            let (key, after) = rest.split_once('=')?;
            let (value, after) = match after.trim_start().strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => after.split_once(',').unwrap_or((after, "")),
            };
            if key.trim().eq_ignore_ascii_case(name) {
                return Some(value.trim());
            }
            rest = after;
        }
    }
}

impl fmt::Display for WwwAuthenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(text: &'static str) -> Option<WwwAuthenticate> {
        let value = HeaderValue::from_static(text);
        WwwAuthenticate::from_headers(&HeaderMap::from_iter([(header::WWW_AUTHENTICATE, value)]))
    }

    #[test]
    fn parameters_are_found_by_name() {
        let wanted = read(r#"Digest realm="a, b=c", Nonce = x ,qop="""#).unwrap();
        assert_eq!(wanted.scheme(), "Digest");
        let read = |name| wanted.parameter(name);
        assert_eq!(
            [read("realm"), read("nonce"), read("QOP")],
            [Some("a, b=c"), Some("x"), Some("")]
        );
        assert_eq!(read("b"), None);
    }

    #[test]
    fn what_is_odd_has_no_parameters() {
        for odd in ["Basic", "Basic ,", "Basic realm", "Basic realm=\"x", "="] {
            assert_eq!(read(odd).unwrap().parameter("realm"), None, "{odd}");
        }
        assert_eq!(read(" "), None);
        assert_eq!(WwwAuthenticate::from_headers(&HeaderMap::new()), None);
    }
}
