//! Calls step by step, with answers and the time made by hand.

use std::time::Duration;

use qc_proto::{
    ApiToken, Attempt, Call, CreateFile, Credentials, DeleteFile, Effect, Empty, Endpoint, Error,
    ErrorKind, Failure, FileName, Input, Now, PatchFiles, Phase, Policy, ProjectId, ReadFiles,
    Replay, Session, Step, UnexpectedAnswer, UserId, bytes::Bytes, http,
};

pub(crate) fn session() -> Session {
    Session::new(Credentials::new(UserId::new(1), ApiToken::new("s3cr3t-t0ken").unwrap()))
}

pub(crate) fn answer(status: u16, body: &str) -> Input {
    let body = Bytes::copy_from_slice(body.as_bytes());
    Input::Response(http::Response::builder().status(status).body(body).unwrap())
}

pub(crate) fn with_header(input: Input, name: &'static str, value: &str) -> Input {
    let Input::Response(mut response) = input else { panic!() };
    response.headers_mut().insert(name, value.parse().unwrap());
    Input::Response(response)
}

const MINUTE: Duration = Duration::from_secs(60);
const OK: &str = r#"{"success":true}"#;
pub(crate) const ABSENT: &str =
    r#"{"errors":["File not found: a.py"],"errorCode":1001,"success":false}"#;
const THERE: &str = r#"{"files":[{"name":"a.py","content":"x"}],"success":true}"#;
const OTHER: &str = r#"{"files":[{"name":"a.py","content":"y"}],"success":true}"#;

pub(crate) fn create() -> CreateFile {
    CreateFile::new(ProjectId::new(9).unwrap(), FileName::new("a.py").unwrap(), "x")
}

pub(crate) fn read() -> ReadFiles {
    ReadFiles::all(ProjectId::new(9).unwrap())
}

pub(crate) fn patch() -> PatchFiles {
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n";
    PatchFiles::new(ProjectId::new(9).unwrap(), patch)
}

/// Runs a call against a list of inputs, passing the time that it asks to wait.
pub(crate) struct Run {
    pub(crate) now: Now,
    pub(crate) sent: Vec<String>,
    pub(crate) waited: Vec<Duration>,
}

impl Run {
    pub(crate) fn new() -> Self {
        let wall = Duration::from_secs(1_700_000_000);
        Self { now: Now { wall, mono: Duration::ZERO }, sent: Vec::new(), waited: Vec::new() }
    }

    pub(crate) fn call<E: Endpoint>(
        &mut self,
        session: &mut Session,
        endpoint: E,
        inputs: Vec<Input>,
    ) -> Result<E::Output, Error> {
        let mut call: Call<E> = session.begin(endpoint, 1, self.now)?;
        let mut inputs = inputs.into_iter();
        let mut input = Input::Poll;
        loop {
            input = match call.step(session, self.now, input) {
                Step::Send(Attempt { endpoint, .. }) => {
                    self.sent.push(endpoint.to_owned());
                    inputs.next().unwrap_or_else(|| panic!("one request too many: {:?}", self.sent))
                }
                Step::Wait(pause) => {
                    self.waited.push(pause);
                    self.now.wall += pause;
                    self.now.mono += pause;
                    Input::Poll
                }
                Step::Done(result) => {
                    assert_eq!(inputs.next().map(|input| format!("{input:?}")), None, "left over");
                    return result;
                }
            };
        }
    }
}

pub(crate) fn lost() -> Input {
    Input::Failed(Failure::maybe_sent(Phase::Head, "connection closed"))
}

pub(crate) fn unsent() -> Input {
    Input::Failed(Failure::not_sent(Phase::Connect, "connection refused"))
}

#[test]
fn a_lost_create_looks_and_is_settled() {
    let mut run = Run::new();
    run.call(&mut session(), create(), vec![lost(), answer(200, THERE)]).unwrap();
    assert_eq!(run.sent, ["files/create", "files/read"]);
}

#[test]
fn a_lost_create_may_arrive_after_the_look_while_others_fail() {
    let mut run = Run::new();
    let busy = || with_header(answer(429, ""), "retry-after", "1");
    let inputs = vec![lost(), answer(200, ABSENT), busy(), unsent(), busy(), unsent(), unsent()];
    let error = run.call(&mut session(), create(), inputs).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::Unknown));

    // A look that is the last to be heard of is to be believed.
    let mut policy = Policy::default();
    policy.max_attempts = 1;
    let mut once = session().with_policy(policy);
    let error = run.call(&mut once, create(), vec![lost(), answer(200, ABSENT)]).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::None));
}

