//! How far one attempt has come, seen from three sides: the connector that opens a connection for
//! it, the connection that pulls its body, and the caller that waits for the answer.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::SeqCst},
    },
};

use qc_proto::{Delivery, Phase, bytes::Bytes, http};

/// No part of the request has been taken by a connection.
const WAITING: u8 = 0;
/// A connection has taken the body; the request may be on its way.
const TAKEN: u8 = 1;
/// The connection has passed on the body's last byte.
const WRITTEN: u8 = 2;
/// The answer's head has arrived.
const ANSWERED: u8 = 3;
/// The caller has given up first; no connection may take the body any more.
const GIVEN_UP: u8 = 4;

/// hyper flushes a head by itself only when it fills the write buffer, which takes over 400 kB.
const PROVABLE_HEAD_BYTES: usize = 64 * 1024;

tokio::task_local! {
    /// The attempt whose task is being polled.
    static CURRENT: Arc<Progress>;
}

/// The shared record of one attempt.
pub(super) struct Progress {
    /// The step of connecting that runs, as [`encode`]d; [`Phase::Send`] when none does.
    connecting: AtomicU8,
    exchange: AtomicU8,
    provable: bool,
}

impl Progress {
    /// The record of an attempt that is about to start.
    ///
    /// # Why an untouched body proves that nothing was sent
    ///
    /// hyper 1.12 encodes the head into the connection's buffer (`poll_write` in
    /// `proto/h1/dispatch.rs`, `write_head` in `proto/h1/conn.rs`) and polls the body in the same
    /// loop, before `poll_loop` comes to `poll_flush`; if the body fails, the buffer is dropped.
    /// Two kinds of request escape the proof and always count as `MaybeSent`: one without a body,
    /// which is never polled, and one with a head so large that it is flushed by itself.
    pub(super) fn new(request: &http::Request<Bytes>) -> Arc<Self> {
        let head = request.uri().path_and_query().map_or(0, |path| path.as_str().len())
            + request.headers().iter().map(|(n, v)| n.as_str().len() + v.len() + 4).sum::<usize>();
        let provable = !request.body().is_empty() && head <= PROVABLE_HEAD_BYTES;
        let connecting = AtomicU8::new(encode(Phase::Send));
        Arc::new(Self { connecting, exchange: AtomicU8::new(WAITING), provable })
    }

    /// Runs `future` so that connecting done on its behalf is recorded here.
    pub(super) async fn record<F: Future>(self: &Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(Arc::clone(self), future).await
    }

    /// Notes that the attempt being polled has come to `phase`. A connection that hyper-util
    /// goes on opening in the background belongs to no attempt any more and is not noted.
    pub(super) fn note(phase: Phase) {
        let _ = CURRENT.try_with(|progress| progress.connecting.store(encode(phase), SeqCst));
    }

    /// The last [`note`](Self::note) of the attempt being polled.
    pub(super) fn noted() -> Phase {
        CURRENT
            .try_with(|progress| decode(progress.connecting.load(SeqCst)))
            .unwrap_or(Phase::Connect)
    }

    /// A connection wants the body: true if it may have it.
    pub(super) fn take(&self) -> bool {
        let taken = self.exchange.compare_exchange(WAITING, TAKEN, SeqCst, SeqCst);
        taken != Err(GIVEN_UP)
    }

    /// The body's last byte was passed on.
    pub(super) fn written(&self) {
        self.exchange.fetch_max(WRITTEN, SeqCst);
    }

    /// The answer's head is there.
    pub(super) fn answered(&self) {
        self.exchange.fetch_max(ANSWERED, SeqCst);
    }

    /// Gives the attempt up and says what became of the request.
    ///
    /// The connection runs in a task of its own and may be about to take the body at this very
    /// moment. So this is no mere look: whoever is first decides, and if it is the caller, then
    /// the body refuses, and "not sent" stays true.
    pub(super) fn give_up(&self) -> Delivery {
        let first = match self.exchange.compare_exchange(WAITING, GIVEN_UP, SeqCst, SeqCst) {
            Ok(_) => true,
            Err(found) => found == GIVEN_UP,
        };
        if first && self.provable { Delivery::NotSent } else { Delivery::MaybeSent }
    }

    /// Where the attempt stands.
    pub(super) fn phase(&self) -> Phase {
        match self.exchange.load(SeqCst) {
            TAKEN => Phase::Send,
            WRITTEN => Phase::Head,
            ANSWERED => Phase::Body,
            _ => decode(self.connecting.load(SeqCst)),
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Progress").field(&self.phase()).finish()
    }
}

fn encode(phase: Phase) -> u8 {
    match phase {
        Phase::Resolve => 1,
        Phase::Connect => 2,
        Phase::Tls => 3,
        _ => 0,
    }
}

fn decode(code: u8) -> Phase {
    match code {
        1 => Phase::Resolve,
        2 => Phase::Connect,
        3 => Phase::Tls,
        _ => Phase::Send,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(body: &'static str) -> Arc<Progress> {
        Progress::new(&http::Request::new(Bytes::from_static(body.as_bytes())))
    }

    #[test]
    fn whoever_is_first_decides() {
        let given_up = progress("{}");
        assert_eq!(given_up.give_up(), Delivery::NotSent);
        assert!(!given_up.take(), "a connection got a body that counts as not sent");
        assert_eq!(given_up.give_up(), Delivery::NotSent);

        let taken = progress("{}");
        assert!(taken.take());
        assert_eq!(taken.give_up(), Delivery::MaybeSent);
        assert!(taken.take(), "giving up too late must not spoil a body that is on its way");
    }

    #[test]
    fn a_request_that_escapes_the_proof_may_have_been_sent() {
        assert_eq!(progress("").give_up(), Delivery::MaybeSent);

        let mut huge = http::Request::new(Bytes::from_static(b"{}"));
        let value = http::HeaderValue::from_str(&"x".repeat(PROVABLE_HEAD_BYTES)).unwrap();
        huge.headers_mut().insert("x-huge", value);
        assert_eq!(Progress::new(&huge).give_up(), Delivery::MaybeSent);
    }

    #[tokio::test]
    async fn phases_follow_the_attempt_and_never_go_back() {
        let progress = progress("{}");
        assert_eq!(progress.phase(), Phase::Send);
        let steps = async {
            for phase in [Phase::Resolve, Phase::Connect, Phase::Tls] {
                Progress::note(phase);
                assert_eq!((Progress::noted(), progress.phase()), (phase, phase));
            }
        };
        progress.record(steps).await;

        progress.take();
        assert_eq!(progress.phase(), Phase::Send);
        progress.answered();
        progress.written();
        assert_eq!(progress.phase(), Phase::Body, "an answer can overtake the request's end");
    }
}
