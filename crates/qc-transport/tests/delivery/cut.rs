//! The connection is cut or stalls at each point of an exchange.

use std::{
    net::{TcpListener, TcpStream},
    time::Duration,
};

use qc_transport::{
    Cause, Cause::*, Delivery, Delivery::*, Failure, HyperTransport, Phase, bytes::Bytes,
};

use crate::{
    attempt, send,
    server::{Server, answer_and_close, answer_and_stall},
};

/// Ends an attempt that stalls on purpose.
const SHORT: Duration = Duration::from_millis(100);

#[track_caller]
fn assert_failure(what: &str, failure: &Failure, expected: (Delivery, Phase, Cause)) {
    let found = (failure.delivery(), failure.phase(), failure.cause());
    assert_eq!(found, expected, "{what}: {failure:?}");
    if failure.cause() != TooLarge {
        assert!(failure.to_string().contains(&failure.phase().to_string()), "{what}: {failure}");
    }
}

/// What a server does with a connection, and what the transport must report then.
struct Row {
    what: &'static str,
    script: fn(TcpStream),
    expected: (Delivery, Phase, Cause),
}

const ROWS: &[Row] = &[
    Row {
        what: "closed inside the status line",
        script: |stream| answer_and_close(stream, b"HTTP/1."),
        expected: (MaybeSent, Phase::Head, Broken),
    },
    Row {
        what: "closed inside a chunk",
        script: |stream| {
            answer_and_close(
                stream,
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}",
            );
        },
        expected: (MaybeSent, Phase::Body, Broken),
    },
    Row {
        what: "an answer that is no HTTP",
        script: |stream| answer_and_stall(stream, b"220 mail.example.com ESMTP\r\n\r\n"),
        expected: (MaybeSent, Phase::Head, Broken),
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_cut_is_reported_as_what_it_was() {
    for row in ROWS {
        let mut server = Server::start(row.script);
        let mut attempt = attempt(&server.url(), "{}");
        if row.expected.2 == TimedOut {
            attempt.timeout = SHORT;
        }
        let failure = send(&HyperTransport::new(), attempt).await.unwrap_err();
        assert_failure(row.what, &failure, row.expected);
        // Ends only if the client has really let go of the connection.
        server.report().await;
        assert_eq!(server.connections(), 1, "{}: the transport tried again", row.what);
    }
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    for body in ["{}", ""] {
        let failure = send(&HyperTransport::new(), attempt(&url, body)).await.unwrap_err();
        assert_failure("refused", &failure, (NotSent, Phase::Connect, Broken));
    }
}

#[tokio::test]
async fn a_request_that_nobody_reads_times_out_while_sending() {
    // The report holds the connection open, and nobody reads from it.
    let server = Server::start(|stream| stream);
    let mut attempt = attempt(&server.url(), Bytes::from(vec![b' '; 64 << 20]));
    attempt.timeout = SHORT;
    let failure = send(&HyperTransport::new(), attempt).await.unwrap_err();
    assert_failure("unread", &failure, (MaybeSent, Phase::Send, TimedOut));
}

#[tokio::test]
async fn an_empty_request_counts_as_sent_in_doubt() {
    let server = Server::start(|stream| answer_and_stall(stream, b""));
    let mut attempt = attempt(&server.url(), "");
    attempt.timeout = SHORT;
    let failure = send(&HyperTransport::new(), attempt).await.unwrap_err();
    assert_failure("empty", &failure, (MaybeSent, Phase::Head, TimedOut));
}
