//! Calls of all endpoints, driven alike.

use std::time::Duration;

use qc_proto::{Attempt, Call, Endpoint, Error, Input, Now, Replay, Session, Step};

/// A step without its endpoint's type.
pub(super) enum Stepped {
    Send(Box<Attempt>),
    Wait(Duration),
    /// `None` is a success.
    Done(Option<Error>),
}

/// A call without its endpoint's type.
pub(super) trait Driven {
    fn step(&mut self, session: &mut Session, now: Now, input: Input) -> Stepped;
    fn replay(&self) -> Replay;
    fn path(&self) -> &'static str;
}

/// Begins a call, whose input is one that is not refused unsent.
pub(super) fn begin<E: Endpoint + 'static>(
    endpoint: E,
    session: &Session,
    seed: u64,
    now: Now,
) -> Box<dyn Driven> {
    match session.begin(endpoint, seed, now) {
        Ok(call) => Box::new(call),
        Err(error) => unreachable!("the input is valid: {error}"),
    }
}

impl<E: Endpoint> Driven for Call<E> {
    fn step(&mut self, session: &mut Session, now: Now, input: Input) -> Stepped {
        match self.step(session, now, input) {
            Step::Send(attempt) => Stepped::Send(attempt.into()),
            Step::Wait(pause) => Stepped::Wait(pause),
            Step::Done(result) => Stepped::Done(result.err()),
        }
    }

    fn replay(&self) -> Replay {
        E::REPLAY
    }

    fn path(&self) -> &'static str {
        E::PATH
    }
}
