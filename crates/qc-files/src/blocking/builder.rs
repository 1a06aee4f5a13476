//! What a blocking client is put together from.

use std::sync::Arc;

use qc_transport::blocking::{Runtime, Transport};

use super::Client;
use crate::Error;

/// The parts of a [`Client`]; what isn't set has a sensible default.
pub type Builder = crate::Builder<dyn Transport, dyn Runtime>;

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
    /// As [`crate::Builder::build`].
    pub fn build(self) -> Result<Client, Error> {
        let inner = self.connect()?;
        let policy = Arc::clone(&inner.connection.policy);
        Ok(Client { inner: Arc::new(inner), policy })
    }
}
