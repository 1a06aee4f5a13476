//! Where the service is.

use alloc::{format, string::String};
use core::{fmt, str::FromStr};

use http::Uri;

use crate::invalid::Invalid;

/// The address that endpoint paths are put behind, without slashes at its end.
///
/// ```
/// use qc_proto::BaseUrl;
///
/// let base: BaseUrl = "http://localhost:5612/api/v2/".parse()?;
/// assert_eq!(base.join("files/read").to_string(), "http://localhost:5612/api/v2/files/read");
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The real service.
    pub const PRODUCTION: &'static str = "https://www.quantconnect.com/api/v2";

    /// Checks an address.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when it is no absolute `http` or `https` address, or has a user, a query or a fragment.
    pub fn new(url: &str) -> Result<Self, Invalid> {
        let refuse = |why: &'static str| Err(Invalid::new("baseUrl", why));
        let trimmed = url.trim().trim_end_matches('/');
        let Ok(uri) = trimmed.parse::<Uri>() else {
            return refuse("must be an address such as https://www.quantconnect.com/api/v2");
        };
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return refuse("must begin with https:// or http://");
        }
        if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return refuse("must name a host, and no user or password");
        }
        if uri.query().is_some() || trimmed.contains('#') {
            return refuse("must have no query and no fragment");
        }
        Ok(Self(trimmed.into()))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of an endpoint.
    #[must_use]
    pub fn join(&self, path: &str) -> Uri {
        // The base was parsed, and paths are constants: this does not fail.
        Uri::try_from(format!("{}/{path}", self.0)).unwrap_or_default()
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self(Self::PRODUCTION.into())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = Invalid;

    fn from_str(url: &str) -> Result<Self, Invalid> {
        Self::new(url)
    }
}
