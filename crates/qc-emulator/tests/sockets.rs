//! What a raw client sees of every fault that still sends an answer, and of one that sends it too late.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, SystemTime},
};

use qc_emulator::{Emulator, ServerThread};
use qc_proto::{ApiToken, Credentials, Language, ProjectId, Signature, UserId, http::HeaderMap};

/// No test waits for it: it only keeps a broken one from hanging.
const PATIENCE: Duration = Duration::from_secs(20);

fn start() -> (ServerThread, ProjectId) {
    let credentials = Credentials::new(UserId::new(7), ApiToken::new("token").unwrap());
    let mut emulator = Emulator::new(credentials);
    let project = emulator.add_project("Test", Language::Python);
    (ServerThread::start(emulator).unwrap(), project)
}

#[allow(clippy::disallowed_methods, reason = "the server checks signatures against the real time")]
fn wall() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap()
}

/// All that comes upon a signed `files/create`, until the connection closes: head in lower case, and body.
fn create(server: &ServerThread, project: ProjectId, name: &str) -> (String, String) {
    let body = format!(r#"{{"projectId":{project},"name":"{name}","content":"x"}}"#);
    let mut headers = HeaderMap::new();
    let credentials = Credentials::new(UserId::new(7), ApiToken::new("token").unwrap());
    Signature::new(&credentials, wall().as_secs()).apply(&mut headers);
    let mut request = format!(
        "POST /api/v2/files/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in &headers {
        request += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (head.to_ascii_lowercase(), body.to_owned())
}

#[test]
fn a_fault_that_answers_shows_in_head_and_body() {
    for (fault, status, header, body, applied) in [
        ("none", "200", "content-type: application/json", r#"{"success":true}"#, 1),
        ("status=503", "503", "content-type: text/html", "<html>", 0),
        ("status=503/applied", "503", "content-type: text/html", "<html>", 1),
        ("html", "200", "content-type: text/html", "<html>", 0),
        ("html=applied", "200", "content-type: text/html", "<html>", 1),
        ("rate-limit", "429", "content-type: text/html", "<html>", 0),
        ("rate-limit=30s", "429", "retry-after: 30", "<html>", 0),
        ("rate-limit=date:30s", "429", "retry-after: ", "<html>", 0),
        (
            "refuse=200",
            "200",
            "content-type: application/json",
            "{\"errors\":[\"Hash doesn't match.",
            0,
        ),
        ("refuse=401", "401", "www-authenticate: basic", "<html>", 0),
        (
            "refuse=500",
            "500",
            "content-type: application/json",
            "{\"errors\":[\"Hash doesn't match.",
            0,
        ),
        (
            "refusal=Not now.",
            "200",
            "content-type: application/json",
            r#"{"errors":["Not now."]"#,
            0,
        ),
        ("drift=byte-order-mark", "200", "content-length: 19", "\u{feff}{\"success\":true}", 1),
        ("drift=booleans-as-numbers", "200", "content-length: 13", r#"{"success":1}"#, 1),
        ("oversized=9", "200", "", "xxxxxxxxx", 0),
        ("truncated-body", "200", "content-length: 8", r#"{"succes"#, 1),
        ("short-body", "200", "content-length: 16", r#"{"succes"#, 1),
    ] {
        let (server, project) = start();
        server.emulator().add_rule(fault.parse().unwrap());
        let (head, came) = create(&server, project, "a.py");
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{fault}: {head}");
        assert!(head.contains(header), "{fault}: {head}");
        assert!(came.contains(body), "{fault}: {came}");
        assert_eq!(server.emulator().applied().len(), applied, "{fault}");
        let (head, _) = create(&server, project, "b.py");
        assert!(head.starts_with("http/1.1 200 "), "{fault} came twice: {head}");
    }
}

#[test]
fn what_never_answers_closes_unanswered() {
    for (fault, arrived, applied) in [
        ("no-connection", 0, 0),
        ("no-connection=tls", 0, 0),
        ("drop-before", 1, 0),
        ("drop-after", 1, 1),
        ("late=1h", 0, 0),
    ] {
        let (server, project) = start();
        server.emulator().add_rule(fault.parse().unwrap());
        assert_eq!(create(&server, project, "a.py"), Default::default(), "{fault}");
        let emulator = server.emulator();
        assert_eq!((emulator.requests().len(), emulator.applied().len()), (arrived, applied));
    }
}

#[test]
fn a_late_request_takes_effect_once_before_what_comes_after_it() {
    let (server, project) = start();
    server.emulator().add_rule("late=1h".parse().unwrap());
    server.emulator().add_rule("late=0s".parse().unwrap());
    create(&server, project, "hour.py");
    assert_eq!(server.emulator().held_back(), 1, "two rules, of which the first decided");
    server.emulator().add_rule("late=0s".parse().unwrap());
    create(&server, project, "late.py");
    assert_eq!(server.emulator().held_back(), 2);
    assert!(server.emulator().applied().is_empty());
    create(&server, project, "next.py");
    assert_eq!(server.emulator().held_back(), 1, "an hour has not passed");
    server.emulator().deliver_late(wall() + Duration::from_secs(3_700));
    assert_eq!(server.emulator().held_back(), 0);
    let emulator = server.emulator();
    let order: Vec<_> = emulator.applied().iter().map(|applied| applied.name.as_str()).collect();
    assert_eq!(order, ["late.py", "next.py", "hour.py"]);
}

#[test]
fn the_answers_date_is_off_by_the_skew_and_by_the_services_clock() {
    // Far from any present, so that no second that passes makes a difference.
    let (server, project) = start();
    server.emulator().add_rule("skew=-350000h".parse().unwrap());
    let (head, _) = create(&server, project, "a.py");
    assert!(head.contains(" 198"), "forty years back: {head}");
    let (head, _) = create(&server, project, "b.py");
    assert!(!head.contains(" 198"), "{head}");
}
