//! Where a request may go, decided before anything is opened.

use std::net::IpAddr;

use qc_proto::{Failure, http::Uri};

/// How to reach an address that may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Plain,
    Secure,
}

impl Target {
    /// Plain `http` leaves this machine only if the user said so: the `Authorization` header of one
    /// request is enough to act as the user for up to two hours.
    pub(crate) fn check(uri: &Uri, allow_plain_http: bool) -> Result<Self, Failure> {
        let host = uri.host().unwrap_or_default();
        match uri.scheme_str() {
            _ if host.is_empty() => Err(Failure::rejected(
                "the address names no host: it must start with https:// and a host name",
            )),
            Some("https") => Ok(Self::Secure),
            Some("http") if allow_plain_http || is_loopback(host) => Ok(Self::Plain),
            Some("http") => Err(Failure::rejected(format!(
                "refused to send credentials unencrypted to {host}: use https://, or allow it with \
                 `Settings::allow_plain_http`"
            ))),
            scheme => Err(Failure::rejected(format!(
                "cannot send to {host} over \"{}\": use https://",
                scheme.unwrap_or_default()
            ))),
        }
    }
}

/// Returns whether a host, as it stands in an address, is this machine: plain `http` to it needs no
/// [permission](crate::Settings::allow_plain_http).
///
/// ```
/// assert!(qc_transport::is_loopback("localhost") && qc_transport::is_loopback("[::1]"));
/// assert!(!qc_transport::is_loopback("192.0.2.1"));
/// ```
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use qc_proto::{Cause, Delivery};

    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        let here = ["localhost", "LocalHost:1", "127.0.0.1", "127.9.8.7:80", "[::1]:8080"];
        let there = ["example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1"];
        for host in here {
            let uri = format!("http://{host}/x").parse().unwrap();
            assert_eq!(Target::check(&uri, false).unwrap(), Target::Plain, "{host}");
        }
        for host in there.iter().chain(&["[::2]", "0.0.0.0", "user@example.com"]) {
            let uri = format!("http://{host}/x").parse().unwrap();
            let failure = Target::check(&uri, false).unwrap_err();
            assert_eq!((failure.cause(), failure.delivery()), (Cause::Rejected, Delivery::NotSent));
            let text = failure.to_string();
            assert!(text.contains(uri.host().unwrap()), "{text}");
            assert!(text.contains("https://") && text.contains("allow_plain_http"), "{text}");
            assert!(!text.contains('@'), "{text}");
            assert_eq!(Target::check(&uri, true).unwrap(), Target::Plain, "{host}");
        }
    }

    #[test]
    fn only_http_and_https_are_known() {
        assert_eq!(
            Target::check(&Uri::from_static("https://example.com"), false).unwrap(),
            Target::Secure
        );
        for uri in ["ftp://example.com/", "/api/v2/files/read", "example.com:443"] {
            let failure = Target::check(&uri.parse().unwrap(), true).unwrap_err();
            assert_eq!(failure.cause(), Cause::Rejected, "{uri}");
            assert!(failure.to_string().contains("https://"), "{failure}");
        }
    }
}
