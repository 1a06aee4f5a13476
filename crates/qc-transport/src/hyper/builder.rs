//! The settings of a [`HyperTransport`].

use std::time::Duration;

use super::{HyperTransport, roots::Roots};

/// Settings of a [`HyperTransport`], from [`HyperTransport::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use qc_transport::{HyperTransport, Roots};
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(5))
///     .roots(Roots::Platform)
///     .build();
/// ```
#[derive(Clone, Debug)]
#[must_use = "settings do nothing until `build` is called"]
pub struct HyperTransportBuilder {
    pub(super) connect_timeout: Duration,
    pub(super) pool_idle_timeout: Duration,
    pub(super) roots: Roots,
    pub(super) allow_plain_http: bool,
}

impl HyperTransportBuilder {
    pub(super) fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            // Below what servers commonly keep, so that we are the one who closes: a request on a
            // connection that the server is just closing ends in doubt.
            pool_idle_timeout: Duration::from_secs(20),
            roots: Roots::default(),
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

    /// Whether plain `http` may leave this machine; it may not unless set. To `localhost`,
    /// 127.0.0.0/8 and `[::1]` it always may.
    ///
    /// Anyone on the way can then read the source files, and act as the user for as long as the
    /// service accepts the signature.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The transport. It opens nothing and reads no certificates until it is used.
    #[must_use]
    pub fn build(self) -> HyperTransport {
        HyperTransport::with_settings(self)
    }
}
