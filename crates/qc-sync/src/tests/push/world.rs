//! A folder in memory, a project in an emulator, and other people who save between two of our requests.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use qc_emulator::{Emulator, MemoryTransport};
use qc_files::{
    ProjectFiles, ProjectId,
    qc_transport::{BoxFuture, Transport},
};
use qc_proto::{Attempt, Failure, FileName, bytes::Bytes, http::Response};

use crate::{
    cloud::{pull::Pull, push::Push, status::Status},
    error::SyncError,
    local::{Base, Local as _},
    plan::version::Version,
    session::{Options, SyncSession},
    tests::{memory::MemoryFolder, service::Service},
};

pub(crate) type Contents = BTreeMap<FileName, String>;

pub(crate) fn name(text: &str) -> FileName {
    FileName::new(text).unwrap()
}

pub(crate) fn contents(files: &[(&str, &str)]) -> Contents {
    files.iter().map(|(file, text)| (name(file), (*text).to_owned())).collect()
}

pub(crate) fn base(contents: &Contents) -> Base {
    contents.iter().map(|(name, text)| (name.clone(), Version::of(text.as_bytes()))).collect()
}

pub(crate) fn options() -> Options {
    Options::new(0)
}

/// Says which request is about to be sent, and lets others have their turn first.
#[derive(Debug)]
struct InTurns {
    inner: MemoryTransport,
    about: Arc<Mutex<Vec<String>>>,
}

impl Transport for InTurns {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let path = attempt.request.uri().path().trim_start_matches("/api/v2/").to_owned();
            self.about.lock().unwrap().push(path);
            tokio::task::yield_now().await;
            self.inner.send(attempt).await
        })
    }
}

pub(crate) struct World {
    service: Service,
    pub(crate) id: ProjectId,
    pub(crate) project: ProjectFiles,
    pub(crate) here: MemoryFolder,
    about: Arc<Mutex<Vec<String>>>,
}

impl World {
    /// Both sides had `base` when they were last in step.
    pub(crate) fn new(base: &Contents, local: &Contents, remote: &Contents) -> Self {
        let world = Self::untouched();
        let id = world.id;
        world.service.clear();
        for (file, text) in remote {
            world.emulator().put_file(id, file.as_str(), text);
        }
        for text in base.values() {
            world.here.keep_object(text).unwrap();
        }
        world.here.keep_base(id, &self::base(base)).unwrap();
        world.here.files.borrow_mut().clone_from(local);
        world
    }

    /// Both sides are in step.
    pub(crate) fn in_step(files: &[(&str, &str)]) -> Self {
        let files = contents(files);
        Self::new(&files, &files, &files)
    }

    /// A project with its default files, and an empty folder.
    pub(crate) fn untouched() -> Self {
        let service = Service::new(1);
        let about = Arc::default();
        let project = service.project(1, |inner| InTurns { inner, about: Arc::clone(&about) });
        let id = service.id;
        Self { service, id, project, here: MemoryFolder::new("0a1b2c3d"), about }
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.service.emulator()
    }

    /// I save a file.
    pub(crate) fn save(&self, file: &str, text: &str) {
        self.here.files.borrow_mut().insert(name(file), text.to_owned());
    }

    /// I delete a file.
    pub(crate) fn delete(&self, file: &str) {
        self.here.files.borrow_mut().remove(&name(file)).unwrap();
    }

    /// I rename a file.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        let text = self.here.files.borrow_mut().remove(&name(from)).unwrap();
        self.save(to, &text);
    }

    /// Another person saves a file in the cloud.
    pub(crate) fn they_save(&self, file: &str, text: &str) {
        self.emulator().put_file(self.id, file, text);
    }

    /// Runs a command; `before` has its turn before each request: it is told the endpoint, and how often that was asked,
    /// counted from 1. None if it says to drop the command.
    pub(crate) fn drive<T>(
        &self,
        command: impl Future<Output = T>,
        mut before: impl FnMut(&str, usize) -> bool,
    ) -> Option<T> {
        let mut command = pin!(command);
        let mut counts = BTreeMap::new();
        self.about.lock().unwrap().clear();
        loop {
            let polled = command.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            if let Poll::Ready(output) = polled {
                return Some(output);
            }
            let about = std::mem::take(&mut *self.about.lock().unwrap());
            for path in about {
                let count = counts.entry(path.clone()).or_insert(0);
                *count += 1;
                if !before(&path, *count) {
                    return None;
                }
            }
        }
    }

    pub(crate) fn run<T>(&self, command: impl Future<Output = T>) -> T {
        self.drive(command, |_, _| true).unwrap()
    }

    pub(crate) fn session<'a>(&'a self, options: &'a Options) -> SyncSession<'a> {
        SyncSession { local: &self.here, project: &self.project, options }
    }

    pub(crate) fn try_push(&self, options: &Options) -> Result<Push, SyncError> {
        self.run(self.session(options).push())
    }

    pub(crate) fn push(&self) -> Push {
        self.try_push(&options()).unwrap()
    }

    pub(crate) fn try_pull(&self, options: &Options) -> Result<Pull, SyncError> {
        self.run(self.session(options).pull())
    }

    pub(crate) fn pull(&self) -> Pull {
        self.try_pull(&options()).unwrap()
    }

    pub(crate) fn status(&self) -> Status {
        self.run(self.session(&options()).status()).unwrap()
    }

    /// Another person deletes every file in the cloud.
    pub(crate) fn they_delete_all(&self) {
        self.service.clear();
    }

    /// Pushes, and does something before the `nth` request to an endpoint, counted from 1.
    pub(crate) fn push_while(&self, endpoint: &str, nth: usize, act: impl FnOnce()) -> Push {
        let command = async { self.session(&options()).push().await };
        self.run_while(endpoint, nth, act, command).unwrap()
    }

    /// Runs a command, and does something before the `nth` request to an endpoint, counted from 1.
    pub(crate) fn run_while<T>(
        &self,
        endpoint: &str,
        nth: usize,
        act: impl FnOnce(),
        command: impl Future<Output = T>,
    ) -> T {
        let mut act = Some(act);
        let output = self.drive(command, |path, count| {
            if path == endpoint && count == nth {
                act.take().unwrap()();
            }
            true
        });
        assert!(act.is_none(), "request {nth} to {endpoint} was never sent: {:?}", self.paths());
        output.unwrap()
    }

    /// Pushes, and drops the push before the `nth` request to an endpoint, counted from 1.
    pub(crate) fn push_dropped_before(&self, endpoint: &str, nth: usize) {
        let command = async { self.session(&options()).push().await };
        let pushed = self.drive(command, |path, count| path != endpoint || count != nth);
        assert!(pushed.is_none(), "request {nth} to {endpoint} was never sent: {:?}", self.paths());
    }

    /// What the cloud holds.
    pub(crate) fn cloud(&self) -> Contents {
        self.service.contents().into_iter().map(|(file, text)| (name(&file), text)).collect()
    }

    pub(crate) fn local(&self) -> Contents {
        self.here.files.borrow().clone()
    }

    /// Every request so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.emulator().requests().iter().map(|record| record.path.clone()).collect()
    }

    /// Nothing is left to do, and both sides have the same.
    pub(crate) fn assert_in_step(&self) {
        let status = self.status();
        assert!(status.plan.is_empty() && status.set_aside.is_empty(), "{status:?}");
        assert_eq!(self.cloud(), self.local());
    }
}
