//! Many calls of one session under a rate limit, in virtual time.

use std::{collections::VecDeque, time::Duration};

use proptest::prelude::*;
use qc_proto::{
    Call, CreateFile, ErrorKind, FileName, Input, Now, Policy, ReadFiles, Session, Step,
};

use crate::calls::{answer, create, read, session, with_header};

const OK: &str = r#"{"success":true}"#;
const SLOW_DOWN: &str =
    r#"{"success":false,"errors":["Too many backtest requests; please slow down."]}"#;

/// So many requests within any span of this length.
#[derive(Clone, Copy, Debug)]
struct Limit {
    requests: usize,
    span: Duration,
    /// Whether a throttle says when to come back, in whole seconds.
    says_when: bool,
}

impl Limit {
    /// How long so many requests take at least.
    fn least(self, requests: usize) -> Duration {
        self.span * u32::try_from((requests - 1) / self.requests).unwrap()
    }
}

/// A service that answers after so long.
struct Service {
    limit: Limit,
    latency: Duration,
    taken: VecDeque<Duration>,
    asked: usize,
}

impl Service {
    fn answer(&mut self, now: Duration) -> Input {
        self.asked += 1;
        while self.taken.front().is_some_and(|taken| *taken + self.limit.span <= now) {
            self.taken.pop_front();
        }
        if self.taken.len() < self.limit.requests {
            self.taken.push_back(now);
            return answer(200, OK);
        }
        if !self.limit.says_when {
            return answer(200, SLOW_DOWN);
        }
        let free = self.taken[0] + self.limit.span - now;
        let seconds = free.as_millis().div_ceil(1000);
        with_header(answer(429, "<html>busy</html>"), "retry-after", &seconds.to_string())
    }
}

/// A call and what it waits for.
struct Caller {
    call: Call<CreateFile>,
    at: Duration,
    input: Option<Input>,
    result: Option<Result<(), ErrorKind>>,
}

/// Runs so many calls at once. Returns when the last ended, and how each did.
fn run(
    session: &mut Session,
    service: &mut Service,
    calls: u64,
) -> (Duration, Vec<Result<(), ErrorKind>>) {
    let begin = Now { wall: Duration::from_secs(1_700_000_000), mono: Duration::from_secs(50) };
    let caller = |number| {
        let mut file = create();
        file.name = FileName::new(format!("f{number}.py")).unwrap();
        let call = session.begin(file, number * 7919, begin).unwrap();
        Caller { call, at: begin.mono, input: None, result: None }
    };
    let mut callers: Vec<Caller> = (0..calls).map(caller).collect();
    let mut end = begin.mono;
    // Whoever has the earliest event is next.
    while let Some(caller) =
        callers.iter_mut().filter(|caller| caller.result.is_none()).min_by_key(|caller| caller.at)
    {
        let mono = caller.at;
        let now = Now { wall: begin.wall + mono - begin.mono, mono };
        let input = caller.input.take().unwrap_or(Input::Poll);
        match caller.call.step(session, now, input) {
            Step::Send(_) => {
                caller.input = Some(service.answer(mono));
                caller.at = mono + service.latency;
            }
            Step::Wait(pause) => caller.at = mono + pause,
            Step::Done(result) => {
                end = end.max(mono);
                caller.result = Some(result.map_err(|error| error.kind()));
            }
        }
    }
    (end - begin.mono, callers.into_iter().filter_map(|caller| caller.result).collect())
}

fn service(limit: Limit, latency: u64) -> Service {
    let latency = Duration::from_millis(latency);
    Service { limit, latency, taken: VecDeque::new(), asked: 0 }
}

#[test]
fn sixty_four_calls_take_as_long_as_the_limit_wants() {
    let limit = Limit { requests: 10, span: Duration::from_secs(2), says_when: true };
    for latency in [0, 20, 60, 200] {
        let mut service = service(limit, latency);
        let (took, results) = run(&mut session(), &mut service, 64);
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        let bound = limit.least(64).mul_f64(1.2);
        assert!(took <= bound, "{latency} ms: {took:?}, and at most {bound:?}");
        assert!(service.asked < 64 + 60, "{} requests", service.asked);
    }
}

#[test]
fn few_attempts_and_no_budget_are_no_limit_to_waiting() {
    let mut policy = Policy::default();
    (policy.max_attempts, policy.retry_budget) = (1, 0);
    let limit = Limit { requests: 5, span: Duration::from_secs(2), says_when: true };
    let mut session = session().with_policy(policy);
    let (_, results) = run(&mut session, &mut service(limit, 30), 16);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[test]
fn a_wait_ends_at_the_deadline_and_says_when_to_ask_again() {
    let mut session = session();
    let mut now = Now { wall: Duration::from_secs(1_700_000_000), mono: Duration::ZERO };
    let deadline = session.policy().deadline;
    let mut call: Call<ReadFiles> = session.begin(read(), 1, now).unwrap();
    let (mut input, mut sent) = (Input::Poll, 0);
    let error = loop {
        input = match call.step(&mut session, now, input) {
            Step::Send(_) => {
                sent += 1;
                answer(200, SLOW_DOWN)
            }
            Step::Wait(pause) => {
                now.mono += pause;
                Input::Poll
            }
            Step::Done(result) => break result.unwrap_err(),
        };
    };
    assert!(now.mono <= deadline && (5..30).contains(&sent), "{sent} requests, {:?}", now.mono);
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.retry_after().is_some_and(|wait| !wait.is_zero()), "{error:?}");
    assert!(error.to_string().contains("please slow down"), "{error}");
    // Whoever comes next waits for its turn as well.
    let mut next: Call<ReadFiles> = session.begin(read(), 1, now).unwrap();
    assert!(matches!(next.step(&mut session, now, Input::Poll), Step::Wait(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The bound leaves room for one pause in which nobody asks, since a service says whole seconds, or nothing.
    #[test]
    fn all_calls_succeed_whatever_the_limit(
        requests in 1..40_usize,
        span in 1..20_u64,
        says_when: bool,
        latency in 0..500_u64,
        calls in 1..80_u64,
    ) {
        let limit = Limit { requests, span: Duration::from_secs(span), says_when };
        prop_assume!(limit.least(calls as usize) < Duration::from_secs(100));
        let mut service = service(limit, latency);
        let (_, results) = run(&mut session(), &mut service, calls);
        prop_assert!(results.iter().all(Result::is_ok), "{results:?}");
    }
}