#[test]
fn a_look_is_not_believed_after_a_wait() {
    let mut session = session();
    let mut now = Now { wall: Duration::from_secs(1_700_000_000), mono: Duration::ZERO };
    let mut call = session.begin(create(), 1, now).unwrap();
    let mut inputs = vec![answer(200, ABSENT), lost()];
    let mut input = Input::Poll;
    loop {
        input = match call.step(&mut session, now, input) {
            Step::Send(_) => inputs.pop().unwrap(),
            Step::Wait(_) => {
                // The machine sleeps through the rest of the call once the look has been answered.
                now.mono += Duration::from_secs(if inputs.is_empty() { 3600 } else { 1 });
                Input::Poll
            }
            Step::Done(result) => {
                assert_eq!(result.unwrap_err().effect(), Effect::Unknown);
                return;
            }
        };
    }
}

#[test]
fn a_lost_create_that_did_not_apply_is_sent_again() {
    let mut run = Run::new();
    let inputs = vec![lost(), answer(200, ABSENT), answer(200, OK)];
    run.call(&mut session(), create(), inputs).unwrap();
    assert_eq!(run.sent, ["files/create", "files/read", "files/create"]);
}

#[test]
fn a_create_that_arrives_late_is_still_once() {
    let mut run = Run::new();
    let refused = r#"{"success":false,"errors":["Some words about a taken name"]}"#;
    let inputs = vec![lost(), answer(200, ABSENT), answer(200, refused), answer(200, THERE)];
    run.call(&mut session(), create(), inputs).unwrap();
}

#[test]
fn a_late_arrival_that_no_look_could_settle_is_unknown() {
    let refused = r#"{"success":false,"errors":["Some words about a taken name"]}"#;
    for unseen in [answer(404, ""), answer(200, OK)] {
        let inputs = vec![lost(), answer(200, ABSENT), answer(200, refused), unseen];
        let error = Run::new().call(&mut session(), create(), inputs).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        assert_eq!(error.messages(), ["Some words about a taken name"]);
    }
}

#[test]
fn a_refusal_in_unknown_words_is_named_by_a_look() {
    let refused = r#"{"success":false,"errors":["Some words about a taken name"]}"#;
    for seen in [THERE, OTHER] {
        let inputs = vec![answer(200, refused), answer(200, seen)];
        let error = Run::new().call(&mut session(), create(), inputs).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::FileExists, Effect::None));
        assert_eq!(error.messages(), ["Some words about a taken name"]);
    }
    let inputs = vec![answer(200, refused), answer(200, ABSENT)];
    let error = Run::new().call(&mut session(), create(), inputs).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::None));
}

#[test]
fn someone_elses_file_is_not_taken_for_ours() {
    let inputs = vec![lost(), answer(200, OTHER)];
    let error = Run::new().call(&mut session(), create(), inputs).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::FileExists, Effect::Unknown));
}

#[test]
fn a_patch_in_doubt_is_not_sent_again() {
    for input in [lost(), answer(502, "<html>"), answer(200, "<html>")] {
        let error = Run::new().call(&mut session(), patch(), vec![input]).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{error}");
        assert!(error.to_string().contains("look before you send it again"), "{error}");
    }
    Run::new().call(&mut session(), patch(), vec![unsent(), answer(200, OK)]).unwrap();
}

#[test]
fn attempts_have_a_bound_and_pauses_grow() {
    let mut run = Run::new();
    let inputs = (0..4).map(|_| unsent()).collect();
    let error = run.call(&mut session(), read(), inputs).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::None));
    assert_eq!((error.attempts(), run.waited.len()), (4, 3));
    let bounds = [250, 500, 1000].map(Duration::from_millis);
    assert!(run.waited.iter().zip(bounds).all(|(waited, bound)| *waited <= bound));
}

#[test]
fn retry_after_is_never_undercut() {
    for (value, least) in [("7", 7), ("Tue, 14 Nov 2023 22:13:50 GMT", 30)] {
        let mut run = Run::new();
        let limited = with_header(answer(429, "slow down"), "retry-after", value);
        let limited = with_header(limited, "date", "Tue, 14 Nov 2023 22:13:20 GMT");
        run.call(&mut session(), patch(), vec![limited, answer(200, OK)]).unwrap();
        assert!(run.waited.iter().sum::<Duration>() >= Duration::from_secs(least), "{value}");
    }
}

#[test]
fn a_retry_after_beyond_the_deadline_stops_at_once() {
    let mut run = Run::new();
    let limited = with_header(answer(429, ""), "retry-after", "100000");
    let error = run.call(&mut session(), read(), vec![limited]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(100_000)));
    assert!(run.waited.is_empty());
}

