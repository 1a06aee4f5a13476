//! The folder's side of a push or a pull.

use std::{collections::BTreeMap, fmt};

use qc_proto::{FileName, ProjectId};

use crate::{
    cloud::pull::Write,
    folder::{FolderError, Refused, rules::Unsynced, scan::Scan},
    history::Operation,
    observer::Observer,
    plan::{
        Tree,
        merge::is_unresolved,
        version::{ObjectId, Version},
    },
};

/// What is known of a file here. Its text is not kept: a project may be larger than one likes to hold in memory, and
/// a push or a pull is about a few of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// Its content.
    pub version: Version,
    /// Whether a merge left markers in it; see [`is_unresolved`].
    pub is_unresolved: bool,
    /// Its path below the folder, where it is spelled otherwise than its name: one that a Mac has decomposed.
    pub path: Option<String>,
}

impl LocalFile {
    /// A file of this text.
    pub(crate) fn new(text: &str) -> Self {
        let version = Version::of(text.as_bytes());
        Self { version, is_unresolved: is_unresolved(text), path: None }
    }

    /// Its path below the folder.
    pub(crate) fn path<'a>(&'a self, name: &'a FileName) -> &'a str {
        self.path.as_deref().unwrap_or(name.as_str())
    }
}

/// The files here.
pub(crate) type LocalFiles = BTreeMap<FileName, LocalFile>;

/// What both sides held when they were last in step, with the cloud's bytes.
pub(crate) type Base = BTreeMap<FileName, Version>;

/// Returns what each of the files says.
pub(crate) fn tree(files: &LocalFiles) -> Tree {
    files.iter().map(|(name, file)| (name.clone(), file.version.digest)).collect()
}

/// Returns what each file of the base says.
pub(crate) fn base_tree(base: &Base) -> Tree {
    base.iter().map(|(name, version)| (name.clone(), version.digest)).collect()
}

/// What a push or a pull needs of the folder. [`Folder`](crate::folder::Folder) is one on disk.
///
/// Methods that write are durable when they return, each alone; the process may be killed between two of them.
pub(crate) trait Local: fmt::Debug {
    /// Reads every file that is in step with the cloud.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`] when the folder itself cannot be listed.
    fn scan(&self) -> Result<Scan, FolderError>;

    /// Returns why a file of this name is not in step with the cloud. None if it is.
    fn unsynced(&self, name: &FileName) -> Option<Unsynced>;

    /// Returns what a file of the scan says now. None if it is not there or is no text.
    fn text(&self, name: &FileName, file: &LocalFile) -> Option<String>;

    /// Returns what both sides held when they were last in step. Empty if they never were.
    ///
    /// # Errors
    ///
    /// [`FolderError::Snapshot`] or [`FolderError::OtherProject`].
    fn base(&self, project: ProjectId) -> Result<Base, FolderError>;

    /// Returns a text that was kept. None if it was not, or is damaged.
    fn object(&self, id: ObjectId) -> Option<String>;

    /// Returns whether a text was kept.
    fn has_object(&self, id: ObjectId) -> bool {
        self.object(id).is_some()
    }

    /// Keeps a text.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    fn keep_object(&self, text: &str) -> Result<(), FolderError>;

    /// Adds an operation to the history, once every text that it replaces was kept.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    fn record(&self, operation: Operation) -> Result<(), FolderError>;

    /// Returns the operations that are still kept, oldest first.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    fn history(&self) -> Result<Vec<Operation>, FolderError>;

    /// Carries out writes, each file whole or not at all, and none that is not as the scan found it. Returns what was
    /// left alone.
    fn apply(&self, writes: &[Write], scan: &Scan, observer: &dyn Observer) -> Vec<Refused>;

    /// Keeps the base, and lets go of the texts that neither it nor the history needs. To be done last: what was done
    /// and is not in it is found done by the next push or pull.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    fn keep_base(&self, project: ProjectId, base: &Base) -> Result<(), FolderError>;

    /// Returns eight hexadecimal digits that tell this folder from others of the project.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    fn id(&self) -> Result<String, FolderError>;
}

/// Returns what the file of the scan says, if it still says so.
pub(crate) fn unchanged_text(
    local: &dyn Local,
    name: &FileName,
    file: &LocalFile,
) -> Option<String> {
    local.text(name, file).filter(|text| ObjectId::of(text.as_bytes()) == file.version.object)
}
