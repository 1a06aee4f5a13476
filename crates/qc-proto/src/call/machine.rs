//! One call: a request, its retries, and the looks that settle doubt.
//!
//! ```text
//!            Poll, too early: Wait               Poll, still out: Wait
//!                 +----+                              +----+
//!                 |    v         Poll: Send           |    v
//!  begin ------> Idle ----------------------------> InFlight --- Response, Failed, or timed out
//!                 ^                                                   |
//!                 +------------ retry, sign again, look --------------+--- Done
//! ```

use alloc::borrow::Cow;
use core::{fmt, time::Duration};

use bytes::Bytes;

use crate::{
    call::{
        attempt::{Delivery, Failure, Phase},
        clock::Measurement,
        look,
        now::Now,
        policy::Jitter,
        received::Received,
        retry::{Action, Outcome, decide},
        session::Session,
        step::{Input, Step},
        throttle::Place,
    },
    endpoints::endpoint::{Endpoint, Look, Replay, Sight, Verdict},
    error::{Effect, Error, ErrorKind, Report},
    invalid::Invalid,
    wire::signature::Signature,
};

/// A call on its way, made by [`Session::begin`].
pub struct Call<E: Endpoint> {
    endpoint: E,
    body: Bytes,
    jitter: Jitter,
    /// On the monotonic clock.
    deadline: Duration,
    state: State,
    /// What settles doubt, where the endpoint has it.
    look: Option<Look>,
    /// The endpoint's class; [`Replay::Never`] where it promises a look and has none.
    replay: Replay,
    /// What the attempt that is out was signed with.
    signature: Option<Signature>,
    /// How often the request itself was sent.
    attempts: u32,
    /// How often anything was sent.
    sent: u32,
    /// How often that was throttled, which does not count.
    throttled: u32,
    /// Where it waits in the session's line.
    place: Option<Place>,
    failures: u32,
    signed_again: bool,
    /// An attempt may have taken effect, and no look has settled it.
    doubt: bool,
    /// An attempt was in doubt at some time: it may still arrive.
    suspected: bool,
    before: Option<Sight>,
    /// Why the call looks or tries again.
    last: Option<Report>,
    /// Whether `last` is a refusal, so that the request is not sent again.
    refused: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Idle { goal: Goal, not_before: Duration },
    InFlight { goal: Goal, since: Now, timeout: Duration },
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    LookFirst,
    Request,
    Look,
}

/// What comes after an input was taken in: go on from the state, or end.
enum Next<T> {
    Continue,
    End(Result<T, Error>),
}

impl Session {
    /// Begins a call. Nothing is sent until its first step.
    ///
    /// `seed` decides the length of its pauses: draw it at random, so that clients don't march in step.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when the service would refuse the input anyway.
    pub fn begin<E: Endpoint>(&self, endpoint: E, seed: u64, now: Now) -> Result<Call<E>, Error> {
        endpoint.check()?;
        let body = endpoint
            .encode()
            .map_err(|error| Invalid::new("body", alloc::format!("cannot be JSON: {error}")))?;
        let deadline = now.mono.saturating_add(self.policy().deadline);
        Ok(Call::new(endpoint, body.into(), seed, deadline))
    }
}

impl<E: Endpoint> Call<E> {
    fn new(endpoint: E, body: Bytes, seed: u64, deadline: Duration) -> Self {
        let look = endpoint.look();
        let goal = if E::LOOK_FIRST && look.is_some() { Goal::LookFirst } else { Goal::Request };
        let replay = match E::REPLAY {
            Replay::Verify if look.is_none() => Replay::Never,
            replay => replay,
        };
        Self {
            endpoint,
            body,
            look,
            replay,
            jitter: Jitter(seed),
            deadline,
            state: State::Idle { goal, not_before: Duration::ZERO },
            signature: None,
            attempts: 0,
            sent: 0,
            throttled: 0,
            place: None,
            failures: 0,
            signed_again: false,
            doubt: false,
            suspected: false,
            before: None,
            last: None,
            refused: false,
        }
    }

