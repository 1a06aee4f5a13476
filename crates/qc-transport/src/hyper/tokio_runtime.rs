//! The runtime of an application that already runs Tokio.

use std::time::{Duration, SystemTime};

use qc_proto::Now;
use tokio::time::Instant;

use crate::{BoxFuture, Runtime};

/// The system's wall clock, Tokio's monotonic clock and Tokio's timer.
///
/// [`Now::mono`] counts from the creation of this value. It is Tokio's clock, so it stands still
/// where a test has paused Tokio's time.
///
/// ```
/// use qc_transport::{Runtime, TokioRuntime};
///
/// let runtime = TokioRuntime::new();
/// let (first, second) = (runtime.now(), runtime.now());
/// assert!(second.mono >= first.mono);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokioRuntime {
    started: Instant,
}

impl TokioRuntime {
    /// A runtime whose monotonic clock starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    #[expect(clippy::disallowed_methods, reason = "this is a runtime: its task is to read clocks")]
    fn now(&self) -> Now {
        // A clock set before 1970 is wrong anyway; the client measures how wrong from the answers.
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Now { wall, mono: self.started.elapsed() }
    }

    /// Must be polled inside a Tokio runtime whose timer is enabled.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        // Built inside the future, so that only polling needs a runtime.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleeping_moves_the_monotonic_clock_by_at_least_that_much() {
        let runtime = TokioRuntime::new();
        let before = runtime.now();
        runtime.sleep(Duration::from_millis(20)).await;
        assert!(runtime.now().mono - before.mono >= Duration::from_millis(20));
    }

    #[test]
    fn the_wall_clock_counts_from_1970() {
        let years = TokioRuntime::default().now().wall.as_secs() / (365 * 24 * 60 * 60);
        assert!((50..200).contains(&years), "{years} years");
    }
}
