//! Who may look and order: whoever reaches the port by an address of its own, but no other site's page in a browser.
//!
//! A browser asks any address for any page. What tells is the `Host` that it asks for and the `Origin` of the page
//! that asks.

use std::net::IpAddr;

use qc_proto::{
    bytes::Bytes,
    http::{Request, header},
};

/// Why the request is not answered.
pub(crate) fn check(request: &Request<Bytes>) -> Result<(), &'static str> {
    let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    if !is_own(host) {
        return Err("ask for it by its address: a name with dots may be anyone's\n");
    }
    match text(header::ORIGIN) {
        Some(origin) if origin.split_once("://").map(|(_, authority)| authority) != Some(host) => {
            Err("no other site's page may ask for this\n")
        }
        _ => Ok(()),
    }
}

/// An address, `localhost`, or a name without dots, such as a container's. Another name may have been pointed here by its
/// owner, whose page in the same browser could then read what is answered.
fn is_own(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok() || (!name.is_empty() && !name.contains(['.', '[', ']']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_plain_names_are_its_own_and_other_sites_are_not() {
        for own in
            ["127.0.0.1:5612", "127.0.0.1", "localhost:1", "[::1]:5612", "[::1]", "emulator:80"]
        {
            assert!(is_own(own), "{own}");
        }
        for other in
            ["evil.example", "evil.example:5612", "127.0.0.1.evil.example", "", ":80", "[x]"]
        {
            assert!(!is_own(other), "{other}");
        }
    }

    #[test]
    fn a_page_of_another_origin_may_not_ask() {
        let request = |origin: Option<&str>| {
            let mut request = Request::post("/_emulator/reset").header("host", "127.0.0.1:5612");
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            request.body(Bytes::new()).unwrap()
        };
        assert!(check(&request(None)).is_ok());
        assert!(check(&request(Some("http://127.0.0.1:5612"))).is_ok());
        for other in ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost:5612"]
        {
            assert!(check(&request(Some(other))).is_err(), "{other}");
        }
    }
}
