//! What comes upon requests, byte by byte.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpListener},
    thread,
    time::Duration,
};

use qc_emulator::{Fault, Server, StallAt};
use qc_proto::Phase;

use crate::wire::{CLOSE, answer_to, connect, emulator, is_closed, start, wire};

const CREATE: &str = "POST /api/v2/files/create";

#[test]
fn every_form_of_request_is_answered() {
    let (server, project) = start();
    let json = format!(r#"{{"projectId":{project},"name":"a.py","content":"x"}}"#);
    let form = format!("projectId={project}&name=b.py&content=y");
    let link = format!("GET /api/v2//files/read?projectId={project}&name=a.py");
    for (line, content_type, body, expected) in [
        (CREATE, "Content-Type: application/json\r\n", json.as_str(), r#"{"success":true}"#),
        (CREATE, "Content-Type: application/x-www-form-urlencoded\r\n", form.as_str(), "true}"),
        ("POST /api/v2/authenticate", "", "", r#"{"success":true}"#),
        (link.as_str(), "", "", r#""name":"a.py","content":"x""#),
        ("GET /none", "", "", r#"{"errors":["Endpoint not found"],"success":false}"#),
    ] {
        let answer =
            answer_to(server.address(), &wire(line, &format!("{CLOSE}{content_type}"), body));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
        assert!(head.contains("\r\ncontent-type: application/json"), "{head}");
        assert!(head.contains("\r\ndate: "), "{head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())), "{head}");
        assert!(body.contains(expected), "{line}: {body}");
    }
    assert_eq!(server.emulator().file(project, "b.py"), Some("y"));
    assert_eq!(server.emulator().requests().len(), 5);
}

#[test]
fn a_connection_serves_one_request_after_another() {
    let (server, _) = start();
    let mut stream = connect(server.address());
    for request in [
        wire("POST /api/v2/authenticate", "", ""),
        wire("POST /api/v2/authenticate", "", ""),
        wire("POST /api/v2/authenticate", CLOSE, ""),
    ] {
        stream.write_all(request.as_bytes()).unwrap();
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches(r#"{"success":true}"#).count(), 3, "{answers}");
}

#[test]
fn a_connection_that_is_to_drop_closes_without_a_byte() {
    let (server, project) = start();
    let body = format!(r#"{{"projectId":{project},"name":"a.py","content":"x"}}"#);
    for (fault, applied) in [
        (Fault::NoConnection { phase: Phase::Connect }, 0),
        (Fault::DropBefore, 0),
        (Fault::DropAfter, 1),
    ] {
        server.emulator().push_fault(fault.clone());
        assert_eq!(answer_to(server.address(), &wire(CREATE, "", &body)), "", "{fault:?}");
        assert_eq!(server.emulator().applied().len(), applied, "{fault:?}");
    }
    assert_eq!(server.emulator().requests().len(), 2, "one of them never arrived");
}

#[test]
fn a_short_body_comes_with_its_head_and_ends_too_early() {
    let (server, project) = start();
    server.emulator().push_fault(Fault::ShortBody);
    let body = format!(r#"{{"projectId":{project},"name":"a.py","content":"x"}}"#);
    let answer = answer_to(server.address(), &wire(CREATE, "", &body));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains("\r\ncontent-length: 16"), "{head}");
    assert_eq!(body, r#"{"succes"#);
    assert_eq!(server.emulator().applied().len(), 1);
}

#[test]
fn a_truncated_body_says_the_length_that_it_has() {
    let (server, _) = start();
    server.emulator().push_fault(Fault::TruncatedBody);
    let answer = answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains("\r\ncontent-length: 8"), "{head}");
    assert_eq!(body, r#"{"succes"#);
}

#[test]
fn a_page_of_a_proxy_is_html() {
    let (server, _) = start();
    server.emulator().push_fault(Fault::Status { status: 502, applied: false });
    let answer = answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    assert!(answer.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("\r\ncontent-type: text/html"), "{answer}");
    assert!(answer.contains("<html>"), "{answer}");
}

#[test]
fn an_oversized_body_is_as_long_as_ordered() {
    let (server, _) = start();
    server.emulator().push_fault(Fault::Oversized { bytes: 100_000 });
    // HTTP/1.0 has no chunks to take apart.
    let request = wire("GET /api/v2/projects/read", "", "").replacen("HTTP/1.1", "HTTP/1.0", 1);
    let answer = answer_to(server.address(), &request);
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.len(), 100_000);
}

#[test]
fn a_stall_shows_what_comes_before_it_and_ends_when_the_client_goes() {
    let (server, _) = start();
    let request = wire("POST /api/v2/authenticate", "", "");
    for (number, (at, expected)) in [
        (StallAt::BeforeAnswer, ""),
        (StallAt::Head, "HTTP/1.1 200 OK\r\nDate:"),
        (StallAt::Body, "{\"succes"),
    ]
    .into_iter()
    .enumerate()
    {
        server.emulator().push_fault(Fault::Stall { at, applied: true });
        let mut stream = connect(server.address());
        stream.write_all(request.as_bytes()).unwrap();
        while server.emulator().requests().len() <= number {
            thread::yield_now();
        }
        let mut came = String::new();
        while !came.ends_with(expected) {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            came.push(byte[0].into());
        }
        assert!(at != StallAt::Head || came == expected, "{came}");
        // The client says that it has gone, and waits to be let go.
        stream.shutdown(Shutdown::Write).unwrap();
        assert!(is_closed(&mut stream), "{at:?}: more came after {came:?}");
    }
    assert!(
        answer_to(server.address(), &wire("GET /api/v2/authenticate", CLOSE, "")).contains("true")
    );
}

#[test]
fn a_reset_is_no_orderly_end() {
    let (server, _) = start();
    server.emulator().push_fault(Fault::Reset { applied: false });
    let mut stream = connect(server.address());
    stream.write_all(wire("POST /api/v2/authenticate", "", "").as_bytes()).unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_trickle_and_a_latency_lose_nothing() {
    let (server, _) = start();
    let millisecond = Duration::from_millis(1);
    for fault in [
        Fault::Latency(20 * millisecond),
        Fault::Trickle { bytes: 1, every: millisecond },
        Fault::Trickle { bytes: 7, every: Duration::ZERO },
    ] {
        server.emulator().push_fault(fault);
        let answer = answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.to_ascii_lowercase().contains("content-length: 16"), "{head}");
        assert_eq!(body, r#"{"success":true}"#);
    }
}

#[test]
fn gzip_comes_only_where_it_is_accepted() {
    let (server, _) = start();
    for (accept, encoded) in [("", false), ("Accept-Encoding: br, gzip\r\n", true)] {
        server.emulator().push_fault(Fault::Gzip);
        let request = wire("POST /api/v2/authenticate", &format!("{CLOSE}{accept}"), "");
        let mut stream = connect(server.address());
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
        assert_eq!(head.to_ascii_lowercase().contains("content-encoding: gzip"), encoded, "{head}");
        let mut text = String::new();
        if encoded {
            flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
        } else {
            text.push_str(str::from_utf8(body).unwrap());
        }
        assert_eq!(text, r#"{"success":true}"#);
    }
}

#[test]
fn a_request_larger_than_any_project_is_turned_away_unread() {
    let (server, _) = start();
    let mut stream = connect(server.address());
    let head = wire("POST /api/v2/files/create", "Content-Length: 1099511627776\r\n", "");
    stream.write_all(head.as_bytes()).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    assert!(server.emulator().requests().is_empty());
}

#[test]
fn a_client_that_leaves_half_way_leaves_nothing_behind() {
    let (server, _) = start();
    let mut stream = connect(server.address());
    let request = wire("POST /api/v2/files/create", "Content-Length: 100\r\n", "");
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(b"{\"projectId\"").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(server.emulator().requests().is_empty(), "half a request is none");
    let answer = answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    assert!(answer.contains("true"), "{answer}");
}

#[test]
fn the_end_of_a_server_thread_closes_port_and_connections() {
    let (server, _) = start();
    let address = server.address();
    let mut idle = connect(address);
    drop(server);
    assert!(is_closed(&mut idle));
    drop(TcpListener::bind(address).unwrap());
}

#[tokio::test]
async fn a_shutdown_closes_port_and_connections() {
    let server = Server::start(emulator().0).await.unwrap();
    let address = server.address();
    let mut idle = connect(address);
    server.shutdown().await;
    assert!(is_closed(&mut idle));
    drop(TcpListener::bind(address).unwrap());
}

#[tokio::test]
async fn a_taken_port_is_an_error() {
    let first = Server::start(emulator().0).await.unwrap();
    let error = Server::start_on(emulator().0, first.address()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_server_thread_starts_within_a_runtime_too() {
    let (server, _) = start();
    assert_eq!(server.base_url(), format!("http://{}/api/v2", server.address()));
}

#[test]
fn other_methods_than_get_and_post_are_not_allowed() {
    let (server, project) = start();
    let file = format!("/api/v2/files/delete?projectId={project}&name=main.py");
    for method in ["DELETE", "PUT", "TRACE"] {
        let answer = answer_to(server.address(), &wire(&format!("{method} {file}"), CLOSE, ""));
        assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
        assert!(answer.to_ascii_lowercase().contains("\r\nallow: get, post\r\n"), "{answer}");
    }
    assert!(server.emulator().file(project, "main.py").is_some());
}
