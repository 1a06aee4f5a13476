//! A project's files as the cloud has them.

use qc_files::{ProjectFiles, RemoteName};

use crate::{Contents, SyncError, Tree};

/// What one reading of the project found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cloud {
    /// The files whose names are clean paths.
    pub files: Contents,
    /// The names that no file here can have; these files are left alone.
    pub unclean: Vec<RemoteName>,
}

impl Cloud {
    /// Reads all files of the project, without its libraries'. Costs one request.
    ///
    /// `base` is what the project held when it was last in step, and `accept_empty` whether it may have lost all of it.
    ///
    /// # Errors
    ///
    /// [`SyncError::Cloud`] when it cannot be read, [`SyncError::Emptied`] when it has lost all its files.
    pub async fn read(
        project: &ProjectFiles,
        base: &Tree,
        accept_empty: bool,
    ) -> Result<Self, SyncError> {
        let mut cloud = Self::default();
        for file in project.read_all().await? {
            match file.name.clean() {
                Ok(name) => drop(cloud.files.insert(name, file.content)),
                Err(_) => cloud.unclean.push(file.name),
            }
        }
        let emptied = cloud.files.is_empty() && cloud.unclean.is_empty() && !base.is_empty();
        if emptied && !accept_empty {
            return Err(SyncError::Emptied { had: base.len() });
        }
        Ok(cloud)
    }
}
