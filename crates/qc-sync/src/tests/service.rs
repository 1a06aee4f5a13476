//! A project in an emulator in memory, and clients of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use qc_emulator::{Emulator, MemoryTransport, VirtualClock};
use qc_files::{
    ApiToken, Client, Credentials, Language, ProjectFiles, ProjectId, UserId,
    qc_transport::{Transport, http::Request},
};
use qc_proto::Signature;
use serde_json::json;

pub(crate) struct Service {
    pub(crate) emulator: Arc<Mutex<Emulator>>,
    pub(crate) clock: VirtualClock,
    pub(crate) id: ProjectId,
}

fn credentials() -> Credentials {
    Credentials::new(UserId::new(1), ApiToken::new("token").unwrap())
}

impl Service {
    /// A project with its default files; `seed` is that of random faults.
    pub(crate) fn new(seed: u64) -> Self {
        let mut emulator = Emulator::new(credentials()).with_fault_seed(seed);
        let id = emulator.add_project("Test", Language::Python);
        let clock = VirtualClock::new(Duration::from_secs(1_795_392_000));
        Self { emulator: Arc::new(Mutex::new(emulator)), clock, id }
    }

    /// The project as a client of its own sees it, over the transport that `wrap` returns.
    pub(crate) fn project<T: Transport>(
        &self,
        seed: u64,
        wrap: impl FnOnce(MemoryTransport) -> T,
    ) -> ProjectFiles {
        let transport = MemoryTransport::new(Arc::clone(&self.emulator), self.clock.clone());
        let clock = self.clock.clone();
        let client = Client::builder_with_parts(credentials(), wrap(transport), clock);
        let client = client.code_source("qc").seed(seed).build().unwrap();
        client.project(self.id).unwrap()
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap()
    }

    /// What the project holds.
    pub(crate) fn contents(&self) -> BTreeMap<String, String> {
        let emulator = self.emulator();
        let text = |file: &String| emulator.file(self.id, file).unwrap_or_default().to_owned();
        emulator.file_names(self.id).into_iter().map(|file| (file.clone(), text(&file))).collect()
    }

    /// Replaces all files at once, as the official command line tool's push does. No fault is in the way.
    pub(crate) fn replace_all(&self, files: &BTreeMap<String, String>) {
        let files: Vec<_> =
            files.iter().map(|(name, content)| json!({"name": name, "content": content})).collect();
        let body = json!({"projectId": self.id, "files": files}).to_string();
        let mut request = Request::post("/api/v2/projects/update").body(body.into()).unwrap();
        let wall = self.clock.server_wall();
        Signature::new(&credentials(), wall.as_secs()).apply(request.headers_mut());
        let answer = self.emulator().handle(wall, &request);
        assert_eq!(&answer.body()[..], br#"{"success":true}"#);
    }

    /// Removes every file.
    pub(crate) fn clear(&self) {
        let mut emulator = self.emulator();
        for file in emulator.file_names(self.id) {
            emulator.remove_file(self.id, &file);
        }
    }
}
