//! The clocks of the operating system.

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use qc_proto::Now;

use super::Runtime;

/// The system's wall clock, its monotonic clock, and a thread that sleeps.
///
/// [`Now::mono`] counts from the creation of this value.
///
/// ```
/// use qc_transport::blocking::{Runtime, SystemRuntime};
///
/// let runtime = SystemRuntime::new();
/// let (first, second) = (runtime.now(), runtime.now());
/// assert!(second.mono >= first.mono);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SystemRuntime {
    started: Instant,
}

impl SystemRuntime {
    /// A runtime whose monotonic clock starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is a runtime: its task is to read clocks")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for SystemRuntime {
    #[expect(clippy::disallowed_methods, reason = "this is a runtime: its task is to read clocks")]
    fn now(&self) -> Now {
        // A clock set before 1970 is wrong anyway; the client measures how wrong from the answers.
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { wall, mono: self.started.elapsed() }
    }

    #[expect(clippy::disallowed_methods, reason = "this is a runtime: its task is to wait")]
    fn sleep(&self, duration: Duration) {
        thread::sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeping_moves_the_monotonic_clock_by_at_least_that_much() {
        let runtime = SystemRuntime::default();
        let before = runtime.now();
        runtime.sleep(Duration::from_millis(20));
        assert!(runtime.now().mono - before.mono >= Duration::from_millis(20));
    }
}
