//! How a client is put together.

use std::{fmt, sync::Arc};

use qc_proto::{BaseUrl, Credentials, Invalid, Policy};
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
    pub(crate) transport: Option<Arc<T>>,
    pub(crate) runtime: Option<Arc<R>>,
}

impl<T: ?Sized, R: ?Sized> Builder<T, R> {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self { settings: Settings::new(credentials), transport: None, runtime: None }
    }

    /// Asks another address than the real service, such as the emulator's.
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        self.settings.base_url = BaseUrl::new(base_url.as_ref());
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

    /// Puts the parts together, with these in the place of those that were not given.
    pub(crate) fn connect(
        self,
        transport: impl FnOnce() -> Result<Arc<T>, Invalid>,
        runtime: impl FnOnce() -> Result<Arc<R>, Invalid>,
    ) -> Result<Arc<Inner<T, R>>, Error> {
        let connection = self.settings.connect()?;
        let transport = self.transport.map_or_else(transport, Ok)?;
        let runtime = self.runtime.map_or_else(runtime, Ok)?;
        Ok(Arc::new(Inner { connection, transport, runtime }))
    }
}

impl Builder {
    /// Sends through another transport than hyper.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Waits and tells the time by another runtime than tokio.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Puts the client together. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) names what was not usable: `baseUrl`, `userAgent`, or
    /// `transport` and `runtime` where this crate was built without the `hyper` feature and they were not given.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client { inner: self.connect(default_transport, default_runtime)? })
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

#[cfg(feature = "hyper")]
fn default_transport() -> Result<Arc<dyn Transport>, Invalid> {
    Ok(Arc::new(qc_transport::HyperTransport::new()))
}

#[cfg(feature = "hyper")]
fn default_runtime() -> Result<Arc<dyn Runtime>, Invalid> {
    Ok(Arc::new(qc_transport::TokioRuntime::new()))
}

#[cfg(not(feature = "hyper"))]
fn default_transport() -> Result<Arc<dyn Transport>, Invalid> {
    Err(Invalid::new("transport", "must be given: the `hyper` feature is off"))
}

#[cfg(not(feature = "hyper"))]
fn default_runtime() -> Result<Arc<dyn Runtime>, Invalid> {
    Err(Invalid::new("runtime", "must be given: the `hyper` feature is off"))
}
