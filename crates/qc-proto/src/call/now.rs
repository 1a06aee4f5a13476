//! The time, as a caller tells it.

use core::time::Duration;

/// What the caller's two clocks show. Nothing here reads a clock, so every step can be replayed.
///
/// ```
/// # use core::time::Duration;
/// use std::time::{Instant, SystemTime};
///
/// # let started = Instant::now();
/// let now = qc_proto::Now {
///     wall: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO),
///     mono: started.elapsed(),
/// };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Time since the Unix epoch, as this machine believes. It may be wrong, and it may jump.
    /// Signatures are made with it.
    pub wall: Duration,
    /// Time since any fixed moment, such as the start of the process. It never goes backwards.
    /// Waits and deadlines are measured with it.
    pub mono: Duration,
}
