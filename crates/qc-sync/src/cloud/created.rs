//! The first push of a folder whose project was just made of it: what the service put into the project is nobody's work.

use std::{fs, io};

use qc_files::ProjectFiles;
use qc_proto::ProjectId;

use crate::{
    cloud::{Cloud, push::is_default},
    error::SyncError,
    folder::{Folder, FolderError, OWN, read_unlinked},
    local::{Base, Local as _},
    settings::{cloud, kept::LocalConfig as _},
};

const FILE: &str = "created.json";

impl Folder {
    /// Notes that a project was made of this folder, before anything else is done with it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn note_created(&self, project: ProjectId) -> Result<(), FolderError> {
        let path = self.root().join(OWN).join(FILE);
        self.write_own(FILE, project.to_string().as_bytes())
            .map_err(|why| FolderError::Io { path, why })
    }

    /// Returns the project that was made of this folder, while nothing was pushed to it yet.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn created(&self) -> Result<Option<ProjectId>, FolderError> {
        let path = self.root().join(OWN).join(FILE);
        match read_unlinked(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(FolderError::Io { path, why }),
        }
    }

    fn forget_created(&self) -> Result<(), FolderError> {
        let path = self.root().join(OWN).join(FILE);
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(FolderError::Io { path, why }),
            _ => Ok(()),
        }
    }
}

/// Takes the service's default files and settings in a project that was made of this folder for what both sides last had, so
/// that a push replaces them by what is here. Does nothing for another project, or if something was in step before. Costs
/// two requests.
///
/// # Errors
///
/// [`SyncError`] when folder or project cannot be used as a whole.
pub async fn begin_created(folder: &Folder, project: &ProjectFiles) -> Result<(), SyncError> {
    if folder.created()? != Some(project.id()) {
        return Ok(());
    }
    if folder.base(project.id())?.is_empty() {
        let (list, settings) =
            futures_util::future::join(project.read_all_encoded(), project.read_project()).await;
        let mut base = Base::new();
        for (name, file) in Cloud::sort(list?, is_default).files {
            folder.keep_object(&file.content.text())?;
            base.insert(name, file.version);
        }
        folder.keep_settings_base(project.id(), &cloud::read(&settings?).values)?;
        folder.keep_base(project.id(), &base)?;
    }
    Ok(folder.forget_created()?)
}
