//! What a transport can be told.

use std::{fmt, time::Duration};

use crate::Proxy;

/// The settings of a transport, the same for every one of this crate. The default suits almost everyone.
///
/// ```
/// use std::{fmt, time::Duration};
///
/// use qc_transport::{Roots, Settings};
///
/// let settings = Settings::new().connect_timeout(Duration::from_secs(5)).roots(Roots::Bundled);
/// # #[cfg(feature = "hyper")]
/// let transport = qc_transport::HyperTransport::with_settings(settings);
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until a transport is made with them"]
pub struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) pool_idle_timeout: Duration,
    pub(crate) roots: Roots,
    pub(crate) proxy: Proxy,
    pub(crate) allow_plain_http: bool,
}

impl Settings {
    /// The settings that suit almost everyone.
    pub fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            // Below what servers commonly keep, so that we are the one who closes: a request on a
            // connection that the server is just closing ends in doubt.
            pool_idle_timeout: Duration::from_secs(20),
            roots: Roots::default(),
            proxy: Proxy::default(),
            allow_plain_http: false,
        }
    }

    /// How long resolving the name, connecting and the TLS handshake may take together; 10 seconds
    /// unless set. An attempt's own timeout holds as well.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an unused connection is kept for the next attempt; 20 seconds unless set. Choose
    /// less than the server does.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Which certificate authorities to trust; [`Roots::Platform`] unless set.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Which proxy to go through; [`Proxy::Environment`] unless set.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Whether plain `http` may leave this machine; it may not unless set. To `localhost`,
    /// 127.0.0.0/8 and `[::1]` it always may.
    ///
    /// Anyone on the way can then read the source files, and act as the user for as long as the
    /// service accepts the signature.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

/// The certificate authorities that may vouch for a server.
///
/// There is no silent fallback from one to another: if the chosen ones cannot be used, every
/// `https` attempt fails and says what to do.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Roots {
    /// Those that the operating system trusts. On Linux `SSL_CERT_FILE` and `SSL_CERT_DIR` are
    /// honoured. They are read when `https` is first used.
    #[default]
    Platform,
    /// Those that Mozilla trusts, as they were when this crate's `webpki-roots` was published: for
    /// machines without any, such as a bare container. They change with an update of that crate only.
    Bundled,
    /// Only those in this bundle of PEM certificates, such as a company's own authority.
    Pem(Vec<u8>),
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::Bundled => f.write_str("Bundled"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
        }
    }
}
