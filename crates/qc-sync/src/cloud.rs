//! A project's files as the cloud has them.

use qc_files::{FileName, ProjectFiles, RemoteName};

use crate::{Contents, Scope, SyncError, Tree};

/// What one reading of the project found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cloud {
    /// The files whose names are clean paths.
    pub files: Contents,
    /// The files with other names than a folder here can have: left alone.
    pub unclean: Vec<RemoteName>,
    /// The files that are not to be in step with the folder: left alone.
    pub beside: Vec<FileName>,
}

impl Cloud {
    /// Reads all files of the project, without its libraries'. Costs one request.
    ///
    /// `base` is what the project held when it was last in step; `scope` says which files are to be.
    ///
    /// # Errors
    ///
    /// [`SyncError::Cloud`] when it cannot be read, [`SyncError::Emptied`] when it has lost all its files.
    pub async fn read(
        project: &ProjectFiles,
        base: &Tree,
        scope: &Scope<'_>,
    ) -> Result<Self, SyncError> {
        let mut cloud = Self::default();
        for file in project.read_all().await? {
            match file.name.clean() {
                Ok(name) if scope.holds(&name) => drop(cloud.files.insert(name, file.content)),
                Ok(name) => cloud.beside.push(name),
                Err(_) => cloud.unclean.push(file.name),
            }
        }
        let nothing = Self::default();
        if cloud == nothing && !base.is_empty() && !scope.accepts_empty {
            return Err(SyncError::Emptied { had: base.len() });
        }
        Ok(cloud)
    }
}
