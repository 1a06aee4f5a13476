//! Where the policy's bounds meet each other, and clocks their ends.

use std::time::Duration;

use qc_proto::{CreateProject, Effect, Input, Language, Now, Policy, Session, Step};

use crate::calls::{Run, answer, create, lost, read, session, unsent, with_header};

const HASH: &str = r#"{"success":false,"errors":["Hash doesn't match. UID: 1"]}"#;
const UNKNOWN_WORDS: &str = r#"{"success":false,"errors":["Some words about a taken name"]}"#;
const NO_FILES: &str = r#"{"success":true,"files":[]}"#;
const AN_HOUR_ON: &str = "Tue, 14 Nov 2023 23:13:20 GMT";

fn patient(input: Input) -> Input {
    with_header(input, "retry-after", "120")
}

fn skewed() -> Input {
    with_header(answer(200, HASH), "date", AN_HOUR_ON)
}

fn with_attempts(max_attempts: u32) -> Session {
    let mut policy = Policy::default();
    policy.max_attempts = max_attempts;
    session().with_policy(policy)
}

fn create_project() -> CreateProject {
    CreateProject::new("X", Language::Python)
}

#[test]
fn retry_after_is_heeded_before_signing_again() {
    let mut run = Run::new();
    run.call(&mut session(), read(), vec![patient(skewed()), answer(200, NO_FILES)]).unwrap();
    assert_eq!(run.waited, [Duration::from_secs(120)]);
}

#[test]
fn retry_after_is_heeded_before_a_look() {
    let mut run = Run::new();
    let inputs = vec![patient(answer(200, UNKNOWN_WORDS)), answer(404, "")];
    run.call(&mut session(), create(), inputs).unwrap_err();
    assert_eq!(run.waited, [Duration::from_secs(120)]);
}

#[test]
fn retry_after_is_heeded_where_a_look_finds_nothing() {
    let mut run = Run::new();
    let absent = r#"{"errors":["File not found: a.py"],"errorCode":1001,"success":false}"#;
    let inputs = vec![lost(), patient(answer(200, absent)), answer(200, r#"{"success":true}"#)];
    run.call(&mut session(), create(), inputs).unwrap();
    assert_eq!(run.waited[1], Duration::from_secs(120));
}

#[test]
fn a_call_that_ends_leaves_its_retry_after_to_the_others() {
    for inputs in
        [vec![answer(200, UNKNOWN_WORDS), patient(answer(429, ""))], vec![patient(answer(403, ""))]]
    {
        let (mut run, mut session) = (Run::new(), session());
        run.call(&mut session, create(), inputs).unwrap_err();
        assert!(run.waited.is_empty());
        run.call(&mut session, read(), vec![answer(200, NO_FILES)]).unwrap();
        assert_eq!(run.waited, [Duration::from_secs(120)]);
    }
}

#[test]
fn what_was_waited_for_is_not_waited_for_again() {
    let mut run = Run::new();
    let inputs = vec![patient(answer(503, "")), unsent(), answer(404, "")];
    run.call(&mut session(), create(), inputs).unwrap_err();
    assert_eq!(run.waited[0], Duration::from_secs(120));
    assert!(run.waited[1] < Duration::from_secs(1), "{:?}", run.waited);
}

#[test]
fn no_way_through_a_call_costs_more_than_the_bound() {
    let most = with_attempts(1).policy().max_requests();
    assert_eq!(most, 4);

    // Looks that fail, and then one that must be signed again.
    let inputs = vec![lost(), unsent(), unsent(), skewed()];
    let error = Run::new().call(&mut with_attempts(1), create(), inputs).unwrap_err();
    assert_eq!((error.attempts(), error.effect()), (most, Effect::Unknown));

    // A first look fails as often as a read may.
    let inputs = vec![unsent(), unsent()];
    let error = Run::new().call(&mut with_attempts(2), create_project(), inputs).unwrap_err();
    assert_eq!((error.attempts(), error.effect()), (2, Effect::None));

    // One that succeeds at last leaves room for a request and its look.
    let none = r#"{"success":true,"projects":[]}"#;
    let most = with_attempts(2).policy().max_requests();
    let inputs = vec![unsent(), answer(200, none), lost(), unsent(), unsent(), answer(200, none)];
    let error = Run::new().call(&mut with_attempts(2), create_project(), inputs).unwrap_err();
    assert_eq!((error.attempts(), error.effect()), (most, Effect::None));
}

#[test]
fn no_clock_is_too_far_away() {
    const FAR: Duration = Duration::from_millis(i64::MAX as u64);
    let ends = [Duration::ZERO, FAR - Duration::from_secs(3600), FAR];
    let clocks = ends.map(|wall| ends.map(|mono| Now { wall, mono })).concat();
    let mut policy = Policy::default();
    policy.deadline = Duration::MAX;
    let session = session().with_policy(policy);
    for log in (0..9_usize.pow(4)).map(|log| [log, log / 9, log / 81, log / 729]) {
        for later in [skewed, unsent] {
            let mut session = session.clone();
            let mut call = session.begin(read(), 1, Now::default()).unwrap();
            let mut input = Input::Poll;
            for (index, now) in log.into_iter().enumerate() {
                let step = call.step(&mut session, clocks[now % 9], input);
                input = match step {
                    Step::Send(_) if index == 0 => skewed(),
                    Step::Send(_) => later(),
                    _ => Input::Poll,
                };
            }
        }
    }
}
