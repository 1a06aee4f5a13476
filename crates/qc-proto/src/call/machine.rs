//! One call: a request, its retries, and the probes that learn whether it took effect.
//!
//! ```text
//!            Poll, too early: Wait               Poll, still out: Wait
//!                 +----+                              +----+
//!                 |    v         Poll: Send           |    v
//!  begin ------> Idle ----------------------------> InFlight --- Response, Failed, or timed out
//!                 ^                                                   |
//!                 +------------ retry, sign again, probe -------------+--- Done
//! ```

use alloc::borrow::Cow;
use core::{fmt, time::Duration};

use bytes::Bytes;

use crate::{
    call::{
        attempt::{Delivery, Failure, Phase},
        clock::Measurement,
        goal::{After, Counts, Doubt, Goal},
        policy::{Jitter, Policy},
        probe::Prober,
        received::Received,
        retry::{Action, Outcome, decide},
        session::Session,
        step::{Input, Now, Step},
        throttle::Place,
    },
    endpoints::endpoint::{Endpoint, Observation, ProbeOutcome, Replay, Verify},
    error::{Effect, Error, ErrorKind, Report},
    invalid::Invalid,
    wire::signature::Signature,
};

/// A call on its way, made by [`Session::begin`].
pub struct Call<E: Endpoint> {
    endpoint: E,
    body: Bytes,
    jitter: Jitter,
    policy: Policy,
    /// On the monotonic clock.
    deadline: Duration,
    state: State,
    /// How to learn whether the request took effect. None if the endpoint has no way.
    prober: Option<Prober>,
    /// The endpoint's class; [`Replay::Never`] where it promises a probe and has none.
    replay: Replay,
    /// The signature of the attempt that is under way.
    signature: Option<Signature>,
    counts: Counts,
    /// Where the call waits in the session's line.
    place: Option<Place>,
    /// Whether the call has signed once more after the clock was corrected.
    signed_again: bool,
    doubt: Doubt,
    /// The failure that the call probes or tries again for.
    last: Option<Report>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Idle { goal: Goal, not_before: Duration },
    InFlight { goal: Goal, since: Now, timeout: Duration },
    Ended,
}

/// What a successful answer holds: the request's, or a probe's.
enum Success<A> {
    Answer(A),
    Observation(Observation),
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
        self.begin_with_policy(endpoint, self.policy().clone(), seed, now)
    }

    /// Begins a call that follows a policy of its own. What the calls of a session share stays as the session's policy
    /// has it: [`Policy::retry_budget`] and [`Policy::requests_per_minute`].
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    pub fn begin_with_policy<E: Endpoint>(
        &self,
        endpoint: E,
        policy: Policy,
        seed: u64,
        now: Now,
    ) -> Result<Call<E>, Error> {
        let refused = |invalid: Invalid| Error::from(invalid).about::<E>(endpoint.subject());
        let written = endpoint.check().and_then(|()| endpoint.encode());
        let body = written.map_err(refused)?;
        Ok(Call::new(endpoint, body.into(), policy, Jitter(seed), now))
    }
}

impl<E: Endpoint> Call<E> {
    fn new(endpoint: E, body: Bytes, policy: Policy, jitter: Jitter, now: Now) -> Self {
        let verify = endpoint.verify();
        let prober = verify.map(|verify| Prober::new(verify.probe()));
        let probes_first = verify.is_some_and(Verify::probes_first);
        let goal = if probes_first { Goal::ProbeFirst } else { Goal::Request };
        let replay = match E::REPLAY {
            Replay::Verify if prober.is_none() => Replay::Never,
            replay => replay,
        };
        Self {
            endpoint,
            body,
            prober,
            replay,
            jitter,
            deadline: now.mono.saturating_add(policy.deadline),
            policy,
            state: State::Idle { goal, not_before: Duration::ZERO },
            signature: None,
            counts: Counts::default(),
            place: None,
            signed_again: false,
            doubt: Doubt::None,
            last: None,
        }
    }

