//! A client and an emulator, in memory or over real sockets, with a virtual clock for the client's waits.

pub(crate) mod front;
pub(crate) mod recorder;

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use qc_emulator::{Emulator, MemoryTransport, ServerThread, VirtualClock};
use qc_files::{ApiToken, Client, Credentials, Language, Policy, ProjectFiles, ProjectId, UserId};
use qc_proto::{Attempt, Failure, bytes::Bytes, http::Response};
use qc_transport::{
    BoxFuture, HyperTransport, Settings, TokioRuntime, Transport,
    blocking::{self, Transport as _, UreqTransport},
    tower::{TowerTransport, TransportService},
};
use tower::ServiceBuilder;

use crate::world::recorder::Recorder;

/// 2026-11-23 00:00:00 UTC
pub(crate) const WALL: Duration = Duration::from_secs(1_795_392_000);
pub(crate) const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

pub(crate) fn credentials() -> Credentials {
    Credentials::new(UserId::new(12345), ApiToken::new(TOKEN).unwrap())
}

/// An emulator with one Python project.
pub(crate) fn emulator() -> (Emulator, ProjectId) {
    let mut emulator = Emulator::new(credentials());
    let project = emulator.add_project("Test", Language::Python);
    (emulator, project)
}

pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) project: ProjectId,
    pub(crate) clock: VirtualClock,
    recorder: Recorder,
    service: Service,
}

/// What carries the bytes to real sockets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Over {
    Hyper,
    Ureq,
}

/// A blocking transport for an asynchronous client.
#[derive(Debug)]
struct Waiting(UreqTransport);

impl Transport for Waiting {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move { blocking::Transport::send(&self.0, attempt) })
    }
}

enum Service {
    Memory(Arc<Mutex<Emulator>>),
    Sockets(ServerThread),
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(credentials(), Policy::default(), 1, |_| ())
    }

    pub(crate) fn with(
        credentials: Credentials,
        policy: Policy,
        seed: u64,
        prepare: impl FnOnce(&mut Emulator),
    ) -> Self {
        let (mut emulator, project) = emulator();
        prepare(&mut emulator);
        let emulator = Arc::new(Mutex::new(emulator));
        let clock = VirtualClock::new(WALL);
        let transport = MemoryTransport::new(Arc::clone(&emulator), clock.clone());
        let recorder = Recorder::new(transport, clock.clone());
        let client = Client::builder(credentials)
            .policy(policy)
            .seed(seed)
            .transport(recorder.clone())
            .runtime(clock.clone())
            .build()
            .unwrap();
        Self { client, project, clock, recorder, service: Service::Memory(emulator) }
    }

    /// The real transport and real sockets; only waits are virtual, so that they take no time.
    pub(crate) fn over_sockets(seed: u64, over: Over) -> Self {
        let (emulator, project) = emulator();
        let server = ServerThread::start(emulator).unwrap();
        let clock = VirtualClock::new(wall());
        let recorder = match over {
            Over::Hyper => Recorder::new(HyperTransport::new(), clock.clone()),
            Over::Ureq => Recorder::new(Waiting(UreqTransport::new()), clock.clone()),
        };
        let client = Client::builder(credentials())
            .base_url(server.base_url())
            .seed(seed)
            .transport(recorder.clone())
            .runtime(clock.clone())
            .build()
            .unwrap();
        Self { client, project, clock, recorder, service: Service::Sockets(server) }
    }

    pub(crate) fn files(&self) -> ProjectFiles {
        self.client.project(self.project).unwrap()
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        match &self.service {
            Service::Memory(emulator) => emulator.lock().unwrap(),
            Service::Sockets(server) => server.emulator(),
        }
    }

    /// How many requests the client sent, whether they arrived or not.
    pub(crate) fn sent(&self) -> usize {
        self.recorder.sent()
    }

    /// How many of them count against a call's bound: a throttle does not.
    pub(crate) fn counted(&self) -> usize {
        self.recorder.sent() - self.recorder.throttled()
    }

    /// Whether no request was sent while the service had asked for none.
    pub(crate) fn kept_quiet(&self) -> bool {
        self.recorder.kept_quiet()
    }

    /// Whatever a proxy held back arrives now.
    pub(crate) fn deliver_late(&self) {
        let later = self.clock.server_wall() + Duration::from_secs(60);
        self.emulator().deliver_late(later);
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.emulator().requests().iter().map(|record| record.path.clone()).collect()
    }

    pub(crate) fn file(&self, name: &str) -> Option<String> {
        self.emulator().file(self.project, name).map(str::to_owned)
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a server on sockets checks signatures against the real time"
)]
pub(crate) fn wall() -> Duration {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap()
}

/// Sends an attempt over one transport, which lives as long as this does.
pub(crate) type Sender = Box<dyn Fn(Attempt) -> Result<Response<Bytes>, Failure>>;

/// Makes a transport with these settings.
type MakeSender = fn(Settings) -> Sender;

/// Every transport over real sockets.
pub(crate) const SENDERS: &[(&str, MakeSender)] =
    &[("hyper", hyper_sender), ("ureq", ureq_sender), ("tower", tower_sender)];

pub(crate) fn hyper_sender(settings: Settings) -> Sender {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = HyperTransport::with_settings(settings);
    Box::new(move |attempt| runtime.block_on(transport.send(attempt)))
}

/// hyper behind a layer of tower.
fn tower_sender(settings: Settings) -> Sender {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = TransportService::new(HyperTransport::with_settings(settings));
    let layered = ServiceBuilder::new().concurrency_limit(1).service(transport);
    // What may be sent in the clear is for the transport behind it to say.
    let transport = TowerTransport::new(layered, TokioRuntime::new()).allow_plain_http(true);
    Box::new(move |attempt| runtime.block_on(transport.send(attempt)))
}

pub(crate) fn ureq_sender(settings: Settings) -> Sender {
    let transport = UreqTransport::with_settings(settings);
    Box::new(move |attempt| transport.send(attempt))
}
