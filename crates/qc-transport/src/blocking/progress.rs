//! How far this thread's attempt has come.
//!
//! ureq opens, writes and reads on the calling thread, and one thread has one attempt at a time: so the
//! connectors and the connection, which belong to the pool and know no attempt, leave their notes here.

use std::cell::Cell;

use qc_proto::{Delivery, Phase};

thread_local! {
    static CURRENT: Progress = const {
        Progress {
            phase: Cell::new(Phase::Resolve),
            sent: Cell::new(false),
            tunnelling: Cell::new(false),
        }
    };
}

struct Progress {
    phase: Cell<Phase>,
    sent: Cell<bool>,
    /// What is written meanwhile goes to the proxy and is no part of the request.
    tunnelling: Cell<bool>,
}

/// A new attempt begins on this thread.
pub(super) fn begin() {
    CURRENT.with(|current| {
        current.phase.set(Phase::Resolve);
        current.sent.set(false);
        current.tunnelling.set(false);
    });
}

/// The attempt has come to `phase`. While a tunnel is made, all is connecting.
pub(super) fn note(phase: Phase) {
    CURRENT.with(|current| {
        let connecting = matches!(phase, Phase::Resolve | Phase::Connect);
        current.phase.set(if current.tunnelling.get() && !connecting {
            Phase::Connect
        } else {
            phase
        });
    });
}

/// Bytes of the request are about to be written.
pub(super) fn sending() {
    CURRENT.with(|current| current.sent.set(true));
    note(Phase::Send);
}

/// Runs `connect`, which speaks with the proxy.
pub(super) fn tunnel<T>(connect: impl FnOnce() -> T) -> T {
    CURRENT.with(|current| current.tunnelling.set(true));
    let result = connect();
    CURRENT.with(|current| current.tunnelling.set(false));
    result
}

pub(super) fn is_tunnelling() -> bool {
    CURRENT.with(|current| current.tunnelling.get())
}

/// Where the attempt stands.
pub(super) fn phase() -> Phase {
    CURRENT.with(|current| current.phase.get())
}

/// Whether anything of the request was handed to a connection.
pub(super) fn delivery() -> Delivery {
    let sent = CURRENT.with(|current| current.sent.get());
    if sent { Delivery::MaybeSent } else { Delivery::NotSent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bytes_of_the_request_count_as_sent() {
        begin();
        tunnel(|| {
            note(Phase::Connect);
            note(Phase::Tls);
            assert_eq!((phase(), is_tunnelling()), (Phase::Connect, true));
        });
        note(Phase::Tls);
        assert_eq!((phase(), delivery()), (Phase::Tls, Delivery::NotSent));
        sending();
        note(Phase::Head);
        assert_eq!((phase(), delivery()), (Phase::Head, Delivery::MaybeSent));
        begin();
        assert_eq!((phase(), delivery()), (Phase::Resolve, Delivery::NotSent));
    }
}