    /// Takes one input and says what to do next. It never panics, and never asks to send twice for one input:
    /// an answer that was not waited for counts as [`Input::Poll`], and a poll while an attempt is under way waits
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
                self.receive(goal, session, now, Err(failure), since)
            }
            (State::InFlight { goal, since, .. }, Input::Response(response)) => {
                self.receive(goal, session, now, Ok(response), since)
            }
            (State::InFlight { goal, since, .. }, Input::Failed(failure)) => {
                self.receive(goal, session, now, Err(failure), since)
            }
        };
        match next {
            Next::Continue => self.send_or_wait(session, now),
            Next::End(result) => self.end(result),
        }
    }

    fn end(&mut self, result: Result<E::Output, Error>) -> Step<E::Output> {
        self.state = State::Ended;
        Step::Done(result)
    }

    fn send_or_wait(&mut self, session: &mut Session, now: Now) -> Step<E::Output> {
        let State::Idle { goal, not_before } = self.state else {
            return Step::Wait(Duration::ZERO);
        };
        // A turn is an estimate: it may come earlier, and nobody gives up because of it before the time is over.
        let turn = session.throttle.turn(&mut self.place, now.mono);
        let wait = turn.saturating_sub(now.mono).min(self.policy.max_pause);
        let turn = now.mono.saturating_add(wait).min(self.deadline);
        let earliest = not_before.max(session.earliest());
        if earliest.max(now.mono) >= self.deadline {
            let report = self.out_of_time(session, now, earliest);
            let error = self.failed(report);
            return self.end(Err(error));
        }
        if goal == Goal::Request && self.doubt == Doubt::Earlier {
            // What a probe did not find may have arrived by the time that the call goes on.
            self.doubt = Doubt::Open;
        }
        let earliest = earliest.max(turn);
        if now.mono < earliest {
            return Step::Wait(earliest - now.mono);
        }
        self.counts.sent += 1;
        let timeout = self.policy.attempt_timeout.min(self.deadline - now.mono);
        self.state = State::InFlight { goal, since: now, timeout };
        let (path, body) = match (goal, &self.prober) {
            (Goal::ProbeFirst | Goal::Probe(_), Some(prober)) => prober.request(),
            _ => {
                self.counts.attempts += 1;
                (E::PATH, self.body.clone())
            }
        };
        let mut attempt = session.attempt(path, body, now);
        attempt.number = self.counts.sent;
        attempt.timeout = timeout;
        attempt.max_response_bytes = self.policy.max_response_bytes;
        self.signature = session.signature().cloned();
        Step::Send(attempt)
    }

    /// Returns the failure of a call whose next request would come after its deadline.
    fn out_of_time(&mut self, session: &Session, now: Now, earliest: Duration) -> Report {
        let mut report = self.last.take().unwrap_or_else(|| {
            let mut report = Report::new(ErrorKind::RateLimited);
            report.detail = Some(Cow::Borrowed("no request was due before the call's deadline"));
            report
        });
        if report.kind == ErrorKind::RateLimited {
            let wait = earliest.max(session.throttle.opens()).checked_sub(now.mono);
            report.retry_after = report.retry_after.or(wait).or(Some(self.policy.base_pause));
        }
        report
    }

    /// Takes in how an attempt ended.
    fn receive(
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
        let received = match (goal, &self.prober) {
            (Goal::Request, _) => {
                Received::new(answer, E::decode, session, now).map(Success::Answer)
            }
            (_, Some(prober)) => prober.observe(answer, session, now).map(Success::Observation),
            (_, None) => Received::nothing_to_see(),
        };
        match received {
            Received::Success(success) => {
                session.restore_retry();
                session.throttle.answered(now.mono);
                session.clock.follow(measured, now);
                match success {
                    Success::Answer(answer) => Next::End(self.finish(answer)),
                    Success::Observation(seen) => self.observed(goal, session, now, seen),
                }
            }
            Received::Failure { outcome, report, blames_signature } => {
                let outcome = session.clock.judge(
                    outcome,
                    blames_signature,
                    measured,
                    now,
                    &mut self.signed_again,
                );
                match goal {
                    Goal::Request => self.request_failed(session, now, since, outcome, report),
                    _ => self.probe_failed(goal, session, now, since, outcome, report),
                }
            }
        }
    }

    fn finish(&self, answer: E::Answer) -> Result<E::Output, Error> {
        self.endpoint.output(answer).map_err(|unexpected| {
            let mut report = Report::new(unexpected.kind);
            report.detail = Some(Cow::Borrowed(unexpected.why));
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
        let was_in_doubt = self.doubt != Doubt::None;
        let is_refusal = matches!(outcome, Outcome::Refused | Outcome::Rejected);
        if is_refusal {
            session.restore_retry();
            session.throttle.answered(now.mono);
        }
        if matches!(outcome, Outcome::InDoubt | Outcome::Unusable) && self.replay != Replay::Safe {
            self.doubt = Doubt::Open;
        }
        match decide(outcome, self.replay, was_in_doubt) {
            Action::Stop(effect) => Next::End(Err(self.failed_with(report, effect))),
            Action::SignAgain if self.has_room(Goal::Request) => {
                // The refused attempt did nothing and does not count.
                self.counts.attempts -= 1;
                self.schedule(Goal::Request, now.mono, report)
            }
            Action::SignAgain => self.give_up(report),
            Action::Retry => self.retry(Goal::Request, session, now, report),
            Action::Wait => {
                self.counts.attempts -= 1;
                self.wait_in_line(Goal::Request, session, now, since, report)
            }
            Action::Probe => {
                let after = if is_refusal { After::Refusal } else { After::Doubt };
                if self.doubt == Doubt::None {
                    // After a plain refusal a probe is only to name it, and not worth a wait.
                    return self.schedule(Goal::Probe(after), now.mono, report);
                }
                // An attempt that a probe did not find may have arrived since.
                self.doubt = Doubt::Open;
                self.retry(Goal::Probe(after), session, now, report)
            }
        }
    }

    fn probe_failed(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        since: Now,
        outcome: Outcome,
        report: Report,
    ) -> Next<E::Output> {
        // A probe that would only name a refusal is not worth a wait.
        let is_worth_a_wait = goal == Goal::ProbeFirst || self.doubt != Doubt::None;
        // The call ends with the failure that it probed for, not with the probe's.
        let retry_after = report.retry_after;
        let mut report = self.last.take().unwrap_or(report);
        report.retry_after = retry_after.or(report.retry_after);
        match decide(outcome, Replay::Safe, false) {
            Action::SignAgain if self.has_room(goal) => self.schedule(goal, now.mono, report),
            Action::Retry if is_worth_a_wait => self.retry(goal, session, now, report),
            Action::Wait if is_worth_a_wait => self.wait_in_line(goal, session, now, since, report),
            _ => self.give_up(report),
        }
    }

    /// Takes in what a probe found.
    fn observed(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        seen: Observation,
    ) -> Next<E::Output> {
        let (Some(prober), Some(verify), Goal::Probe(after)) =
            (&self.prober, self.endpoint.verify(), goal)
        else {
            self.prober = self.prober.take().map(|prober| prober.with_before(seen));
            self.last = None;
            return self.schedule_without_reason(Goal::Request, now.mono);
        };
        let mut report = self.last.take().unwrap_or_else(|| Report::new(ErrorKind::Server));
        match verify.judge(prober.before(), &seen) {
            ProbeOutcome::Holds { output, .. } if self.doubt != Doubt::None => {
                return Next::End(Ok(output));
            }
            ProbeOutcome::Holds { already, .. } => report.kind = already,
            ProbeOutcome::NotApplied => {
                if self.doubt == Doubt::Open {
                    self.doubt = Doubt::Earlier;
                }
                if after == After::Doubt {
                    return self.retry(Goal::Request, session, now, report);
                }
            }
            ProbeOutcome::Blocked(kind) => report.kind = kind,
            ProbeOutcome::Unclear => {}
        }
        self.give_up(report)
    }

    /// Waits in line. That the service throttles is no failure of this call.
    fn wait_in_line(
        &mut self,
        goal: Goal,
        session: &mut Session,
        now: Now,
        since: Now,
        report: Report,
    ) -> Next<E::Output> {
        self.counts.throttled += 1;
        let random = self.jitter.next();
        let times = (since.mono, now.mono);
        let retry_after = report.retry_after;
        let mut place = self.place;
        session.throttle.throttled(&mut place, times, retry_after, &self.policy, random);
        let next = self.schedule(goal, now.mono, report);
        // The call keeps its place in the line.
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
            Goal::Request => self.counts.attempts,
            // Nothing else was sent before.
            Goal::ProbeFirst => self.counts.against_policy(),
            Goal::Probe(_) => 0,
        };
        if so_far >= self.policy.max_attempts.max(1) || !self.has_room(goal) {
            return self.give_up(report);
        }
        if !session.draw_retry() {
            if report.detail.is_none() {
                report.detail = Some(Cow::Borrowed("not tried again: too many calls are failing"));
            }
            return self.give_up(report);
        }
        self.counts.failures += 1;
        let pause = self.policy.pause(self.counts.failures, self.jitter.next());
        self.schedule(goal, now.mono.saturating_add(pause), report)
    }

    /// Returns whether one more request keeps to the bound, along with those that it may lead to: a request that needs
    /// a probe in doubt is only sent while one could follow, and a probe before it only while both could.
    fn has_room(&self, goal: Goal) -> bool {
        let reserve = match goal {
            Goal::ProbeFirst => 2,
            Goal::Request => u32::from(self.replay == Replay::Verify),
            Goal::Probe(_) => 0,
        };
        let counted = self.counts.against_policy();
        counted.saturating_add(reserve) < self.policy.max_requests()
    }

    fn schedule(&mut self, goal: Goal, not_before: Duration, report: Report) -> Next<E::Output> {
        self.last = Some(report);
        self.schedule_without_reason(goal, not_before)
    }

    fn schedule_without_reason(&mut self, goal: Goal, not_before: Duration) -> Next<E::Output> {
        self.state = State::Idle { goal, not_before };
        self.place = None;
        Next::Continue
    }

    fn give_up(&self, report: Report) -> Next<E::Output> {
        Next::End(Err(self.failed(report)))
    }

    fn failed(&self, report: Report) -> Error {
        let effect = if self.doubt == Doubt::Open { Effect::Unknown } else { Effect::None };
        self.failed_with(report, effect)
    }

    fn failed_with(&self, mut report: Report, effect: Effect) -> Error {
        report.effect = effect;
        self.error(report)
    }

    fn error(&self, mut report: Report) -> Error {
        report.is_reading = self.replay == Replay::Safe;
        report.attempts = self.counts.sent;
        Error::new(report).about::<E>(self.endpoint.subject())
    }
}

impl<E: Endpoint> fmt::Debug for Call<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("endpoint", &E::PATH)
            .field("state", &self.state)
            .field("counts", &self.counts)
            .field("doubt", &self.doubt)
            .finish_non_exhaustive()
    }
}
