//! How a blocking client is put together.

use std::sync::Arc;

use qc_proto::{BaseUrl, Credentials, Invalid, Policy};
use qc_transport::blocking::{Runtime, Transport};

use super::{Client, client::Inner};
use crate::{Error, connection::Settings};

/// The parts of a [`Client`]; what isn't set has a sensible default.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    settings: Settings,
    transport: Option<Arc<dyn Transport>>,
    runtime: Option<Arc<dyn Runtime>>,
}

impl Builder {
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

    /// Sends through another transport than ureq.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Waits and tells the time by another runtime than the system's.
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Makes the length of pauses repeatable, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Puts the client together. Nothing is sent.
    ///
    /// # Errors
    ///
    /// As [`crate::Builder::build`], with the feature `blocking` in the place of `hyper`.
    pub fn build(self) -> Result<Client, Error> {
        let connection = self.settings.connect()?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let runtime = match self.runtime {
            Some(runtime) => runtime,
            None => default_runtime()?,
        };
        Ok(Client { inner: Arc::new(Inner { connection, transport, runtime }) })
    }
}

#[cfg(feature = "blocking")]
fn default_transport() -> Result<Arc<dyn Transport>, Invalid> {
    Ok(Arc::new(qc_transport::blocking::UreqTransport::new()))
}

#[cfg(feature = "blocking")]
fn default_runtime() -> Result<Arc<dyn Runtime>, Invalid> {
    Ok(Arc::new(qc_transport::blocking::SystemRuntime::new()))
}

#[cfg(not(feature = "blocking"))]
fn default_transport() -> Result<Arc<dyn Transport>, Invalid> {
    Err(Invalid::new("transport", "must be given: the `blocking` feature is off"))
}

#[cfg(not(feature = "blocking"))]
fn default_runtime() -> Result<Arc<dyn Runtime>, Invalid> {
    Err(Invalid::new("runtime", "must be given: the `blocking` feature is off"))
}
