//! What a call and its caller say to each other.

use core::time::Duration;

use crate::{
    call::attempt::{Attempt, Failure},
    error::Error,
};

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
