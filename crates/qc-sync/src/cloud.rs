//! A project's files as the cloud has them.

use std::collections::BTreeMap;

use qc_files::{EncodedFile, EncodedText, FileName, ProjectFiles, RemoteName};

use crate::{Digest, Scope, SyncError, Tree};

/// What the cloud has of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudFile {
    /// Its text, decoded where it is needed, one file at a time.
    pub content: EncodedText,
    /// What it says.
    pub digest: Digest,
}

impl From<&str> for CloudFile {
    fn from(text: &str) -> Self {
        Self { content: text.into(), digest: Digest::of(text.as_bytes()) }
    }
}

/// What one reading of the project found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cloud {
    /// The files whose names are clean paths.
    pub files: BTreeMap<FileName, CloudFile>,
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
        Self::of(project.read_all_encoded().await?, base, scope)
    }

    /// As [`read`](Self::read), of an answer that is there.
    pub(crate) fn of(
        files: Vec<EncodedFile<Digest>>,
        base: &Tree,
        scope: &Scope<'_>,
    ) -> Result<Self, SyncError> {
        let mut cloud = Self::default();
        for file in files {
            match file.name.clean() {
                Ok(name) if scope.holds(&name) => {
                    let EncodedFile { content, gist: digest, .. } = file;
                    cloud.files.insert(name, CloudFile { content, digest });
                }
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

    /// What each of the files says.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.files.iter().map(|(name, file)| (name.clone(), file.digest)).collect()
    }
}
