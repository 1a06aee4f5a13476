//! Every fault, and when it comes, without any socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::time::Duration;

use qc_emulator::{
    Drift, Emulator, Exchange, ExchangeOutcome, Fault, RefusalForm, RetryAfter, Rule, StallAt,
    Throttle,
};
use qc_proto::{
    ApiToken, Credentials, Language, Phase, ProjectId, Signature, UserId,
    bytes::Bytes,
    http::{Request, Response},
};
use serde_json::{Value, json};

const WALL: Duration = Duration::from_secs(1_762_779_606);
const DATE: &str = "Mon, 10 Nov 2025 13:00:06 GMT";

fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

fn service() -> (Emulator, ProjectId) {
    let mut emulator = Emulator::new(credentials());
    let project = emulator.add_project("Test", Language::Python);
    (emulator, project)
}

fn create(project: ProjectId, name: &str, wall: Duration) -> Request<Bytes> {
    let body = format!(r#"{{"projectId":{project},"name":"{name}","content":"x"}}"#);
    let mut request = Request::post("/api/v2/files/create").body(Bytes::from(body)).unwrap();
    Signature::new(&credentials(), wall.as_secs()).apply(request.headers_mut());
    request
}

fn answer(exchange: Exchange) -> Response<Bytes> {
    match exchange.outcome {
        ExchangeOutcome::Answer(response) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_fault_does_what_it_says() {
    let second = Duration::from_secs(1);
    for (fault, applied, recorded) in [
        (Fault::None, true, Some(Some(200))),
        (Fault::NoConnection { phase: Phase::Connect }, false, None),
        (Fault::StallConnecting { phase: Phase::Tls }, false, None),
        (Fault::DropBefore, false, Some(None)),
        (Fault::DropAfter, true, Some(None)),
        (Fault::Late { by: second }, false, None),
        (Fault::Reset { applied: true }, true, Some(None)),
        (Fault::Reset { applied: false }, false, Some(None)),
        (Fault::Stall { at: StallAt::Head, applied: true }, true, Some(None)),
        (Fault::Stall { at: StallAt::Body, applied: false }, false, Some(Some(200))),
        (Fault::Status { status: 502, applied: false }, false, Some(Some(502))),
        (Fault::Status { status: 502, applied: true }, true, Some(Some(502))),
        (Fault::Empty { status: 500, applied: false }, false, Some(Some(500))),
        (Fault::Empty { status: 500, applied: true }, true, Some(Some(500))),
        (Fault::RateLimited { retry_after: None }, false, Some(Some(429))),
        (Fault::Throttled(Throttle::SlowDown), false, Some(Some(200))),
        (Fault::Throttled(Throttle::LockOut), false, Some(Some(200))),
        (Fault::TruncatedBody, true, Some(Some(200))),
        (Fault::ShortBody, true, Some(Some(200))),
        (Fault::Html { applied: true }, true, Some(Some(200))),
        (Fault::Html { applied: false }, false, Some(Some(200))),
        (Fault::Refuse(RefusalForm::Ok), false, Some(Some(200))),
        (Fault::Refuse(RefusalForm::Unauthorized), false, Some(Some(401))),
        (Fault::Refuse(RefusalForm::ServerError), false, Some(Some(500))),
        (Fault::Refusal("No.".to_owned()), false, Some(Some(200))),
        (Fault::Skew { seconds: -60 }, true, Some(Some(200))),
        (Fault::Oversized { bytes: 9 }, false, Some(Some(200))),
        (Fault::Latency(second), true, Some(Some(200))),
        (Fault::Trickle { bytes: 1, every: second }, true, Some(Some(200))),
        (Fault::Gzip, true, Some(Some(200))),
    ] {
        let (mut emulator, project) = service();
        let request = create(project, "a.py", WALL);
        emulator.push_fault(fault.clone());
        let exchange = emulator.exchange(WALL, &request);
        assert_eq!(emulator.applied().len(), usize::from(applied), "{fault:?}");
        assert_eq!(emulator.requests().last().map(|record| record.status), recorded, "{fault:?}");
        match (&fault, exchange) {
            (Fault::Skew { .. }, exchange) => {
                assert_eq!(answer(exchange).headers()["date"], "Mon, 10 Nov 2025 12:59:06 GMT");
            }
            (
                Fault::ShortBody,
                Exchange { outcome: ExchangeOutcome::Short { response, promised }, .. },
            ) => {
                assert!(response.body().len() < promised);
            }
            (Fault::Refuse(RefusalForm::Unauthorized), exchange) => {
                assert_eq!(answer(exchange).headers()["www-authenticate"], "Basic");
            }
            (Fault::Empty { .. }, exchange) => assert!(answer(exchange).body().is_empty()),
            (Fault::Throttled(throttle), exchange) => {
                let words = match throttle {
                    Throttle::SlowDown => "Too many backtest requests; please slow down.",
                    Throttle::LockOut => "too many failed attempts for this user or ip",
                };
                let body: Value = serde_json::from_slice(answer(exchange).body()).unwrap();
                assert_eq!(body, json!({"errors": [words], "success": false}));
            }
            (Fault::Refusal(_), exchange) => {
                let body = answer(exchange).into_body();
                assert_eq!(&body[..], br#"{"errors":["No."],"success":false}"#);
            }
            (Fault::Refuse(_), exchange) => {
                let body = answer(exchange).into_body();
                assert!(body.starts_with(br#"{"errors":["Hash doesn't match. UID: 7"]"#));
            }
            (Fault::Latency(latency), exchange) => assert_eq!(exchange.latency, *latency),
            (Fault::Trickle { .. }, exchange) => assert_eq!(exchange.trickle, Some((1, second))),
            (Fault::ShortBody, other) => panic!("{other:?}"),
            _ => {}
        }
        // A fault is good for one request.
        answer(emulator.exchange(WALL, &request));
    }
}

#[test]
fn retry_after_comes_in_seconds_and_as_a_date() {
    for (retry_after, expected) in
        [(RetryAfter::Seconds(30), "30"), (RetryAfter::Date(30), "Mon, 10 Nov 2025 13:00:36 GMT")]
    {
        let (mut emulator, project) = service();
        emulator.push_fault(Fault::RateLimited { retry_after: Some(retry_after) });
        let limited = answer(emulator.exchange(WALL, &create(project, "a.py", WALL)));
        assert_eq!(limited.headers()["retry-after"], expected);
        assert_eq!(limited.headers()["date"], DATE);
    }
}

#[test]
fn a_late_request_arrives_once_when_its_time_has_come() {
    let (mut emulator, project) = service();
    emulator.push_fault(Fault::Late { by: Duration::from_secs(5) });
    let exchange = emulator.exchange(WALL, &create(project, "late.py", WALL));
    assert!(matches!(exchange.outcome, ExchangeOutcome::HangUp));
    emulator.handle(WALL + Duration::from_secs(4), &create(project, "a.py", WALL));
    assert_eq!(emulator.file(project, "late.py"), None);
    emulator.handle(WALL + Duration::from_secs(5), &create(project, "b.py", WALL));
    assert_eq!(emulator.file(project, "late.py"), Some("x"));
    let order: Vec<_> = emulator.applied().iter().map(|applied| applied.name.as_str()).collect();
    assert_eq!(order, ["a.py", "late.py", "b.py"]);
    emulator.deliver_late(WALL + Duration::from_secs(60));
    assert_eq!(emulator.requests().len(), 3, "it arrives once");
}

#[test]
fn a_request_that_comes_too_late_for_its_signature_is_refused() {
    let (mut emulator, project) = service();
    emulator.push_fault(Fault::Late { by: Duration::from_secs(7201) });
    emulator.exchange(WALL, &create(project, "late.py", WALL));
    emulator.deliver_late(WALL + Duration::from_secs(7201));
    assert_eq!((emulator.requests().len(), emulator.applied().len()), (1, 0));
}

#[test]
fn the_first_that_decides_wins_and_manners_add_up() {
    let (mut emulator, project) = service();
    let second = Duration::from_secs(1);
    emulator.add_rule(Rule::new(Fault::Latency(second)).always());
    emulator.add_rule(Rule::new(Fault::Latency(second)).on("files/create"));
    emulator.add_rule(Rule::new(Fault::Status { status: 503, applied: false }));
    emulator.add_rule(Rule::new(Fault::Skew { seconds: 60 }));
    emulator.push_fault(Fault::Status { status: 502, applied: false });
    let exchange = emulator.exchange(WALL, &create(project, "a.py", WALL));
    assert_eq!(exchange.latency, 2 * second);
    let response = answer(exchange);
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["date"], "Mon, 10 Nov 2025 13:01:06 GMT");
    let next = emulator.exchange(WALL, &create(project, "a.py", WALL));
    assert_eq!((next.latency, answer(next).status().as_u16()), (second, 200));
}

#[test]
fn a_service_whose_clock_is_wrong_shows_and_checks_the_wrong_time() {
    let (emulator, project) = service();
    let mut emulator = emulator.with_clock_skew(-10_800);
    let refused = emulator.handle(WALL, &create(project, "a.py", WALL));
    assert_eq!(refused.headers()["date"], "Mon, 10 Nov 2025 10:00:06 GMT");
    assert!(emulator.applied().is_empty());
    emulator.handle(WALL, &create(project, "a.py", WALL - Duration::from_secs(10_800)));
    assert_eq!(emulator.applied().len(), 1);
}

#[test]
fn a_record_says_when_a_request_came_and_how_long_it_was_to_wait() {
    let (emulator, project) = service();
    let mut emulator = emulator.with_clock_skew(60);
    let minute = Duration::from_secs(60);
    for (fault, asked) in [
        (Fault::None, None),
        (Fault::DropAfter, None),
        (Fault::DropBefore, None),
        (Fault::RateLimited { retry_after: None }, None),
        (Fault::RateLimited { retry_after: Some(RetryAfter::Seconds(30)) }, Some(30)),
        (Fault::RateLimited { retry_after: Some(RetryAfter::Date(45)) }, Some(45)),
    ] {
        emulator.push_fault(fault.clone());
        emulator.exchange(WALL, &create(project, "a.py", WALL));
        let record = emulator.requests().last().unwrap();
        assert_eq!(record.at, WALL + minute, "the service's clock: {fault:?}");
        assert_eq!(record.retry_after, asked.map(Duration::from_secs), "{fault:?}");
    }
    emulator.push_fault(Fault::Late { by: minute });
    emulator.exchange(WALL, &create(project, "late.py", WALL));
    emulator.deliver_late(WALL + 10 * minute);
    let record = emulator.requests().last().unwrap();
    assert_eq!((record.at, record.retry_after), (WALL + 2 * minute, None), "when it took effect");
}

#[test]
fn what_is_held_back_is_counted_until_it_arrives() {
    let (mut emulator, project) = service();
    for (seconds, name) in [(9, "second.py"), (5, "first.py")] {
        emulator.push_fault(Fault::Late { by: Duration::from_secs(seconds) });
        emulator.exchange(WALL, &create(project, name, WALL));
    }
    assert_eq!(emulator.held_back(), 2);
    for (seconds, left) in [(4, 2), (5, 1), (9, 0), (99, 0)] {
        emulator.deliver_late(WALL + Duration::from_secs(seconds));
        assert_eq!(emulator.held_back(), left, "after {seconds} s");
    }
    let order: Vec<_> = emulator.applied().iter().map(|applied| applied.name.as_str()).collect();
    assert_eq!(order, ["first.py", "second.py"]);
}

#[test]
fn an_ordered_refusal_drifts_as_the_services_own_do() {
    let drifts = [Drift::ByteOrderMark, Drift::ReasonsInMessages].map(Fault::Drift);
    for (fault, message) in [
        (Fault::Refusal("No.".to_owned()), Some("No.")),
        (Fault::Refuse(RefusalForm::Ok), Some("Hash doesn't match. UID: 7")),
        (Fault::Refuse(RefusalForm::ServerError), Some("Hash doesn't match. UID: 7")),
        // A proxy's page is no JSON of the service.
        (Fault::Refuse(RefusalForm::Unauthorized), None),
        (Fault::Html { applied: false }, None),
    ] {
        let (mut emulator, project) = service();
        emulator.push_fault(fault.clone());
        for drift in &drifts {
            emulator.add_rule(Rule::new(drift.clone()));
        }
        let came = answer(emulator.exchange(WALL, &create(project, "a.py", WALL))).into_body();
        match message {
            Some(message) => {
                let json = came.strip_prefix("\u{feff}".as_bytes()).unwrap();
                let json: Value = serde_json::from_slice(json).unwrap();
                assert_eq!(json, json!({"success": false, "messages": [message]}), "{fault:?}");
            }
            None => assert!(came.starts_with(b"<html>"), "{fault:?}: {came:?}"),
        }
    }
}

#[test]
fn gzip_comes_only_where_it_is_accepted_and_leaves_the_answer_as_it_is() {
    let (mut emulator, project) = service();
    emulator.add_rule(Rule::new(Fault::Gzip).always());
    for (accept, gzip) in [
        (None, false),
        (Some("br"), false),
        (Some("gzip"), true),
        (Some("br;q=1.0, GZIP;q=0.5"), true),
        (Some("br, gzip;q=0"), false),
        (Some("gzip ; q=0.000"), false),
        (Some("notgzip"), false),
    ] {
        let mut request = create(project, "a.py", WALL);
        if let Some(accept) = accept {
            request.headers_mut().insert("accept-encoding", accept.parse().unwrap());
        }
        let exchange = emulator.exchange(WALL, &request);
        assert_eq!(exchange.gzip, gzip, "{accept:?}");
        assert!(answer(exchange).body().starts_with(b"{"), "{accept:?}");
    }
}
