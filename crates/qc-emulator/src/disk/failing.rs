//! A disk that fails, and works again, under an emulator that is asked all the while.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, SystemTime},
};

use qc_proto::{ApiToken, Credentials, Language, ProjectId, Signature, UserId, bytes::Bytes, http};
use redb::{StorageBackend, backends::InMemoryBackend};
use serde_json::{Value, json};

use crate::{
    disk::{format, storage::Storage, writer::Disk},
    emulator::Emulator,
    faults::exchange::ExchangeOutcome,
    server::loopback::exchange,
};

/// Nothing fails.
const FINE: u8 = 0;
/// There is no room for more.
const FULL: u8 = 1;
/// It can only be read.
const READ_ONLY: u8 = 2;
/// What was written does not reach the platter.
const UNSYNCED: u8 = 3;
/// It can be neither written nor read.
const DEAD: u8 = 4;

#[derive(Debug, Default)]
struct Failing {
    inner: InMemoryBackend,
    state: Arc<AtomicU8>,
}

impl Failing {
    fn check(&self, fails: impl FnOnce(u8) -> bool) -> io::Result<()> {
        if fails(self.state.load(Ordering::Relaxed)) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}

impl StorageBackend for Failing {
    fn len(&self) -> io::Result<u64> {
        self.check(|state| state == DEAD)?;
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.check(|state| state == DEAD)?;
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let grows = len > self.inner.len()?;
        self.check(|state| state == READ_ONLY || state == DEAD || (state == FULL && grows))?;
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check(|state| state == UNSYNCED || state == DEAD)?;
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(|state| state == READ_ONLY || state == DEAD)?;
        self.inner.write(offset, data)
    }
}

fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

#[allow(clippy::disallowed_methods, reason = "the server checks signatures against the real time")]
fn wall() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap()
}

fn request(endpoint: &str, fields: &Value) -> http::Request<Bytes> {
    let request = http::Request::post(format!("/api/v2/{endpoint}"));
    let mut request = request.body(Bytes::from(fields.to_string())).unwrap();
    Signature::new(&credentials(), wall().as_secs()).apply(request.headers_mut());
    request
}

/// An emulator on such a disk, with one project.
struct World {
    emulator: Mutex<Emulator>,
    project: ProjectId,
    state: Arc<AtomicU8>,
    storage: Storage,
}

impl World {
    fn new() -> Self {
        let failing = Failing::default();
        let state = Arc::clone(&failing.state);
        let storage = Storage::new(failing);
        let database = storage.open().unwrap();
        let mut emulator = Emulator::new(credentials());
        emulator.service.store = format::load(&database).unwrap();
        emulator.disk = Some(Disk::start(storage.clone(), Some(database), 0).unwrap());
        let project = emulator.add_project("Mine", Language::Python);
        emulator.put_file(project, "a.py", "old\n");
        Self { emulator: Mutex::new(emulator), project, state, storage }
    }

    fn becomes(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }

    fn create(&self, name: &str, content: &str) -> http::Request<Bytes> {
        let fields = json!({"projectId": self.project, "name": name, "content": content});
        request("files/create", &fields)
    }

    fn read(&self) -> http::Request<Bytes> {
        request("files/read", &json!({"projectId": self.project}))
    }

    /// The status, as the emulator without IO answers.
    fn handle(&self, request: &http::Request<Bytes>) -> u16 {
        self.emulator.lock().unwrap().handle(wall(), request).status().as_u16()
    }

    /// The status, as the server answers.
    async fn exchange(&self, request: &http::Request<Bytes>, alone: bool) -> u16 {
        match exchange(&self.emulator, request, alone).await.outcome {
            ExchangeOutcome::Answer(answer) => answer.status().as_u16(),
            outcome => panic!("{outcome:?}"),
        }
    }

    fn names(&self) -> Vec<String> {
        self.emulator.lock().unwrap().file_names(self.project)
    }

