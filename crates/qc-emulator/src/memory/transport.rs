//! A transport without sockets.

use std::sync::{Arc, Mutex, PoisonError};

use qc_proto::{Attempt, Delivery, Failure, Phase, bytes::Bytes, http};
use qc_transport::{BoxFuture, Transport, blocking};

use crate::{
    emulator::Emulator,
    faults::{
        exchange::{Exchange, ExchangeOutcome},
        fault::StallAt,
    },
    memory::clock::VirtualClock,
};

/// Hands requests to an [`Emulator`] in memory, faults included. What takes time moves the clock and takes none.
///
/// It is a transport for clients that wait and for those that don't. Give the same clock to the client as its runtime, by
/// `builder_with_parts` of qc-files: with a clock of its own it would sign with the real time, and wait for real.
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
        let wall = self.clock.server_wall();
        // Compressed or not, a client sees the same.
        let Exchange { latency, outcome, trickle, .. } = {
            let mut emulator = self.emulator.lock().unwrap_or_else(PoisonError::into_inner);
            emulator.exchange(wall, &attempt.request)
        };
        match outcome {
            ExchangeOutcome::NoConnection(phase) => {
                return Err(Failure::not_sent(phase, "no connection"));
            }
            ExchangeOutcome::StalledConnecting(phase) => {
                self.clock.advance(attempt.timeout);
                return Err(Failure::timed_out(Delivery::NotSent, phase));
            }
            _ => {}
        }
        if latency >= attempt.timeout {
            return Err(self.time_is_up(attempt.timeout, Phase::Head));
        }
        self.clock.advance(latency);
        let left = attempt.timeout - latency;
        let limit = attempt.max_response_bytes;
        match outcome {
            ExchangeOutcome::Answer(response) if response.body().len() > limit => {
                Err(Failure::too_large(limit))
            }
            ExchangeOutcome::Answer(response) => {
                if let Some((bytes, every)) = trickle {
                    let pauses = response.body().len().div_ceil(bytes).saturating_sub(1);
                    let takes = every.saturating_mul(pauses.try_into().unwrap_or(u32::MAX));
                    if takes >= left {
                        return Err(self.time_is_up(left, Phase::Body));
                    }
                    self.clock.advance(takes);
                }
                Ok(response)
            }
            ExchangeOutcome::Oversized(bytes)
                if usize::try_from(bytes).is_ok_and(|bytes| bytes <= limit) =>
            {
                let filler = vec![b'x'; usize::try_from(bytes).unwrap_or_default()];
                Ok(http::Response::new(filler.into()))
            }
            ExchangeOutcome::Oversized(_) => Err(Failure::too_large(limit)),
            ExchangeOutcome::Reset => Err(Failure::maybe_sent(Phase::Head, "connection reset")),
            ExchangeOutcome::Short { .. } => {
                Err(Failure::maybe_sent(Phase::Body, "connection closed"))
            }
            ExchangeOutcome::Stalled { at: StallAt::Body, .. } => {
                Err(self.time_is_up(left, Phase::Body))
            }
            ExchangeOutcome::Stalled { .. } => Err(self.time_is_up(left, Phase::Head)),
            _ => Err(Failure::maybe_sent(Phase::Head, "connection closed")),
        }
    }

    fn time_is_up(&self, left: std::time::Duration, phase: Phase) -> Failure {
        self.clock.advance(left);
        Failure::timed_out(Delivery::MaybeSent, phase)
    }
}

impl Transport for MemoryTransport {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
        // Nothing is sent before someone polls, as over a socket.
        Box::pin(async move { self.exchange(&attempt) })
    }
}

impl blocking::Transport for MemoryTransport {
    fn send(&self, attempt: Attempt) -> Result<http::Response<Bytes>, Failure> {
        self.exchange(&attempt)
    }
}
