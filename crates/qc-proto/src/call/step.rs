//! What a call and its caller say to each other, the time included.

use core::time::Duration;

use crate::{
    call::attempt::{Attempt, Failure},
    error::Error,
};

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

/// What the caller tells a call.
#[derive(Debug)]
pub enum Input {
    /// Go on: the first step, and after every wait. More often is harmless.
    Poll,
    /// The answer to the attempt that is out, whatever its status.
    Response(http::Response<bytes::Bytes>),
    /// The attempt that is out got no answer.
    Failed(Failure),
}

/// What a call asks of the caller.
#[derive(Debug)]
#[must_use]
#[expect(clippy::large_enum_variant, reason = "a step lives for one turn of the caller's loop")]
pub enum Step<T> {
    /// Send this, and come back with [`Input::Response`] or [`Input::Failed`].
    Send(Attempt),
    /// Come back with [`Input::Poll`] after this long.
    Wait(Duration),
    /// The call has ended.
    Done(Result<T, Error>),
}
