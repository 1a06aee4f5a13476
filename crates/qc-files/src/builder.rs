//! How a client is put together.

use std::{fmt, sync::Arc};

use qc_proto::{BaseUrl, Credentials, Policy};
use qc_transport::{Runtime, Transport};

use crate::{
    Client, Error,
    connection::{Inner, Settings},
};

/// The parts of a client; what isn't set has a sensible default.
///
/// `Builder` makes a [`Client`]. [`blocking::Builder`](crate::blocking::Builder) is this type with the blocking
/// transport and runtime, and makes a [`blocking::Client`](crate::blocking::Client).
#[must_use]
pub struct Builder<T: ?Sized = dyn Transport, R: ?Sized = dyn Runtime> {
    pub(crate) settings: Settings,
    pub(crate) transport: Arc<T>,
    pub(crate) runtime: Arc<R>,
}

impl<T: ?Sized, R: ?Sized> Builder<T, R> {
    pub(crate) fn new(credentials: Credentials, transport: Arc<T>, runtime: Arc<R>) -> Self {
        Self { settings: Settings::new(credentials), transport, runtime }
    }

    /// Asks another address than the real service, such as the emulator's: a text, a [`BaseUrl`], a
    /// [`http::Uri`](qc_proto::http::Uri) or a `url::Url`.
    pub fn base_url(mut self, base_url: impl fmt::Display) -> Self {
        self.settings.base_url = BaseUrl::new(&base_url.to_string());
        self
    }

    /// How often, how long and how much.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// Names the program in the `User-Agent` header.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = Some(user_agent.into());
        self
    }

    /// Names the environment that makes changes (`codeSourceId`). With it, a write to a project that is being
    /// edited elsewhere is refused as [`ErrorKind::Locked`](crate::ErrorKind::Locked); without it, writes are forced.
    pub fn code_source(mut self, code_source: impl Into<String>) -> Self {
        self.settings.code_source = Some(code_source.into());
        self
    }

    /// Makes the length of pauses repeatable, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Puts the parts together.
    pub(crate) fn connect(self) -> Result<Inner<T, R>, Error> {
        let Self { settings, transport, runtime } = self;
        Ok(Inner { connection: settings.connect()?, transport, runtime })
    }
}

impl Builder {
    /// Sends through this transport.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Arc::new(transport);
        self
    }

    /// Waits and tells the time by this runtime.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Arc::new(runtime);
        self
    }

    /// Puts the client together. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) names what was not usable: `baseUrl` or `userAgent`.
    pub fn build(self) -> Result<Client, Error> {
        let inner = self.connect()?;
        let policy = Arc::clone(&inner.connection.policy);
        Ok(Client { inner: Arc::new(inner), policy })
    }
}

impl<T: fmt::Debug + ?Sized, R: fmt::Debug + ?Sized> fmt::Debug for Builder<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("settings", &self.settings)
            .field("transport", &self.transport)
            .field("runtime", &self.runtime)
            .finish()
    }
}
