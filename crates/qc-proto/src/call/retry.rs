//! The call policy: one table over what came of an attempt and what the request is.
//!
//! | outcome | `Safe` | `Converges` | `Verify` | `Never` |
//! | --- | --- | --- | --- | --- |
//! | [`Outcome::NotSent`], 408 | retry | retry | retry | retry |
//! | [`Outcome::InDoubt`]: sent without an answer, 5xx, 2xx that is no envelope | retry | retry | look | stop, unknown |
//! | [`Outcome::Unusable`]: an answer over the limit, or a success that cannot be read | stop, none | stop, unknown | look | stop, unknown |
//! | [`Outcome::Throttled`]: 429, or in words | wait | wait | wait | wait |
//! | [`Outcome::Skewed`]: refused credentials, and a clock offset over 60 s | sign again, once | same | same | same |
//! | [`Outcome::Refused`] | stop | stop | look | stop |
//! | [`Outcome::Rejected`]: refused for a known reason, or never to be sent | stop | stop | stop; look after doubt | stop |
//!
//! Where the table stops without saying more, the effect is none, or unknown if an earlier attempt of the
//! same call was in doubt. A retry waits; how long is [`Policy`](crate::Policy)'s to say. No request of any kind, by any
//! call of the session, is sent before a `Retry-After` is over.
//!
//! A throttle is no failure: it costs neither attempts nor budget, only time until the call's deadline. All calls of a
//! session wait in one line; one asks first, and the others follow at the pace that was answered before.

use crate::{endpoints::endpoint::Replay, error::Effect};

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request did not leave, or did not arrive as a whole.
    NotSent,
    /// The service may have acted, and nobody said so.
    InDoubt,
    /// An answer came that is of no use, and another would be the same: it is larger than the limit, or
    /// says success and cannot be read.
    Unusable,
    /// The service asked to come back later, and has not acted.
    Throttled,
    /// The credentials were refused, and the clock is known to be wrong.
    Skewed,
    /// The service refused in words that are not known.
    Refused,
    /// The service refused for a reason that is known, or the transport will not send the request.
    Rejected,
}

/// What the call does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Wait, and send the request again.
    Retry,
    /// Wait in line with all calls of the session, and send the request again.
    Wait,
    /// Sign for the corrected time and send the request again.
    SignAgain,
    /// Read, to learn whether the request took effect.
    Probe,
    /// Give up; this is what is known of the effect.
    Stop(Effect),
}

/// The table. `doubt` is whether an earlier attempt of the same call was in doubt.
#[must_use]
pub fn decide(outcome: Outcome, replay: Replay, doubt: bool) -> Action {
    let known = if doubt { Effect::Unknown } else { Effect::None };
    match (outcome, replay) {
        (Outcome::NotSent, _) => Action::Retry,
        (Outcome::Throttled, _) => Action::Wait,
        (Outcome::Skewed, _) => Action::SignAgain,
        (Outcome::InDoubt, Replay::Safe | Replay::Converges) => Action::Retry,
        (Outcome::InDoubt | Outcome::Unusable | Outcome::Refused, Replay::Verify) => Action::Probe,
        (Outcome::Rejected, Replay::Verify) if doubt => Action::Probe,
        (Outcome::InDoubt, Replay::Never) => Action::Stop(Effect::Unknown),
        (Outcome::Unusable, Replay::Converges | Replay::Never) => Action::Stop(Effect::Unknown),
        (_, Replay::Safe) => Action::Stop(Effect::None),
        (Outcome::Refused | Outcome::Rejected, _) => Action::Stop(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_changes_nothing_is_never_in_doubt() {
        for outcome in [Outcome::Unusable, Outcome::Refused, Outcome::Rejected] {
            assert_eq!(decide(outcome, Replay::Safe, true), Action::Stop(Effect::None));
        }
    }

    #[test]
    fn doubt_never_sends_a_request_twice_that_does_not_bear_it() {
        assert_eq!(decide(Outcome::InDoubt, Replay::Verify, false), Action::Probe);
        assert_eq!(decide(Outcome::InDoubt, Replay::Never, false), Action::Stop(Effect::Unknown));
        assert_eq!(decide(Outcome::Refused, Replay::Never, true), Action::Stop(Effect::Unknown));
        assert_eq!(decide(Outcome::Rejected, Replay::Verify, true), Action::Probe);
        assert_eq!(decide(Outcome::Rejected, Replay::Verify, false), Action::Stop(Effect::None));
    }
}
