//! The service without sockets, under a clock that is moved by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use qc_emulator::{Emulator, Fault, MemoryTransport, StallAt, VirtualClock};
use qc_proto::{
    ApiToken, Attempt, Cause, Credentials, Delivery, Failure, Phase, Signature, UserId,
    bytes::Bytes, http,
};
use qc_transport::{Runtime as _, Transport as _};

const WALL: Duration = Duration::from_secs(1_762_779_606);

struct World {
    emulator: Arc<Mutex<Emulator>>,
    clock: VirtualClock,
    transport: MemoryTransport,
}

fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

fn world() -> World {
    let emulator = Arc::new(Mutex::new(Emulator::new(credentials())));
    let clock = VirtualClock::new(WALL);
    let transport = MemoryTransport::new(Arc::clone(&emulator), clock.clone());
    World { emulator, clock, transport }
}

/// Nothing in memory ever waits.
fn done<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

impl World {
    fn attempt(&self, max_response_bytes: usize) -> Attempt {
        let mut request = http::Request::post("https://example.com/api/v2/projects/create")
            .body(Bytes::from_static(br#"{"name":"New","language":"Py"}"#))
            .unwrap();
        let now = self.clock.now().wall.as_secs();
        Signature::new(&credentials(), now).apply(request.headers_mut());
        let mut attempt = Attempt::new(request);
        attempt.max_response_bytes = max_response_bytes;
        attempt
    }

    fn send(&self) -> Result<http::Response<Bytes>, Failure> {
        done(self.transport.send(self.attempt(1 << 20)))
    }

    fn arrived(&self) -> usize {
        self.emulator.lock().unwrap().requests().len()
    }

    fn applied(&self) -> usize {
        self.emulator.lock().unwrap().applied().len()
    }
}

#[test]
fn a_failure_says_what_a_client_can_know() {
    use Cause::{Broken, TimedOut, TooLarge};
    use Delivery::{MaybeSent, NotSent};
    let stall = |at| Fault::Stall { at, applied: true };
    let second = Duration::from_secs(1);
    for (fault, delivery, phase, cause, arrived, applied) in [
        (Fault::NoConnection { phase: Phase::Tls }, NotSent, Phase::Tls, Broken, 0, 0),
        (Fault::StallConnecting { phase: Phase::Connect }, NotSent, Phase::Connect, TimedOut, 0, 0),
        (Fault::DropBefore, MaybeSent, Phase::Head, Broken, 1, 0),
        (Fault::DropAfter, MaybeSent, Phase::Head, Broken, 1, 1),
        (Fault::Late { by: second }, MaybeSent, Phase::Head, Broken, 0, 0),
        (Fault::Reset { applied: true }, MaybeSent, Phase::Head, Broken, 1, 1),
        (Fault::ShortBody, MaybeSent, Phase::Body, Broken, 1, 1),
        (Fault::Oversized { bytes: u64::MAX }, MaybeSent, Phase::Body, TooLarge, 1, 0),
        (stall(StallAt::BeforeAnswer), MaybeSent, Phase::Head, TimedOut, 1, 1),
        (stall(StallAt::Head), MaybeSent, Phase::Head, TimedOut, 1, 1),
        (stall(StallAt::Body), MaybeSent, Phase::Body, TimedOut, 1, 1),
        (Fault::Latency(60 * second), MaybeSent, Phase::Head, TimedOut, 1, 1),
        (Fault::Trickle { bytes: 1, every: second }, MaybeSent, Phase::Body, TimedOut, 1, 1),
    ] {
        let world = world();
        world.emulator.lock().unwrap().push_fault(fault.clone());
        let failure = world.send().unwrap_err();
        assert_eq!(
            (failure.delivery(), failure.phase(), failure.cause()),
            (delivery, phase, cause),
            "{fault:?}"
        );
        assert_eq!((world.arrived(), world.applied()), (arrived, applied), "{fault:?}");
        let passed = if cause == TimedOut { 60 * second } else { Duration::ZERO };
        assert_eq!(world.clock.now().mono, passed, "{fault:?}");
    }
}

#[test]
fn what_takes_its_time_moves_the_clock() {
    let world = world();
    let length = world.send().unwrap().body().len() + " 1".len();
    for (fault, millis) in [
        (Fault::Latency(Duration::from_millis(200)), 200),
        (Fault::Trickle { bytes: length, every: Duration::from_secs(1) }, 0),
        (Fault::Trickle { bytes: length.div_ceil(3), every: Duration::from_secs(1) }, 2_000),
    ] {
        let before = world.clock.now().mono;
        world.emulator.lock().unwrap().push_fault(fault.clone());
        world.send().unwrap();
        let passed = world.clock.now().mono - before;
        assert_eq!(passed, Duration::from_millis(millis), "{fault:?}");
    }
}

#[test]
fn a_compressed_answer_is_inflated_and_measured_so() {
    let world = world();
    let plain = world.send().unwrap();
    let len = plain.body().len() + " 1".len();
    for (limit, fits) in [(len, true), (len - 1, false)] {
        let mut attempt = world.attempt(limit);
        attempt.request.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
        world.emulator.lock().unwrap().push_fault(Fault::Gzip);
        match done(world.transport.send(attempt)) {
            Ok(answer) => {
                assert!(fits && answer.body().starts_with(b"{"), "{answer:?}");
                assert!(!answer.headers().contains_key("content-encoding"));
            }
            Err(failure) => assert_eq!((failure.cause(), fits), (Cause::TooLarge, false)),
        }
    }
}

#[test]
fn an_answer_may_be_as_large_as_the_limit_and_no_larger() {
    let world = world();
    // The project's name is taken for the next two, which get a number behind it.
    let len = world.send().unwrap().body().len() + " 1".len();
    assert_eq!(done(world.transport.send(world.attempt(len))).unwrap().body().len(), len);
    let failure = done(world.transport.send(world.attempt(len - 1))).unwrap_err();
    assert_eq!(failure.cause(), Cause::TooLarge);
}

#[test]
fn what_is_not_polled_does_not_happen() {
    let world = world();
    drop(world.transport.send(world.attempt(1 << 20)));
    assert_eq!(world.arrived(), 0);
    drop(world.clock.sleep(Duration::from_secs(1)));
    assert_eq!(world.clock.now().mono, Duration::ZERO);
    assert!(world.clock.waits().is_empty());
}

#[test]
fn a_sleep_takes_no_time_and_moves_both_clocks() {
    let clock = VirtualClock::new(WALL);
    let same = clock.clone();
    done(clock.sleep(Duration::from_secs(3)));
    same.advance(Duration::from_secs(4));
    assert_eq!(clock.now().mono, Duration::from_secs(7));
    assert_eq!(clock.now().wall, WALL + Duration::from_secs(7));
    assert_eq!(clock.waits(), [Duration::from_secs(3)], "advancing is no wait");
    done(clock.sleep(Duration::MAX));
    assert_eq!(clock.now().mono, Duration::MAX, "it stops at the end of time");
}

#[test]
fn a_clock_that_is_wrong_is_wrong_for_the_client_only() {
    let world = world();
    for (seconds, wall) in
        [(-7201, WALL - Duration::from_secs(7201)), (7201, WALL + Duration::from_secs(7201))]
    {
        world.clock.set_skew(seconds);
        assert_eq!(world.clock.now().wall, wall);
        assert_eq!(world.clock.server_wall(), WALL);
        let answer = world.send().unwrap();
        assert_eq!(answer.headers()["date"], "Mon, 10 Nov 2025 13:00:06 GMT");
        assert!(answer.body().starts_with(br#"{"errors":["Hash doesn't match."#));
    }
    world.clock.set_skew(0);
    assert!(world.send().unwrap().body().ends_with(br#""success":true}"#));
}