    /// Takes one input and says what to do next. It never panics, and never asks to send twice for one input:
    /// an answer that was not waited for counts as [`Input::Poll`], and a poll while an attempt is out waits
    /// until the attempt's time is over.
    pub fn step(&mut self, session: &mut Session, now: Now, input: Input) -> Step<E::Output> {
        let next = match (self.state, input) {
            (State::Ended, _) => {
                return Step::Done(Err(Invalid::new("call", "has ended already").into()));
            }
            (State::Idle { .. }, _) => Next::Continue,
            (State::InFlight { since, timeout, goal }, Input::Poll) => {
                let over = since.mono.saturating_add(timeout);
                if now.mono < over {
                    return Step::Wait(over - now.mono);
                }
                let failure = Failure::timed_out(Delivery::MaybeSent, Phase::Head);
                self.take(goal, session, now, Err(failure), since)
            }
            (State::InFlight { goal, since, .. }, Input::Response(response)) => {
                self.take(goal, session, now, Ok(response), since)
            }
            (State::InFlight { goal, since, .. }, Input::Failed(failure)) => {
                self.take(goal, session, now, Err(failure), since)
            }
        };
        match next {
            Next::Continue => self.go_on(session, now),
            Next::End(result) => self.end(result),
        }
    }

    fn end(&mut self, result: Result<E::Output, Error>) -> Step<E::Output> {
        self.state = State::Ended;
        Step::Done(result)
    }

    /// Sends, or waits until it may.
    fn go_on(&mut self, session: &mut Session, now: Now) -> Step<E::Output> {
        let State::Idle { goal, not_before } = self.state else {
            return Step::Wait(Duration::ZERO);
        };
        // A turn is an estimate: it may come earlier, and nobody gives up because of it before the time is over.
        let turn = session.throttle.turn(&mut self.place, now.mono);
        let wait = turn.saturating_sub(now.mono).min(session.policy().max_pause);
        let turn = now.mono.saturating_add(wait).min(self.deadline);
        let earliest = not_before.max(session.earliest());
        if earliest.max(now.mono) >= self.deadline {
            let mut report = self.last.take().unwrap_or_else(|| {
                let mut report = Report::new(ErrorKind::RateLimited);
                report.detail =
                    Some(Cow::Borrowed("no request was due before the call's deadline"));
                report
            });
            if report.kind == ErrorKind::RateLimited {
                let wait = earliest.max(session.throttle.opens()).checked_sub(now.mono);
                report.retry_after =
                    report.retry_after.or(wait).or(Some(session.policy().base_pause));
            }
            return match self.give_up(report) {
                Next::End(result) => self.end(result),
                Next::Continue => Step::Wait(Duration::ZERO),
            };
        }
        if goal == Goal::Request {
            // What a look did not find may have arrived by the time that the call goes on.
            self.doubt |= self.suspected;
        }
        let earliest = earliest.max(turn);
        if now.mono < earliest {
            return Step::Wait(earliest - now.mono);
        }
        self.sent += 1;
        let timeout = session.policy().attempt_timeout.min(self.deadline - now.mono);
        self.state = State::InFlight { goal, since: now, timeout };
        let (path, body) = match (goal, &self.look) {
            (Goal::LookFirst | Goal::Look, Some(look)) => look::request(look),
            _ => {
                self.attempts += 1;
                (E::PATH, self.body.clone())
            }
        };
        let attempt = session.attempt(path, body, self.sent, timeout, now);
        self.signature = session.signature().cloned();
        Step::Send(attempt)
    }

