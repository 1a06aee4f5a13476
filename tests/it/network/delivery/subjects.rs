//! The transports that the table is run over.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use qc_emulator::{MemoryTransport, VirtualClock};
use qc_proto::{
    Attempt, Failure,
    bytes::Bytes,
    http::{Request, Response},
};
use qc_transport::{Proxy, Roots, Settings, blocking::Transport as _};

use super::{
    PATIENCE,
    authority::CERTIFICATES,
    peer::Place,
    rows::{Kept, Peer, Row},
};
use crate::world::{Sender, WALL, emulator, hyper_sender, ureq_sender};

/// A transport; an answer is told by its status.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) run: fn(&Row, Duration) -> Result<u16, Failure>,
}

pub(super) const SUBJECTS: &[Subject] = &[
    Subject { name: "hyper", run: hyper },
    Subject { name: "ureq", run: ureq },
    Subject { name: "in memory", run: memory },
];

fn hyper(row: &Row, timeout: Duration) -> Result<u16, Failure> {
    over_sockets(row, timeout, hyper_sender)
}

fn ureq(row: &Row, timeout: Duration) -> Result<u16, Failure> {
    over_sockets(row, timeout, ureq_sender)
}

fn memory(row: &Row, timeout: Duration) -> Result<u16, Failure> {
    let (mut emulator, _) = emulator();
    emulator.push_fault(row.fault.clone());
    let clock = VirtualClock::new(WALL);
    let transport = MemoryTransport::new(Arc::new(Mutex::new(emulator)), clock);
    transport.send(attempt("http://127.0.0.1/api/v2/authenticate", timeout)).map(status)
}

fn settings(place: &Place) -> Settings {
    let proxy = place.proxy.clone().map_or(Proxy::Direct, Proxy::Url);
    Settings::new()
        .roots(Roots::Pem(CERTIFICATES.trusted.clone()))
        .proxy(proxy)
        .connect_timeout(PATIENCE)
        .allow_plain_http(true)
}

fn over_sockets(
    row: &Row,
    timeout: Duration,
    sender: fn(Settings) -> Sender,
) -> Result<u16, Failure> {
    let place = Place::serve(row.peer);
    let send = sender(settings(&place));
    if let Peer::Kept(kept) = row.peer {
        send(attempt(&place.url, PATIENCE)).expect("the first request is answered");
        if matches!(kept, Kept::ClosedIdle) {
            place.ended();
        }
    }
    send(attempt(&place.url, timeout)).map(status)
}

fn attempt(url: &str, timeout: Duration) -> Attempt {
    let request = Request::post(url).body(Bytes::from_static(b"{}"));
    let mut attempt = Attempt::new(request.unwrap());
    attempt.timeout = timeout;
    attempt
}

fn status(response: Response<Bytes>) -> u16 {
    response.status().as_u16()
}
