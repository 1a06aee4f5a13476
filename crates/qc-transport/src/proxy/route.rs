//! From the settings and the environment to the proxy of one request.

use std::{env, fmt};

use percent_encoding::percent_decode_str;
use qc_proto::{Failure, http::Uri};

use super::{Proxy, exceptions::Exceptions};
use crate::target::is_loopback;

/// The proxies of a transport, read once when it is made.
#[derive(Debug)]
pub(crate) struct Routes {
    http: Choice,
    https: Choice,
    exceptions: Exceptions,
    /// Whether this machine is reached directly.
    spare_loopback: bool,
    allow_plain_http: bool,
}

/// No proxy, one, or why the one that was named cannot be used.
type Choice = Result<Option<Hop>, String>;

/// A proxy.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Its address, without the login.
    pub(crate) uri: Uri,
    /// The user and the password.
    pub(crate) login: Option<(String, String)>,
}

impl Routes {
    pub(crate) fn new(proxy: &Proxy, allow_plain_http: bool) -> Self {
        Self::from(proxy, allow_plain_http, |name| env::var(name).ok())
    }

    fn from(
        proxy: &Proxy,
        allow_plain_http: bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut routes = Self {
            http: Ok(None),
            https: Ok(None),
            exceptions: Exceptions::default(),
            spare_loopback: true,
            allow_plain_http,
        };
        match proxy {
            Proxy::Direct => {}
            Proxy::Url(url) => {
                routes.http = Hop::parse("the proxy's address", url).map(Some);
                routes.https = routes.http.clone();
                routes.spare_loopback = false;
            }
            Proxy::Environment => {
                // In a CGI program HTTP_PROXY is the client's `Proxy` header.
                let cgi = variable("REQUEST_METHOD").is_some();
                let first = |names: &[&'static str]| {
                    names
                        .iter()
                        .filter(|name| !(cgi && **name == "HTTP_PROXY"))
                        .find_map(|name| Some((*name, variable(name)?)))
                        .filter(|(_, value)| !value.trim().is_empty())
                        .map(|(name, value)| Hop::parse(name, &value))
                        .transpose()
                };
                routes.http = first(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]);
                routes.https = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]);
                let exceptions = variable("no_proxy").or_else(|| variable("NO_PROXY"));
                routes.exceptions = Exceptions::parse(&exceptions.unwrap_or_default());
            }
        }
        routes
    }

    /// The proxy on the way to `uri`, if there is one.
    ///
    /// # Errors
    ///
    /// An attempt is rejected when the proxy that was named cannot be used, and when a plain request
    /// would leave this machine on the way to it: it never goes directly instead.
    pub(crate) fn to(&self, uri: &Uri) -> Result<Option<&Hop>, Failure> {
        let host = uri.host().unwrap_or_default();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if (self.spare_loopback && is_loopback(host)) || self.exceptions.contain(bare(host), port) {
            return Ok(None);
        }
        let choice = if secure { &self.https } else { &self.http };
        match choice {
            Ok(Some(hop)) if !secure && !self.allow_plain_http && !is_loopback(&hop.host) => {
                Err(Failure::rejected(format!(
                    "refused to send credentials unencrypted to the proxy {}: use https://, or allow \
                     it with `Settings::allow_plain_http`",
                    hop.host
                )))
            }
            Ok(hop) => Ok(hop.as_ref()),
            Err(why) => Err(Failure::rejected(why.clone())),
        }
    }
}

