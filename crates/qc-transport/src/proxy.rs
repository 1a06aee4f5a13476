//! Which proxy stands between this machine and the service.

#[cfg(feature = "_net")]
mod exceptions;
#[cfg(feature = "_net")]
mod route;

use std::fmt;

#[cfg(feature = "_net")]
pub(crate) use self::route::{Hop, Routes};

/// The proxy that a transport goes through.
///
/// A proxy is asked for a tunnel (`CONNECT`), so that it sees the service's name and nothing of an
/// `https` request. Proxies over `http://` are supported, with a user and a password where the
/// address holds them; `https://` and `socks5://` ones are not, and an attempt that would need one is
/// rejected.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// What the environment says when the transport is made: `HTTPS_PROXY` for `https`, `HTTP_PROXY`
    /// for `http`, `ALL_PROXY` where they are missing, and no proxy for the hosts in `NO_PROXY`.
    /// Names in small letters come first. This machine itself is never asked for through a proxy.
    ///
    /// `NO_PROXY` lists hosts with commas between them: `example.com` (with all its subdomains, as
    /// `.example.com` and `*.example.com`), addresses, networks (`10.0.0.0/8`), any of them with a
    /// port behind a colon, or `*` for all.
    #[default]
    Environment,
    /// None, whatever the environment says.
    Direct,
    /// This one for every request, such as `http://user:password@proxy.example.com:3128`.
    Url(String),
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::Direct => f.write_str("Direct"),
            // It may hold a password.
            Self::Url(_) => f.write_str("Url(_)"),
        }
    }
}
