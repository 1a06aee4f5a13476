//! Too many requests.

use std::time::Duration;

use qc_emulator::{ExchangeOutcome, Fault};
use qc_proto::{
    bytes::Bytes,
    http::{Method, Response, StatusCode},
};
use serde_json::json;

use crate::service::{Service, WALL, request, succeeds};

const MINUTE: Duration = Duration::from_secs(60);

fn limited(requests: usize) -> Service {
    Service::with(|emulator| emulator.with_rate_limit(requests, MINUTE))
}

fn is_page(response: &Response<Bytes>, retry_after: &str) {
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert_eq!(response.headers()["retry-after"], retry_after);
    assert!(response.headers().contains_key("date"));
    assert!(response.body().starts_with(b"<html>"));
}

#[test]
fn over_the_limit_comes_a_page_that_says_how_long_to_wait() {
    let mut service = limited(3);
    for name in ["a.py", "b.py"] {
        succeeds(service.call("files/create", json!({"name": name})));
    }
    // Refusals count like all else.
    service.call("files/read", json!({"name": "none.py"}));
    service.wall += Duration::from_secs(20);
    is_page(&service.respond("files/create", json!({"name": "c.py"})), "40");
    service.wall += Duration::from_secs(39);
    is_page(&service.respond("files/create", json!({"name": "c.py"})), "1");
    assert_eq!(service.emulator.applied().len(), 2);
    service.wall += Duration::from_secs(1);
    succeeds(service.call("files/create", json!({"name": "c.py"})));
    let records: Vec<_> = service
        .emulator
        .requests()
        .iter()
        .map(|record| (record.at - WALL, record.status, record.retry_after))
        .map(|(at, status, wait)| (at.as_secs(), status, wait.map(|wait| wait.as_secs())))
        .collect();
    let ok = Some(200);
    let refused = Some(429);
    assert_eq!(
        records,
        [
            (0, ok, None),
            (0, ok, None),
            (0, ok, None),
            (20, refused, Some(40)),
            (59, refused, Some(1)),
            (60, ok, None)
        ]
    );
    assert_eq!(service.emulator.requests()[3].path, "files/create");
}

#[test]
fn the_limit_goes_by_the_clock_of_the_service() {
    let mut service =
        Service::with(|emulator| emulator.with_clock_skew(100).with_rate_limit(1, MINUTE));
    service.respond("authenticate", json!({}));
    let page = service.respond("authenticate", json!({}));
    is_page(&page, "60");
    assert_eq!(page.headers()["date"], "Mon, 10 Nov 2025 13:01:46 GMT");
}

#[test]
fn faults_and_the_limit_go_together() {
    let mut service = limited(1);
    let ask = |service: &mut Service, fault: Fault| {
        service.emulator.push_fault(fault);
        let request = request(Method::POST, "authenticate", "", "");
        let signed = service.signed(request);
        let outcome = service.emulator.exchange(service.wall, &signed).outcome;
        let record = service.emulator.requests().last().unwrap();
        (outcome, record.status, record.retry_after)
    };
    // What does not reach the service does not count.
    let (_, status, _) = ask(&mut service, Fault::Status { status: 503, applied: false });
    assert_eq!(status, Some(503));
    let (_, status, wait) = ask(&mut service, Fault::None);
    assert_eq!((status, wait), (Some(200), None));
    let (outcome, status, wait) = ask(&mut service, Fault::Latency(Duration::from_secs(1)));
    let ExchangeOutcome::Answer(page) = outcome else { panic!("{outcome:?}") };
    is_page(&page, "60");
    assert_eq!((status, wait), (Some(429), Some(MINUTE)));
    // A page is no JSON, and drifts as little.
    let (outcome, ..) = ask(&mut service, Fault::Drift(qc_emulator::Drift::ByteOrderMark));
    let ExchangeOutcome::Answer(page) = outcome else { panic!("{outcome:?}") };
    is_page(&page, "60");
    // What the client does not get to see asks it for nothing.
    for (fault, seen) in
        [(Fault::DropAfter, None), (Fault::Status { status: 502, applied: true }, Some(502))]
    {
        let (_, status, wait) = ask(&mut service, fault);
        assert_eq!((status, wait), (seen, None));
    }
}