    fn applied(&self) -> Vec<String> {
        let emulator = self.emulator.lock().unwrap();
        emulator.applied().iter().map(|applied| applied.name.clone()).collect()
    }

    /// What an emulator that starts now would find.
    fn names_on_disk(&self) -> Vec<String> {
        let store = format::load(&self.storage.copy().unwrap()).unwrap();
        store.get(self.project).unwrap().names().map(str::to_owned).collect()
    }
}

/// Larger than the room that is left.
fn large() -> String {
    "x".repeat(8 << 20)
}

#[test]
fn reads_go_on_and_writes_come_back_when_there_is_room_again() {
    for state in [FULL, READ_ONLY] {
        let world = World::new();
        assert_eq!(world.handle(&world.create("before.py", "1")), 200);
        let before = world.names();
        world.becomes(state);
        for name in ["b.py", "c.py"] {
            assert_eq!(world.handle(&world.create(name, &large())), 500, "{state}");
            assert_eq!(world.names(), before, "{state}");
            assert_eq!(world.names_on_disk(), before, "{state}");
            assert_eq!(world.applied(), ["before.py"], "{state}");
            assert_eq!(world.handle(&world.read()), 200, "{state}");
        }
        world.becomes(FINE);
        assert_eq!(world.handle(&world.create("b.py", &large())), 200, "{state}");
        assert_eq!(
            world.names_on_disk(),
            ["a.py", "b.py", "before.py", "main.py", "research.ipynb"]
        );
        assert_eq!(world.names_on_disk(), world.names());
        assert_eq!(world.applied(), ["before.py", "b.py"], "{state}");
    }
}

#[test]
fn what_is_in_memory_is_what_is_on_disk_after_any_failure() {
    let world = World::new();
    world.becomes(UNSYNCED);
    assert_eq!(world.handle(&world.create("b.py", "1")), 500);
    assert_eq!(world.names(), world.names_on_disk());
    assert_eq!(world.handle(&world.read()), 200);
    world.becomes(FINE);
    assert_eq!(world.handle(&world.create("c.py", "1")), 200);
    assert_eq!(world.names(), world.names_on_disk());
    assert!(world.names().contains(&"c.py".to_owned()));
}

#[test]
fn a_disk_that_cannot_even_be_read_is_tried_again_with_each_request() {
    let world = World::new();
    assert_eq!(world.handle(&world.create("before.py", "1")), 200);
    let before = world.names();
    world.becomes(DEAD);
    assert_eq!(world.handle(&world.create("b.py", "1")), 500);
    assert_eq!(world.handle(&world.read()), 500, "what it would say is not known to be on disk");
    assert_eq!(world.handle(&world.create("c.py", "1")), 500);
    world.becomes(FINE);
    assert_eq!(world.handle(&world.read()), 200);
    assert_eq!(world.names(), before);
    assert_eq!(world.names_on_disk(), before);
    assert_eq!(world.applied(), ["before.py"]);
    assert_eq!(world.handle(&world.create("d.py", "1")), 200);
    assert_eq!(world.names_on_disk(), world.names());
}

#[tokio::test]
async fn who_waits_for_a_write_that_fails_is_told_and_others_go_on() {
    for alone in [true, false] {
        let world = World::new();
        let before = world.names();
        world.becomes(READ_ONLY);
        let (first, second) = (world.create("b.py", "1"), world.create("c.py", "1"));
        let (first, second) =
            tokio::join!(world.exchange(&first, alone), world.exchange(&second, alone));
        assert_eq!((first, second), (500, 500), "{alone}");
        assert_eq!(world.names(), before, "{alone}");
        assert_eq!(world.exchange(&world.read(), alone).await, 200, "{alone}");
        world.becomes(FINE);
        for name in ["b.py", "c.py"] {
            assert_eq!(world.exchange(&world.create(name, "1"), alone).await, 200, "{alone}");
        }
        assert_eq!(world.names_on_disk(), world.names());
        assert_eq!(world.applied(), ["b.py", "c.py"], "{alone}");
    }
}