    fn take(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        answer: Result<http::Response<Bytes>, Failure>,
        since: Now,
    ) -> Next<E::Output> {
        session.recall(self.signature.take());
        let headers = answer.as_ref().ok().map(http::Response::headers);
        headers.inspect(|headers| session.heed(headers, now));
        let measured = &Measurement::new(since, now, headers);
        if goal == Goal::Request {
            return match Received::new(answer, E::decode, session, now) {
                Received::Success(answer) => {
                    settle(session, measured, now);
                    Next::End(self.finish(answer))
                }
                Received::Failure { outcome, report, blames_signature } => {
                    let outcome = session.clock.judge(
                        outcome,
                        blames_signature,
                        measured,
                        now,
                        &mut self.signed_again,
                    );
                    self.request_failed(session, now, since, outcome, report)
                }
            };
        }
        let seen = match &self.look {
            Some(look) => look::sight(look, answer, session, now),
            None => Received::nothing_to_see(),
        };
        match seen {
            Received::Success(sight) => {
                settle(session, measured, now);
                self.saw(goal, session, now, sight)
            }
            Received::Failure { outcome, report, blames_signature } => {
                let outcome = session.clock.judge(
                    outcome,
                    blames_signature,
                    measured,
                    now,
                    &mut self.signed_again,
                );
                self.look_failed(goal, session, now, since, outcome, report)
            }
        }
    }

    fn finish(&self, answer: E::Answer) -> Result<E::Output, Error> {
        self.endpoint.output(answer).map_err(|not_fitting| {
            let mut report = Report::new(not_fitting.kind);
            report.detail = Some(Cow::Borrowed(not_fitting.why));
            report.effect =
                if self.replay == Replay::Safe { Effect::None } else { Effect::Unknown };
            self.error(report)
        })
    }

    fn request_failed(
        &mut self,
        session: &mut Session,
        now: Now,
        since: Now,
        outcome: Outcome,
        report: Report,
    ) -> Next<E::Output> {
        let action = decide(outcome, self.replay, self.suspected);
        if matches!(outcome, Outcome::InDoubt | Outcome::Unusable) && self.replay != Replay::Safe {
            self.doubt = true;
            self.suspected = true;
        }
        if matches!(outcome, Outcome::Refused | Outcome::Rejected) {
            session.restore_retry();
            session.throttle.answered(now.mono);
        }
        self.refused = matches!(outcome, Outcome::Refused | Outcome::Rejected);
        match action {
            Action::Stop(effect) => {
                self.doubt = effect == Effect::Unknown;
                self.give_up(report)
            }
            Action::SignAgain if self.has_room(Goal::Request, session) => {
                // The refused attempt did nothing and does not count.
                self.attempts -= 1;
                self.again(Goal::Request, now.mono, report)
            }
            Action::SignAgain => self.give_up(report),
            Action::Retry => self.retry(Goal::Request, session, now, report),
            Action::Wait => {
                self.attempts -= 1;
                self.wait(Goal::Request, session, now, since, report)
            }
            // After a plain refusal a look is only to name it, and not worth a wait.
            Action::Look if !self.suspected => self.again(Goal::Look, now.mono, report),
            Action::Look => {
                // An attempt that a look did not find may have arrived since.
                self.doubt = true;
                self.retry(Goal::Look, session, now, report)
            }
        }
    }

    fn look_failed(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        since: Now,
        outcome: Outcome,
        report: Report,
    ) -> Next<E::Output> {
        // What the call ends with is the reason it looked for, not the look's.
        let named_only = goal == Goal::Look && !self.suspected;
        let retry_after = report.retry_after;
        let mut report = self.last.take().unwrap_or(report);
        report.retry_after = retry_after.or(report.retry_after);
        match decide(outcome, Replay::Safe, false) {
            Action::SignAgain if self.has_room(goal, session) => self.again(goal, now.mono, report),
            Action::Retry if !named_only => self.retry(goal, session, now, report),
            Action::Wait if !named_only => self.wait(goal, session, now, since, report),
            _ => self.give_up(report),
        }
    }

