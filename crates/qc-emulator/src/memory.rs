//! A transport without sockets.

use std::sync::{Arc, Mutex, PoisonError};

use qc_proto::{Attempt, Failure, Phase, bytes::Bytes, http};
use qc_transport::{BoxFuture, Transport};

use crate::{Emulator, Exchange, VirtualClock};

/// Hands requests to an [`Emulator`] in memory, faults included.
#[derive(Clone, Debug)]
pub struct MemoryTransport {
    emulator: Arc<Mutex<Emulator>>,
    clock: VirtualClock,
}

impl MemoryTransport {
    /// A transport to `emulator`, whose time is `clock`'s.
    #[must_use]
    pub fn new(emulator: Arc<Mutex<Emulator>>, clock: VirtualClock) -> Self {
        Self { emulator, clock }
    }

    fn exchange(&self, attempt: &Attempt) -> Result<http::Response<Bytes>, Failure> {
        let limit = attempt.max_response_bytes;
        let wall = self.clock.server_wall();
        let mut emulator = self.emulator.lock().unwrap_or_else(PoisonError::into_inner);
        match emulator.exchange(wall, &attempt.request) {
            Exchange::Answer(response) if response.body().len() > limit => {
                Err(Failure::too_large(limit))
            }
            Exchange::Answer(response) => Ok(response),
            Exchange::Filler(bytes) if usize::try_from(bytes).is_ok_and(|bytes| bytes <= limit) => {
                let filler = vec![b'x'; usize::try_from(bytes).unwrap_or_default()];
                Ok(http::Response::new(filler.into()))
            }
            Exchange::Filler(_) => Err(Failure::too_large(limit)),
            Exchange::Unreachable => Err(Failure::not_sent(Phase::Connect, "connection refused")),
            Exchange::HangUp => Err(Failure::maybe_sent(Phase::Head, "connection closed")),
            Exchange::Short { .. } => Err(Failure::maybe_sent(Phase::Body, "connection closed")),
        }
    }
}

impl Transport for MemoryTransport {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
        // Nothing is sent before someone polls, as over a socket.
        Box::pin(async move { self.exchange(&attempt) })
    }
}
