//! A recorded log of `(now, input)` replays to identical steps, whatever the inputs are.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};
use qc_proto::{Failure, Input, Now, Phase, Session, Step};

use crate::calls;

#[derive(Clone, Debug)]
enum Told {
    Poll,
    Answer(u16, String),
    NotSent,
    Lost,
}

impl Told {
    fn input(&self) -> Input {
        match self {
            Self::Poll => Input::Poll,
            Self::Answer(status, body) => calls::answer(*status, body),
            Self::NotSent => Input::Failed(Failure::not_sent(Phase::Connect, "refused")),
            Self::Lost => Input::Failed(Failure::maybe_sent(Phase::Body, "closed")),
        }
    }
}

fn told() -> impl Strategy<Value = Told> {
    let body = prop_oneof![
        Just(r#"{"success":true}"#.to_owned()),
        Just(r#"{"success":false,"errors":["Hash doesn't match."]}"#.to_owned()),
        Just(r#"{"success":false,"errors":["File not found: a.py"]}"#.to_owned()),
        Just(r#"{"success":true,"files":[{"name":"a.py","content":"x"}]}"#.to_owned()),
        any::<String>(),
    ];
    let status =
        prop_oneof![Just(200_u16), Just(401), Just(429), Just(500), Just(502), 100..600_u16];
    prop_oneof![
        3 => Just(Told::Poll),
        3 => (status, body).prop_map(|(status, body)| Told::Answer(status, body)),
        1 => Just(Told::NotSent),
        1 => Just(Told::Lost),
    ]
}

/// What a step looks like from outside, the signed request included.
fn shape(step: Step<()>) -> String {
    match step {
        Step::Send(attempt) => {
            let request = &attempt.request;
            let authorization = request.headers()["authorization"].to_str().unwrap();
            format!("{attempt:?} {} {authorization} {:?}", request.uri(), request.body())
        }
        step => format!("{step:?}"),
    }
}

fn run(seed: u64, log: &[(Duration, Duration, Told)]) -> Vec<String> {
    let mut session: Session = calls::session();
    let endpoint = calls::create();
    let mut mono = Duration::ZERO;
    let mut call = session.begin(endpoint, seed, Now { wall: Duration::ZERO, mono }).unwrap();
    let step = |(wall, passed, told): &(Duration, Duration, Told)| {
        mono += *passed;
        shape(call.step(&mut session, Now { wall: *wall, mono }, told.input()))
    };
    log.iter().map(step).collect()
}

proptest! {
    #[test]
    fn a_log_replays_to_identical_steps(
        seed in any::<u64>(),
        log in vec((0..4_000_000_000_u64, 0..30_000_u64, told()), 0..30),
    ) {
        let log: Vec<_> = log
            .into_iter()
            .map(|(wall, passed, told)| (Duration::from_secs(wall), Duration::from_millis(passed), told))
            .collect();
        let steps = run(seed, &log);
        prop_assert_eq!(&steps, &run(seed, &log));
        let sent = steps.iter().filter(|step| step.starts_with("Attempt")).count();
        // One that is throttled does not count.
        let throttled = log.iter().filter(|(.., told)| matches!(told, Told::Answer(429, _))).count();
        prop_assert!(sent <= 10 + throttled, "{} requests", sent);
    }
}