#[test]
fn one_calls_rate_limit_holds_for_all() {
    let mut policy = Policy::default();
    policy.deadline = MINUTE;
    let mut session = session().with_policy(policy);
    let limited = with_header(answer(429, ""), "retry-after", "200");
    let error = Run::new().call(&mut session, read(), vec![limited]).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(200)));
    session = session.with_policy(Policy::default());
    let mut run = Run::new();
    run.call(&mut session, read(), vec![answer(200, r#"{"success":true,"files":[]}"#)]).unwrap();
    let waited: Duration = run.waited.iter().sum();
    assert!((200..=221).contains(&waited.as_secs()), "{waited:?}");
}

#[test]
fn an_outage_is_not_multiplied() {
    let mut session = session();
    let mut requests = 0;
    for _ in 0..64 {
        let mut run = Run::new();
        let mut call = session.begin(read(), 1, run.now).unwrap();
        let mut input = Input::Poll;
        loop {
            input = match call.step(&mut session, run.now, input) {
                Step::Send(_) => {
                    requests += 1;
                    answer(503, "")
                }
                Step::Wait(pause) => {
                    run.now.mono += pause;
                    Input::Poll
                }
                Step::Done(_) => break,
            };
        }
    }
    assert_eq!(requests, 64 + Policy::default().retry_budget);
}

#[test]
fn other_statuses_are_told_apart() {
    for (status, kind) in
        [(413, ErrorKind::TooLarge), (404, ErrorKind::Refused), (302, ErrorKind::Server)]
    {
        let error =
            Run::new().call(&mut session(), create(), vec![answer(status, "")]).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (kind, Effect::None), "{error}");
    }
    let locked = r#"{"success":false,"Message":"You need Write Permission."}"#;
    let error = Run::new().call(&mut session(), create(), vec![answer(200, locked)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
}

#[test]
fn a_success_that_cannot_be_read_is_not_asked_again() {
    let odd = r#"{"success":true,"files":[{"content":""}]}"#;
    let error = Run::new().call(&mut session(), read(), vec![answer(200, odd)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("files[0]"), "{error}");
}

#[test]
fn hostile_words_do_not_reach_a_terminal_raw() {
    const HOSTILE: [char; 4] = ['\u{1b}', '\u{202e}', '\u{fe0f}', '\u{3164}'];
    for odd in [
        r#"{"success":false,"errors":["\u001b[2J\u202e\ufe0f\u3164wipe"]}"#,
        r#"{"success":true,"files":{"\u001b[2J\u202e\ufe0f\u3164wipe":7}}"#,
        r#"{"success":true,"files":{"0":{"name":"a","content":"b"},"\u001b[2J\u202e\u3164":7}}"#,
    ] {
        let error = Run::new().call(&mut session(), read(), vec![answer(200, odd)]).unwrap_err();
        assert!(!error.to_string().contains(HOSTILE), "{error:?}");
        if let Err(error) = qc_proto::decode_answer::<qc_proto::FileList>(odd.as_bytes()) {
            assert!(!error.to_string().contains(HOSTILE), "{error:?}");
        }
    }
}

#[test]
fn a_look_that_lists_another_file_or_none_proves_nothing() {
    for seen in [
        OK,
        r#"{"files":null,"success":true}"#,
        r#"{"files":[{"name":"A.py","content":"x"}],"success":true}"#,
    ] {
        let delete = DeleteFile::new(ProjectId::new(9).unwrap(), FileName::new("a.py").unwrap());
        let error =
            Run::new().call(&mut session(), delete, vec![lost(), answer(200, seen)]).unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Transport, Effect::Unknown),
            "{seen}"
        );
    }
}

/// Someone's own endpoint, which promises a way to verify it and has none.
#[derive(serde::Serialize)]
struct Unverifiable {}

impl Endpoint for Unverifiable {
    const PATH: &'static str = "live/create";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Empty;
    type Output = ();

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}

#[test]
fn an_endpoint_that_cannot_be_verified_is_never_sent_twice_in_doubt() {
    let mut run = Run::new();
    let error = run.call(&mut session(), Unverifiable {}, vec![lost()]).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::Unknown));
    assert_eq!(run.sent, ["live/create"]);
    let refused = r#"{"success":false,"errors":["no"]}"#;
    let error =
        Run::new().call(&mut session(), Unverifiable {}, vec![answer(200, refused)]).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::None));
}

#[test]
fn polls_and_stray_answers_send_nothing_twice() {
    let mut session = session();
    let now = Run::new().now;
    let mut call = session.begin(create(), 1, now).unwrap();
    assert!(matches!(call.step(&mut session, now, answer(200, OK)), Step::Send(_)));
    assert!(matches!(call.step(&mut session, now, Input::Poll), Step::Wait(_)));
    assert!(matches!(call.step(&mut session, now, Input::Poll), Step::Wait(_)));
    assert!(matches!(call.step(&mut session, now, answer(200, OK)), Step::Done(Ok(()))));
    for input in [Input::Poll, answer(200, OK), lost()] {
        assert!(matches!(call.step(&mut session, now, input), Step::Done(Err(_))));
    }
}

