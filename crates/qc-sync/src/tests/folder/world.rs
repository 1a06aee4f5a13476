//! A folder on a real disk and a project in an emulator.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use qc_emulator::{Emulator, MemoryTransport, VirtualClock};
use qc_files::{ApiToken, Client, Credentials, Language, ProjectFiles, ProjectId, UserId};
use qc_proto::FileName;
use tempfile::TempDir;

use crate::{
    cloud::{pull::Pull, push::Push, status::Status},
    error::SyncError,
    folder::Folder,
    options::Options,
    session::SyncSession,
};

pub(crate) struct World {
    pub(crate) emulator: Arc<Mutex<Emulator>>,
    pub(crate) project: ProjectFiles,
    /// The folder lies in here, so that something beside it shows.
    pub(crate) outside: TempDir,
}

pub(crate) fn name(text: &str) -> FileName {
    FileName::new(text).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

impl World {
    /// An empty folder and a project of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let credentials = Credentials::new(UserId::new(1), ApiToken::new("token").unwrap());
        let mut emulator = Emulator::new(credentials.clone());
        let id = emulator.add_project("Test", Language::Python);
        for file in emulator.file_names(id) {
            emulator.remove_file(id, &file);
        }
        for (file, text) in files {
            emulator.put_file(id, file, text);
        }
        let emulator = Arc::new(Mutex::new(emulator));
        let clock = VirtualClock::new(Duration::from_secs(1_795_392_000));
        let transport = MemoryTransport::new(Arc::clone(&emulator), clock.clone());
        let client = Client::builder(credentials).seed(1).transport(transport).runtime(clock);
        let project = client.build().unwrap().project(id).unwrap();
        let outside = TempDir::new().unwrap();
        fs::create_dir(outside.path().join("folder")).unwrap();
        Self { emulator, project, outside }
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap()
    }

    pub(crate) fn id(&self) -> ProjectId {
        self.project.id()
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::open(self.outside.path().join("folder")).unwrap()
    }

    pub(crate) fn put(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.outside.path().join("folder").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn get(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.outside.path().join("folder").join(file)).ok()
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.outside.path().join("folder").join(file)).unwrap();
    }

    pub(crate) fn try_pull(&self, options: &Options) -> Result<Pull, SyncError> {
        run(SyncSession::new(&self.folder(), &self.project, options).pull())
    }

    pub(crate) fn pull(&self) -> Pull {
        self.try_pull(&Options::new(0)).unwrap()
    }

    pub(crate) fn try_push(&self, options: &Options) -> Result<Push, SyncError> {
        run(SyncSession::new(&self.folder(), &self.project, options).push())
    }

    pub(crate) fn push(&self) -> Push {
        self.try_push(&Options::new(0)).unwrap()
    }

    pub(crate) fn try_status(&self, options: &Options) -> Result<Status, SyncError> {
        run(SyncSession::new(&self.folder(), &self.project, options).status())
    }

    /// Every file below, relative to the outside, but what is the folder's own.
    pub(crate) fn all_files(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(self.outside.path(), self.outside.path(), &mut files);
        files.retain(|file| !file.starts_with("folder/.qc/"));
        files.sort();
        files
    }
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            list(root, &entry.path(), files);
        } else {
            files.push(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
