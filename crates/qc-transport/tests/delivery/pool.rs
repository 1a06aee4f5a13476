//! Connections are kept, and given up when they must be.

use std::{io::Write, net::TcpStream};

use qc_transport::{Cause, HyperTransport};

use crate::{
    attempt, send,
    server::{OK, Server, read_request},
};

/// Answers every request on a connection with `answer`, and reports the requests.
fn answer_all(mut stream: TcpStream, answer: &[u8]) -> Vec<String> {
    let mut requests = Vec::new();
    while let Some(request) = read_request(&mut stream) {
        requests.push(request);
        stream.write_all(answer).unwrap();
    }
    requests
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let mut server = Server::start(|stream| answer_all(stream, OK));
    let transport = HyperTransport::new();
    for _ in 0..3 {
        let response = send(&transport, attempt(&server.url(), "{}")).await.unwrap();
        assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"{}"[..]));
    }
    assert_eq!(server.connections(), 1);
    drop(transport);
    assert_eq!(server.report().await.len(), 3);
}

#[tokio::test]
async fn the_request_goes_out_as_it_is() {
    let mut server = Server::start(|stream| answer_all(stream, OK));
    let transport = HyperTransport::new();
    let mut attempt = attempt(&server.url(), r#"{"name":"main.py"}"#);
    let headers = attempt.request.headers_mut();
    headers.insert("authorization", "Basic eDp5".parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    send(&transport, attempt).await.unwrap();
    drop(transport);
    let request = server.report().await.remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "POST /api/v2/test HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: {}", server.address);
    assert_eq!(
        lines,
        [
            "accept-encoding: gzip",
            "authorization: Basic eDp5",
            "content-length: 18",
            "content-type: application/json",
            &host
        ]
    );
    assert_eq!(body, r#"{"name":"main.py"}"#);
}

#[tokio::test]
async fn any_status_is_an_answer_and_no_redirect_is_followed() {
    for status in [204, 301, 302, 307, 308, 401, 404, 429, 500, 503] {
        let mut server = Server::start(move |stream| {
            let length = if status == 204 { "" } else { "Content-Length: 0\r\n" };
            let answer = format!("HTTP/1.1 {status} x\r\nLocation: /elsewhere\r\n{length}\r\n");
            answer_all(stream, answer.as_bytes())
        });
        let transport = HyperTransport::new();
        let response = send(&transport, attempt(&server.url(), "{}")).await.unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["location"], "/elsewhere");
        drop(transport);
        assert_eq!(server.report().await.len(), 1, "{status} was followed or tried again");
    }
}

#[tokio::test]
async fn a_connection_closed_while_idle_loses_no_request() {
    // Each connection closes after one answer, and says so once it has.
    let mut server = Server::start(|mut stream| {
        let request = read_request(&mut stream).unwrap();
        stream.write_all(OK).unwrap();
        drop(stream);
        request
    });
    let transport = HyperTransport::new();
    for n in 1..=20 {
        let body = format!("{{\"n\":{n}}}");
        let response = send(&transport, attempt(&server.url(), body.clone())).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        // The close has happened; hyper learns of it before the next request or while queueing it.
        let request = server.report().await;
        assert!(request.ends_with(&body), "{request}");
    }
    assert_eq!(server.connections(), 20);
}

#[tokio::test]
async fn a_connection_with_an_unread_answer_is_not_used_again() {
    let mut server = Server::start(|mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").unwrap();
        read_request(&mut stream).is_some()
    });
    let transport = HyperTransport::new();
    for n in 1..=3 {
        let failure = send(&transport, attempt(&server.url(), "{}")).await.unwrap_err();
        assert_eq!(failure.cause(), Cause::TooLarge);
        assert!(!server.report().await, "request {n} was followed by another on its connection");
        assert_eq!(server.connections(), n);
    }
}