impl Hop {
    /// `source` is where the address stands; the address itself is never shown, it may hold a password.
    fn parse(source: &str, address: &str) -> Result<Self, String> {
        let unusable = |why: &str| format!("{source} is not usable: {why}");
        let uri: Uri = address
            .trim()
            .parse()
            .map_err(|_| unusable("it must look like http://proxy.example.com:3128"))?;
        if let Some(scheme) = uri.scheme_str().filter(|scheme| *scheme != "http") {
            return Err(unusable(&format!(
                "proxies over {scheme}:// are not supported, only http:// ones"
            )));
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| unusable("it names no host"))?.to_owned();
        let login = uri.authority().and_then(|authority| authority.as_str().rsplit_once('@'));
        let login = login
            .map(|(login, _)| {
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                let decoded = |text| percent_decode_str(text).decode_utf8().map(String::from);
                Ok((decoded(user)?, decoded(password)?))
            })
            .transpose()
            .map_err(|_: std::str::Utf8Error| {
                unusable("its user or password is no percent-encoded UTF-8")
            })?;
        let names_port = uri.authority().is_some_and(|authority| {
            let place =
                authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, place)| place);
            place.len() > host.len()
        });
        let port = match uri.port_u16() {
            Some(port) => port,
            None if names_port => return Err(unusable("its port is none of 1 to 65535")),
            None => 80,
        };
        let place = format!("http://{host}:{port}/").parse();
        let uri = place.map_err(|_| unusable("its host is no name or address"))?;
        Ok(Self { host, port, uri, login })
    }

    /// Why there is no tunnel, in words for the user.
    pub(crate) fn refused(&self, why: &str) -> String {
        format!(
            "the proxy {}:{} gives no tunnel ({why}); if it wants a user and a password, put them into \
             its address, as in http://user:password@{}:{}",
            self.host, self.port, self.host, self.port
        )
    }
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hop")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use qc_proto::{Cause, Delivery};

    use super::*;

    fn routes(variables: &'static [(&str, &str)], allow_plain_http: bool) -> Routes {
        Routes::from(&Proxy::Environment, allow_plain_http, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn host(routes: &Routes, uri: &str) -> Option<String> {
        routes.to(&uri.parse().unwrap()).unwrap().map(|hop| format!("{}:{}", hop.host, hop.port))
    }

    #[test]
    fn each_scheme_has_its_variable() {
        let both = routes(&[("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "h:2")], true);
        assert_eq!(host(&both, "https://example.com/").as_deref(), Some("s:1"));
        assert_eq!(host(&both, "http://example.com/").as_deref(), Some("h:2"));
        let lower = routes(&[("HTTPS_PROXY", "http://s:1"), ("https_proxy", "http://l")], true);
        assert_eq!(host(&lower, "https://example.com/").as_deref(), Some("l:80"));
        let all = routes(&[("ALL_PROXY", "http://a:3")], true);
        assert_eq!(host(&all, "https://example.com/").as_deref(), Some("a:3"));
        let off = routes(&[("https_proxy", ""), ("ALL_PROXY", "http://a:3")], true);
        assert_eq!(host(&off, "https://example.com/"), None);
        let cgi = routes(&[("HTTP_PROXY", "h:2"), ("REQUEST_METHOD", "GET")], true);
        assert_eq!(host(&cgi, "http://example.com/"), None);
    }

    #[test]
    fn exceptions_and_this_machine_are_reached_directly() {
        let routes = routes(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "inner.org:444")], false);
        assert_eq!(host(&routes, "https://inner.org:444/"), None);
        assert!(host(&routes, "https://inner.org/").is_some());
        for here in ["https://localhost/", "https://127.0.0.1:1/", "http://[::1]/"] {
            assert_eq!(host(&routes, here), None, "{here}");
        }
    }

    #[test]
    fn a_plain_request_does_not_leave_by_a_proxy_either() {
        let closed = routes(&[("HTTP_PROXY", "http://p:1")], false);
        let failure = closed.to(&"http://example.com/".parse().unwrap()).unwrap_err();
        assert_eq!((failure.cause(), failure.delivery()), (Cause::Rejected, Delivery::NotSent));
        let near = routes(&[("HTTP_PROXY", "http://localhost:1")], false);
        assert!(host(&near, "http://example.com/").is_some());
    }

    #[test]
    fn what_cannot_be_used_is_no_reason_to_go_directly_and_shows_no_password() {
        for (address, why) in [
            ("socks5://u:secret@p:1", "socks5:// are not supported"),
            ("https://u:secret@p", "https:// are not supported"),
            ("http://u:secret@", "must look like"),
            ("http://u:%FFsecret@p", "percent-encoded"),
            ("u:secret@p:99999", "port"),
        ] {
            let routes = Routes::from(&Proxy::Environment, false, |name| {
                (name == "HTTPS_PROXY").then(|| address.to_owned())
            });
            let failure = routes.to(&"https://example.com/".parse().unwrap()).unwrap_err();
            let text = failure.to_string();
            assert_eq!(failure.cause(), Cause::Rejected);
            assert!(text.starts_with("HTTPS_PROXY ") && text.contains(why), "{address}: {text}");
            assert!(
                !text.contains("secret") && !format!("{routes:?}").contains("secret"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_login_is_decoded_and_not_shown() {
        let url = Proxy::Url("http://me:p%40ss%3Aword@p:1".to_owned());
        let routes = Routes::from(&url, false, |_| None);
        let hop = routes.to(&"https://localhost/".parse().unwrap()).unwrap().unwrap();
        assert_eq!(hop.login, Some(("me".to_owned(), "p@ss:word".to_owned())));
        assert!(!format!("{routes:?} {url:?}").contains("word"));
    }
}
