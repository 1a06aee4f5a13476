//! Every fault, and when it comes, without any socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::time::Duration;

use qc_emulator::{Dress, Emulator, Ending, Exchange, Fault, RetryAfter, Rule, StallAt};
use qc_proto::{
    ApiToken, Credentials, Language, Phase, ProjectId, Signature, UserId,
    bytes::Bytes,
    http::{Request, Response},
};

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
    match exchange.ending {
        Ending::Answer(response) => response,
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
        (Fault::RateLimited { retry_after: None }, false, Some(Some(429))),
        (Fault::TruncatedBody, true, Some(Some(200))),
        (Fault::ShortBody, true, Some(Some(200))),
        (Fault::Html { applied: true }, true, Some(Some(200))),
        (Fault::Html { applied: false }, false, Some(Some(200))),
        (Fault::Refuse(Dress::Ok), false, Some(Some(200))),
        (Fault::Refuse(Dress::Unauthorized), false, Some(Some(401))),
        (Fault::Refuse(Dress::ServerError), false, Some(Some(500))),
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
            (Fault::ShortBody, Exchange { ending: Ending::Short { response, promised }, .. }) => {
                assert!(response.body().len() < promised);
            }
            (Fault::Refuse(Dress::Unauthorized), exchange) => {
                assert_eq!(answer(exchange).headers()["www-authenticate"], "Basic");
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
    assert!(matches!(exchange.ending, Ending::HangUp));
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