#[test]
fn an_attempt_whose_answer_never_comes_is_in_doubt() {
    let mut session = session();
    let mut now = Run::new().now;
    let mut call = session.begin(patch(), 1, now).unwrap();
    let Step::Send(attempt) = call.step(&mut session, now, Input::Poll) else { panic!() };
    now.mono += attempt.timeout;
    let Step::Done(Err(error)) = call.step(&mut session, now, Input::Poll) else { panic!() };
    assert_eq!(error.effect(), Effect::Unknown);
}

/// At 20 requests a minute.
fn paced() -> Session {
    let mut policy = Policy::default();
    policy.requests_per_minute = std::num::NonZeroU32::new(20);
    session().with_policy(policy)
}

#[test]
fn no_minute_has_more_requests_than_the_pace() {
    let mut session = paced();
    let mut run = Run::new();
    let mut sent: Vec<Duration> = Vec::new();
    for number in 0..100_u32 {
        run.now.mono += Duration::from_millis(u64::from(number * 7919 % 4000));
        let free = sent.len().checked_sub(20).map_or(Duration::ZERO, |first| sent[first] + MINUTE);
        let expected = run.now.mono.max(free);
        run.call(&mut session, patch(), vec![answer(200, OK)]).unwrap();
        assert_eq!(run.now.mono, expected, "request {number}");
        sent.push(expected);
    }
    assert!(sent.windows(21).all(|minute| minute[20] - minute[0] >= MINUTE));
    assert!(!run.waited.is_empty());
}

#[test]
fn calls_in_a_row_take_as_long_as_the_formula_says() {
    for (requests, millis) in [(1, 60), (20, 60), (21, 60), (10_001, 60), (1_001, 6_000)] {
        let latency = Duration::from_millis(millis);
        let (mut session, mut run) = (paced(), Run::new());
        for _ in 0..requests {
            run.call(&mut session, patch(), vec![answer(200, OK)]).unwrap();
            run.now.mono += latency;
        }
        let before = requests - 1;
        let by_the_pace = MINUTE * (before / 20) + latency * (before % 20 + 1);
        assert_eq!(run.now.mono, by_the_pace.max(latency * requests), "{requests} requests");
    }
}

#[test]
fn calls_that_begin_together_share_the_pace() {
    let mut session = paced();
    let mut now = Run::new().now;
    let mut calls: Vec<_> =
        (0..45).map(|seed| session.begin(patch(), seed, now).unwrap()).collect();
    for left in [25, 5, 0] {
        calls.retain_mut(|call| match call.step(&mut session, now, Input::Poll) {
            Step::Send(_) => false,
            Step::Wait(pause) => {
                assert_eq!(pause, MINUTE);
                true
            }
            Step::Done(result) => panic!("{result:?}"),
        });
        now.mono += MINUTE;
        assert_eq!(calls.len(), left);
    }
}

#[test]
fn an_echoed_signature_is_redacted() {
    let mut session = session();
    let now = Run::new().now;
    let mut call = session.begin(read(), 1, now).unwrap();
    let Step::Send(attempt) = call.step(&mut session, now, Input::Poll) else { panic!() };
    let authorization = attempt.request.headers()["authorization"].to_str().unwrap().to_owned();
    let body = format!(r#"{{"success":false,"errors":["got {authorization}"]}}"#);
    let step = call.step(&mut session, now, answer(200, &body));
    let Step::Done(Err(error)) = step else { panic!() };
    let secret = authorization.strip_prefix("Basic ").unwrap();
    for text in
        [format!("{error}"), format!("{error:?}"), format!("{attempt:?}"), format!("{call:?}")]
    {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(!format!("{:?}", attempt.request.headers()).contains(secret));
}

#[test]
fn an_echoed_signature_is_redacted_after_another_call_signed() {
    let mut session = session();
    let mut now = Run::new().now;
    let mut first = session.begin(read(), 1, now).unwrap();
    let Step::Send(attempt) = first.step(&mut session, now, Input::Poll) else { panic!() };
    let authorization = attempt.request.headers()["authorization"].to_str().unwrap().to_owned();
    now.wall += Duration::from_secs(1);
    let mut second = session.begin(read(), 1, now).unwrap();
    assert!(matches!(second.step(&mut session, now, Input::Poll), Step::Send(_)));
    let body = format!(r#"{{"success":false,"errors":["got {authorization}"]}}"#);
    let step = first.step(&mut session, now, answer(200, &body));
    let Step::Done(Err(error)) = step else { panic!() };
    assert_eq!(error.messages(), ["got Basic [redacted]"]);
}
