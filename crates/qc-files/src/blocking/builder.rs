//! What a blocking client is put together from.

use std::sync::Arc;

use qc_proto::Invalid;
use qc_transport::blocking::{Runtime, Transport};

use super::Client;
use crate::Error;

/// The parts of a [`Client`]; what isn't set has a sensible default.
pub type Builder = crate::Builder<dyn Transport, dyn Runtime>;

impl Builder {
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

    /// Puts the client together. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) names what was not usable: `baseUrl`, `userAgent`, or
    /// `transport` and `runtime` where this crate was built without the `blocking` feature and they were not given.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client { inner: self.connect(default_transport, default_runtime)? })
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
