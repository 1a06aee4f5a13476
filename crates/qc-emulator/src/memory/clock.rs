//! Time moved by hand.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use qc_proto::Now;
use qc_transport::{BoxFuture, Runtime, blocking};

use crate::response::shifted;

/// A clock that moves only when someone sleeps or advances it, and never takes real time. Clones are one clock.
///
/// The service's time is right; the client's wall clock is off by what [`set_skew`](Self::set_skew) says.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    wall: Duration,
    mono: Duration,
    skew: i64,
    waits: Vec<Duration>,
}

impl State {
    fn pass(&mut self, duration: Duration) {
        self.wall = self.wall.saturating_add(duration);
        self.mono = self.mono.saturating_add(duration);
    }
}

impl VirtualClock {
    /// A clock at `wall` since the Unix epoch.
    #[must_use]
    pub fn new(wall: Duration) -> Self {
        let state = State { wall, mono: Duration::ZERO, skew: 0, waits: Vec::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.pass(duration);
    }

    /// Sets the client's wall clock wrong by so many seconds.
    pub fn set_skew(&self, seconds: i64) {
        self.state().skew = seconds;
    }

    /// The right time, since the Unix epoch.
    #[must_use]
    pub fn server_wall(&self) -> Duration {
        self.state().wall
    }

    /// Every sleep so far. A client draws a part of most of them by chance. One for a `Retry-After` is no shorter than that.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        self.state().waits.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime for VirtualClock {
    fn now(&self) -> Now {
        let state = self.state();
        Now { wall: shifted(state.wall, state.skew), mono: state.mono }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        // Time passes when the sleep is polled: one that loses a race takes none.
        Box::pin(async move { blocking::Runtime::sleep(self, duration) })
    }
}

impl blocking::Runtime for VirtualClock {
    fn now(&self) -> Now {
        Runtime::now(self)
    }

    fn sleep(&self, duration: Duration) {
        let mut state = self.state();
        state.waits.push(duration);
        state.pass(duration);
    }
}
