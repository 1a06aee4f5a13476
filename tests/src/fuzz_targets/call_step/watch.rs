//! A call, and everything that it must keep to.

use std::time::Duration;

use qc_proto::{
    Attempt, Cause, Delivery, Effect, Error, ErrorKind, Input, Now, Policy, Replay, Session,
    http::header, http_times::retry_after,
};

use super::driven::{Driven, Stepped};
use crate::fuzz_targets::TOKEN;

pub(super) struct Watched {
    call: Box<dyn Driven>,
    policy: Policy,
    /// On the monotonic clock, as are all moments here.
    deadline: Duration,
    sent: u32,
    throttled: u32,
    out: Option<Out>,
    asked: Duration,
    ended: bool,
    /// The request may have taken effect, and nothing was seen since.
    unseen: bool,
    /// It was in doubt at some time.
    suspected: bool,
    /// `Authorization` of the last request.
    signature: Option<String>,
}

/// What calls share.
pub(super) struct Shared {
    pub(super) session: Session,
    /// No call may ask before, by any `Retry-After`.
    pub(super) quiet_until: Duration,
}

/// What is on its way.
struct Out {
    since: Duration,
    timeout: Duration,
    is_look: bool,
}

/// What an input says about the request that was out.
#[derive(PartialEq)]
enum News {
    Nothing,
    /// Nobody said whether the service acted.
    Doubt,
    /// The service answered, if only that there is no such file.
    Answer,
    Other,
}

impl Watched {
    pub(super) fn new(call: Box<dyn Driven>, policy: &Policy, now: Now) -> Self {
        Self {
            call,
            policy: policy.clone(),
            deadline: now.mono.saturating_add(policy.deadline),
            sent: 0,
            throttled: 0,
            out: None,
            asked: Duration::ZERO,
            ended: false,
            unseen: false,
            suspected: false,
            signature: None,
        }
    }

    /// The last wait that it asked for, if that was its last step.
    pub(super) fn asked(&self) -> Duration {
        self.asked
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn is_out(&self) -> bool {
        self.out.is_some()
    }

    pub(super) fn signature(&self) -> Option<&str> {
        self.signature.as_deref()?.strip_prefix("Basic ")
    }

    /// Takes a step, and says what it was.
    pub(super) fn step(&mut self, shared: &mut Shared, now: Now, input: Input) -> String {
        self.hear(&mut shared.quiet_until, now, &input);
        match self.call.step(&mut shared.session, now, input) {
            Stepped::Send(attempt) => self.sends(&attempt, shared, now),
            Stepped::Wait(pause) => {
                assert!(!self.ended && pause > Duration::ZERO);
                if let Some(Out { since, timeout, .. }) = self.out {
                    assert_eq!(now.mono.saturating_add(pause), since.saturating_add(timeout));
                }
                self.asked = pause;
                format!("wait {pause:?}")
            }
            Stepped::Done(error) => self.is_done(error),
        }
    }

    /// Takes in what the input means before the call does.
    fn hear(&mut self, quiet_until: &mut Duration, now: Now, input: &Input) {
        self.asked = Duration::ZERO;
        let Some(Out { since, timeout, is_look }) = self.out else { return };
        let news = match input {
            Input::Poll if now.mono < since.saturating_add(timeout) => News::Nothing,
            Input::Poll => News::Doubt,
            Input::Failed(failure) => match (failure.delivery(), failure.cause()) {
                (Delivery::MaybeSent, Cause::Broken | Cause::TimedOut) => News::Doubt,
                _ => News::Other,
            },
            Input::Response(response) => {
                if let Some(pause) = retry_after(response.headers(), now.wall) {
                    *quiet_until = (*quiet_until).max(now.mono.saturating_add(pause));
                }
                self.throttled += u32::from(response.status().as_u16() == 429);
                match response.status().as_u16() {
                    502..=504 => News::Doubt,
                    200..=299 | 400..=499 => News::Answer,
                    _ => News::Other,
                }
            }
        };
        if news == News::Nothing {
            return;
        }
        self.out = None;
        if is_look {
            self.unseen &= news != News::Answer;
        } else if news == News::Doubt {
            self.unseen = true;
            self.suspected = true;
        }
    }

    fn sends(&mut self, attempt: &Attempt, shared: &Shared, now: Now) -> String {
        assert!(!self.ended && self.out.is_none(), "two requests for one answer");
        self.sent += 1;
        let counted = self.sent - self.throttled;
        assert!(counted <= self.policy.max_requests(), "{counted} requests");
        assert_eq!(attempt.number, self.sent);
        let Shared { session, quiet_until } = shared;
        assert!(now.mono >= *quiet_until, "{:?} too early", *quiet_until - now.mono);
        assert!(now.mono < self.deadline);
        assert!(attempt.timeout <= self.policy.attempt_timeout);
        assert!(attempt.timeout <= self.deadline - now.mono);
        let is_look = attempt.endpoint != self.call.path();
        if !is_look && matches!(self.call.replay(), Replay::Verify | Replay::Never) {
            assert!(!self.unseen, "sent again in doubt");
        }
        let request = &attempt.request;
        assert_eq!(
            request.uri().to_string(),
            format!("{}/{}", session.base_url(), attempt.endpoint)
        );
        let authorization = &request.headers()[header::AUTHORIZATION];
        assert!(authorization.is_sensitive());
        let authorization = String::from_utf8_lossy(authorization.as_bytes()).into_owned();
        let step = format!("{attempt:?} {authorization} {:?}", request.body());
        self.signature = Some(authorization);
        self.out = Some(Out { since: now.mono, timeout: attempt.timeout, is_look });
        step
    }

    fn is_done(&mut self, error: Option<Error>) -> String {
        let was_ended = std::mem::replace(&mut self.ended, true);
        let Some(error) = error else {
            assert!(!was_ended, "a second result");
            return "success".to_owned();
        };
        let text = format!("{error} {error:?}");
        assert!(!error.to_string().contains(char::is_control), "{error}");
        assert!(!text.contains(TOKEN));
        if let Some(signature) = self.signature() {
            assert!(!text.contains(signature), "{text}");
        }
        if was_ended {
            assert_eq!(error.kind(), ErrorKind::Invalid);
            return text;
        }
        assert!(self.out.is_none(), "ended while a request was out");
        assert_eq!(error.attempts(), self.sent);
        let may_have_acted = match self.call.replay() {
            Replay::Safe => {
                assert_eq!(error.effect(), Effect::None);
                false
            }
            Replay::Verify => self.unseen,
            Replay::Converges | Replay::Never => self.suspected,
        };
        assert!(!may_have_acted || error.effect() == Effect::Unknown, "{error:?}");
        text
    }
}
