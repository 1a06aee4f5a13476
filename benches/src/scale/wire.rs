//! What lies between a client and the service: time, and a count of what passes.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use qc_emulator::{Emulator, Ending};
use qc_proto::{
    Attempt, Failure, Phase,
    bytes::Bytes,
    http::{Response, StatusCode, header},
};
use qc_transport::{BoxFuture, Transport};

use super::timeline::Timeline;

/// What has passed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    /// Answers with HTTP 429.
    pub(crate) refused: u64,
    /// Answers with HTTP 502.
    pub(crate) failed: u64,
    /// Bytes of all answers.
    pub(crate) bytes: usize,
    /// When the last answer came.
    pub(crate) last_answer: Duration,
}

/// A transport to an emulator, in virtual time. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    emulator: Arc<Mutex<Emulator>>,
    timeline: Timeline,
    /// How long an answer takes, half of it on the way there.
    latency: Duration,
    /// Whether answers lose their `Retry-After`.
    is_mute: bool,
    passed: Arc<Mutex<Tally>>,
}

impl Wire {
    pub(crate) fn new(
        emulator: Arc<Mutex<Emulator>>,
        timeline: Timeline,
        latency: Duration,
    ) -> Self {
        let passed = Arc::default();
        Self { emulator, timeline, latency, is_mute: false, passed }
    }

    /// A service that does not say how long to wait.
    pub(crate) fn mute(mut self) -> Self {
        self.is_mute = true;
        self
    }

    pub(crate) fn tally(&self) -> Tally {
        *self.passed()
    }

    fn passed(&self) -> MutexGuard<'_, Tally> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn way(&self) {
        self.timeline.until(self.timeline.now() + self.latency / 2).await;
    }

    async fn exchange(&self, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
        self.way().await;
        let ending = {
            let wall = self.timeline.wall();
            let mut emulator = self.emulator.lock().unwrap_or_else(PoisonError::into_inner);
            emulator.exchange(wall, &attempt.request).ending
        };
        self.way().await;
        let tally = &mut *self.passed();
        tally.requests += 1;
        tally.last_answer = self.timeline.now();
        let Ending::Answer(mut response) = ending else {
            return Err(Failure::maybe_sent(Phase::Head, "connection closed"));
        };
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            tally.refused += 1;
        }
        tally.failed += u64::from(response.status() == StatusCode::BAD_GATEWAY);
        tally.bytes += response.body().len();
        if self.is_mute {
            response.headers_mut().remove(header::RETRY_AFTER);
        }
        if response.body().len() > attempt.max_response_bytes {
            return Err(Failure::too_large(attempt.max_response_bytes));
        }
        Ok(response)
    }
}

impl Transport for Wire {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(self.exchange(attempt))
    }
}
