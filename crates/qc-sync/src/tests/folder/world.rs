//! A folder on a real disk and a project in an emulator.

use std::{fs, sync::MutexGuard};

use qc_emulator::Emulator;
use qc_files::{ProjectFiles, ProjectId};

use crate::{
    cloud::{pull::Pull, push::Push, status::Status},
    error::SyncError,
    folder::Folder,
    session::{Options, SyncSession},
    tests::{place::Place, service::Service},
};

pub(crate) struct World {
    pub(crate) service: Service,
    project: ProjectFiles,
    pub(crate) place: Place,
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

impl World {
    /// An empty folder and a project of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let service = Service::new(1);
        service.clear();
        for (file, text) in files {
            service.emulator().put_file(service.id, file, text);
        }
        let project = service.project(1, |transport| transport);
        Self { service, project, place: Place::new(&[]) }
    }

    pub(crate) fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.service.emulator()
    }

    pub(crate) fn id(&self) -> ProjectId {
        self.service.id
    }

    pub(crate) fn folder(&self) -> Folder {
        self.place.folder()
    }

    pub(crate) fn put(&self, file: &str, content: impl AsRef<[u8]>) {
        self.place.put(file, content);
    }

    pub(crate) fn get(&self, file: &str) -> Option<String> {
        self.place.get(file)
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.place.at(file)).unwrap();
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
}