    fn saw(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        sight: Sight,
    ) -> Next<E::Output> {
        if goal == Goal::LookFirst {
            self.before = Some(sight);
            self.last = None;
            return self.again_without_reason(Goal::Request, now.mono);
        }
        let mut report = self.last.take().unwrap_or_else(|| Report::new(ErrorKind::Server));
        match self.endpoint.judge(self.before.as_ref(), &sight) {
            Verdict::Holds { output, .. } if self.suspected => Next::End(Ok(output)),
            Verdict::Holds { already, .. } => {
                report.kind = already;
                self.give_up(report)
            }
            Verdict::NotApplied => {
                self.doubt = false;
                if self.refused {
                    self.give_up(report)
                } else {
                    self.retry(Goal::Request, session, now, report)
                }
            }
            Verdict::Blocked(kind) => {
                self.doubt = self.suspected;
                report.kind = kind;
                self.give_up(report)
            }
            Verdict::Unclear => {
                self.doubt = self.suspected;
                self.give_up(report)
            }
        }
    }

    /// Waits in line. That the service throttles is no failure of this call.
    fn wait(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        since: Now,
        report: Report,
    ) -> Next<E::Output> {
        self.throttled += 1;
        let (policy, random) = (session.policy().clone(), self.jitter.next());
        let times = (since.mono, now.mono);
        let retry_after = report.retry_after;
        let mut place = self.place;
        session.throttle.throttled(&mut place, times, retry_after, &policy, random);
        let next = self.again(goal, now.mono, report);
        // It stays where it was.
        self.place = place;
        next
    }

    /// Goes on after a pause, if attempts, budget and deadline allow another request.
    fn retry(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        mut report: Report,
    ) -> Next<E::Output> {
        let so_far = match goal {
            Goal::Request => self.attempts,
            // Nothing else was sent before.
            Goal::LookFirst => self.sent - self.throttled,
            Goal::Look => 0,
        };
        if so_far >= session.policy().max_attempts.max(1) || !self.has_room(goal, session) {
            return self.give_up(report);
        }
        if !session.draw_retry() {
            if report.detail.is_none() {
                report.detail = Some(Cow::Borrowed("not tried again: too many calls are failing"));
            }
            return self.give_up(report);
        }
        self.failures += 1;
        let pause = session.policy().pause(self.failures, self.jitter.next());
        self.again(goal, now.mono.saturating_add(pause), report)
    }

    /// Whether one more request keeps to the bound, along with those that it may lead to: a request that needs a
    /// look in doubt is only sent while one could follow, and a look before it only while both could.
    fn has_room(&self, goal: Goal, session: &Session) -> bool {
        let reserve = match goal {
            Goal::LookFirst => 2,
            Goal::Request => u32::from(self.replay == Replay::Verify),
            Goal::Look => 0,
        };
        let counted = self.sent - self.throttled;
        counted.saturating_add(reserve) < session.policy().max_requests()
    }

    fn again(&mut self, goal: Goal, not_before: Duration, report: Report) -> Next<E::Output> {
        self.last = Some(report);
        self.again_without_reason(goal, not_before)
    }

    fn again_without_reason(&mut self, goal: Goal, not_before: Duration) -> Next<E::Output> {
        self.state = State::Idle { goal, not_before };
        self.place = None;
        Next::Continue
    }

    fn give_up(&self, mut report: Report) -> Next<E::Output> {
        report.effect = if self.doubt { Effect::Unknown } else { Effect::None };
        Next::End(Err(self.error(report)))
    }

    fn error(&self, mut report: Report) -> Error {
        report.endpoint = E::PATH;
        report.attempts = self.sent;
        Error::new(report)
    }
}

impl<E: Endpoint> fmt::Debug for Call<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("endpoint", &E::PATH)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("sent", &self.sent)
            .field("doubt", &self.doubt)
            .finish_non_exhaustive()
    }
}

/// The service works, and its clock is known.
fn settle(session: &mut Session, measured: &Measurement, now: Now) {
    session.restore_retry();
    session.throttle.answered(now.mono);
    session.clock.follow(measured, now);
}
