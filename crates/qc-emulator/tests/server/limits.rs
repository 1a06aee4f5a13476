//! Clients that want too much of it leave it serving others.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use crate::wire::{CLOSE, answer_to, connect, is_closed, start, wire};

/// More than it keeps open.
const FLOOD: usize = 300;

#[track_caller]
fn is_served(address: SocketAddr) {
    let answer = answer_to(address, &wire("POST /api/v2/authenticate", CLOSE, ""));
    assert!(answer.contains("true"), "{answer}");
}

fn flood(address: SocketAddr, with: &str) -> Vec<TcpStream> {
    let open = |_| {
        let mut stream = connect(address);
        // One that was closed for another's sake may say so here.
        let _ = stream.write_all(with.as_bytes());
        stream
    };
    (0..FLOOD).map(open).collect()
}

#[test]
fn connections_that_are_kept_and_not_used_keep_nobody_out() {
    let (server, _) = start();
    for held in [
        "",
        "POST /api/v2/authenticate HTTP/1.1\r\nHost: x\r\nTimestamp: 1",
        "POST /api/v2/files/create HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"projectId\"",
    ] {
        let mut streams = flood(server.address(), held);
        is_served(server.address());
        assert!(is_closed(&mut streams[0]), "the one that waited longest has gone");
    }
}

#[test]
fn one_that_is_used_stays_while_others_come_and_go() {
    let (server, _) = start();
    let request = wire("POST /api/v2/authenticate", "", "");
    let mut mine = connect(server.address());
    let mut answer = [0; 12];
    let mut ask = || {
        mine.write_all(request.as_bytes()).unwrap();
        mine.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        // The rest of the answer, which ends with this.
        let mut seen = Vec::new();
        while !seen.ends_with(b"true}") {
            let mut byte = [0];
            mine.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
    };
    ask();
    let mut others = Vec::new();
    for _ in 0..6 {
        others.extend((0..100).map(|_| connect(server.address())));
        // They are accepted in order: this one after all of them.
        is_served(server.address());
        ask();
    }
}

#[test]
fn large_bodies_that_never_end_leave_room_for_small_ones() {
    let (server, _) = start();
    let head = wire("POST /api/v2/files/create", "Content-Length: 100000000\r\n", "");
    let part = head + &"x".repeat(3 << 20);
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(server.address());
        stream.set_write_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
        // Those that have to wait for their turn do not take all of it.
        let _ = stream.write_all(part.as_bytes());
        held.push(stream);
    }
    is_served(server.address());
}

#[test]
fn a_head_of_too_many_lines_or_bytes_is_refused() {
    let (server, _) = start();
    let many: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "x".repeat(1_000_000));
    for extra in [many, long] {
        let mut stream = connect(server.address());
        let request = wire("POST /api/v2/authenticate", &extra, "");
        // It may have read enough before it has read all.
        let _ = stream.write_all(request.as_bytes());
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 431", "{} bytes", request.len());
    }
    is_served(server.address());
}

#[test]
fn a_body_that_grows_beyond_any_project_is_cut_off() {
    let (server, _) = start();
    let mut stream = connect(server.address());
    let head = wire("POST /api/v2/files/create", "Transfer-Encoding: chunked\r\n", "");
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("1000000\r\n{}\r\n", "x".repeat(0x0100_0000));
    let mut sent = 0;
    while stream.write_all(chunk.as_bytes()).is_ok() {
        sent += 1;
        assert!(sent < 20, "320 MB were taken");
    }
    assert!(server.emulator().requests().is_empty());
    is_served(server.address());
}
