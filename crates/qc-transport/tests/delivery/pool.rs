//! Connections are kept, and given up when they must be.

use std::io::Write;

use qc_transport::{Cause, HyperTransport};

use crate::{
    attempt, send,
    server::{OK, Server, read_request},
};

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

#[test]
fn a_close_is_noticed_by_a_program_that_was_busy_elsewhere() {
    let mut server = Server::start(|mut stream| {
        let request = read_request(&mut stream).unwrap();
        stream.write_all(OK).unwrap();
        drop(stream);
        request
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let elsewhere = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = HyperTransport::new();
    for n in 1..=200 {
        let sending = send(&transport, attempt(&server.url(), "{}"));
        assert_eq!(runtime.block_on(sending).unwrap().status().as_u16(), 200, "attempt {n}");
        // The connection closes while the runtime that it belongs to stands still.
        elsewhere.block_on(server.report());
    }
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
