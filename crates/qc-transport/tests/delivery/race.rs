//! `NotSent` holds even when giving up, or the server's closing, races with the sending.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::Duration,
};

use qc_transport::{Delivery, HyperTransport};
use tokio::runtime::{Builder, Runtime};

use crate::{
    attempt, send,
    server::{OK, Server, read_request},
};

const ROUNDS: usize = 640;
const BATCH: usize = 32;

/// Every body says which round it is of, so that the server's record tells how often it came.
fn body(round: usize) -> String {
    format!("<{round}>")
}

/// What all connections together received, once they are closed.
fn all_received(mut server: Server<String>, runtime: &Runtime) -> String {
    let (mut all, mut ended) = (String::new(), 0);
    // Asked again each time: a connection that nobody waits for any more may be accepted late.
    while ended < server.connections() {
        all += &runtime.block_on(server.report());
        ended += 1;
    }
    all
}

#[test]
fn giving_up_while_the_connection_takes_the_request() {
    let server = Server::start(|mut stream| {
        let mut all = String::new();
        while let Some(request) = read_request(&mut stream) {
            all += &request;
            if stream.write_all(OK).is_err() {
                break;
            }
        }
        all
    });
    let runtime = runtime();
    let transport = Arc::new(HyperTransport::new());
    let outcomes = runtime.block_on(async {
        let mut outcomes = Vec::new();
        // Many at once, so that the connections' tasks fall behind the giving up of their callers.
        while outcomes.len() < ROUNDS {
            let batch: Vec<_> = (outcomes.len()..outcomes.len() + BATCH)
                .map(|round| {
                    let (transport, mut hasty) =
                        (Arc::clone(&transport), attempt(&server.url(), body(round)));
                    hasty.timeout = Duration::ZERO;
                    let warm = attempt(&server.url(), "warm");
                    tokio::spawn(async move {
                        send(&transport, warm).await.unwrap();
                        send(&transport, hasty)
                            .await
                            .map(drop)
                            .map_err(|failure| failure.delivery())
                    })
                })
                .collect();
            for attempt in batch {
                outcomes.push(attempt.await.unwrap());
            }
        }
        outcomes
    });
    drop(transport);
    assert_consistent(&all_received(server, &runtime), &outcomes);
}

#[test]
fn the_server_closes_while_the_next_request_sets_out() {
    let server = Server::start(|mut stream: TcpStream| {
        let mut all = read_request(&mut stream).unwrap_or_default();
        let _ = stream.write_all(OK);
        // Only the sending half, so as to see what the client still sends.
        let _ = stream.shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        all += &String::from_utf8_lossy(&rest);
        all
    });
    let runtime = runtime();
    let transport = HyperTransport::new();
    let outcomes: Vec<_> = (0..ROUNDS)
        .map(|round| {
            let sending = send(&transport, attempt(&server.url(), body(round)));
            runtime.block_on(sending).map(drop).map_err(|failure| failure.delivery())
        })
        .collect();
    drop(transport);
    assert_consistent(&all_received(server, &runtime), &outcomes);
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn assert_consistent(received: &str, outcomes: &[Result<(), Delivery>]) {
    for (round, outcome) in outcomes.iter().enumerate() {
        let times = received.matches(&body(round)).count();
        let consistent = match outcome {
            Ok(()) => times == 1,
            Err(Delivery::NotSent) => times == 0,
            Err(Delivery::MaybeSent) => times <= 1,
        };
        assert!(consistent, "round {round} ended as {outcome:?} and was received {times} times");
    }
}
