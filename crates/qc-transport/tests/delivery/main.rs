//! What a transport reports when the network fails, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod cut;
mod pool;
mod race;
mod server;
mod tls;

use std::time::Duration;

use qc_transport::{Attempt, Failure, HyperTransport, Transport, bytes::Bytes, http};

/// Long enough for the slowest machine; reached only by a transport that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

fn attempt(url: &str, body: impl Into<Bytes>) -> Attempt {
    let mut attempt = Attempt::new(http::Request::post(url).body(body.into()).unwrap());
    attempt.timeout = Duration::from_secs(10);
    attempt.max_response_bytes = 1000;
    attempt
}

async fn send(
    transport: &HyperTransport,
    attempt: Attempt,
) -> Result<http::Response<Bytes>, Failure> {
    tokio::time::timeout(PATIENCE, transport.send(attempt)).await.expect("the transport hangs")
}
