//! The folder of a project on this machine: what of it is in step with the cloud, and how it is written.
//!
//! Nothing outside of the folder is ever read or written, whatever a file name or a symbolic link says, and no file
//! is ever half written. What cannot be read or written is named, and the rest goes on.

mod base;
mod originals;
pub(crate) mod portable;
mod rules;
mod scan;
mod scanning;
mod seen;
mod write;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use qc_proto::{FileName, ProjectId};

use self::base::Snapshot;
pub(crate) use self::{rules::Rules, scanning::Scanning};
pub use self::{rules::Unsynced, scan::Scan};
use crate::{Digest, Observer, Step, Texts, Tree, Write};

/// Where the folder keeps what is its own.
pub(crate) const OWN: &str = ".qc";

/// A folder that is kept in step with a project. While it lives, no other one of the same folder does.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Locked; the lock goes with the file.
    _lock: File,
}

/// Why the folder as a whole cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// Something in it cannot be read or written.
    #[error("{}: {why}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// Another program is at work in it.
    #[error("another qc is at work in {}: wait until it is done", .0.display())]
    Busy(PathBuf),
    /// The snapshot of what was last in step is of no use.
    #[error(
        "{} does not hold what it should ({why}); remove it to start over: files that differ will then be conflicts",
        path.display()
    )]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The folder is in step with another project.
    #[error("{} is in step with project {found}, not {asked}", path.display())]
    OtherProject {
        /// The folder.
        path: PathBuf,
        /// The project that it is in step with.
        found: ProjectId,
        /// The project that was asked for.
        asked: ProjectId,
    },
}

/// A file that is left alone, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The file, relative to the folder. It may hold anything: escape it before it is shown.
    pub name: String,
    /// Why, in words for the user.
    pub why: String,
}

impl Folder {
    /// Opens a folder, which must exist, and keeps others out of it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Busy`] while another one is open; [`FolderError::Io`].
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, FolderError> {
        let root: PathBuf = root.into();
        let own = root.join(OWN);
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |why| FolderError::Io { path, why }
        };
        match fs::create_dir(&own) {
            Err(why) if why.kind() != io::ErrorKind::AlreadyExists => {
                return Err(FolderError::Io { path: own, why });
            }
            _ => {}
        }
        // Behind a link could be anywhere.
        if !fs::symlink_metadata(&own).map_err(fail(&own))?.is_dir() {
            let why = io::Error::new(io::ErrorKind::NotADirectory, "must be a folder, and no link");
            return Err(FolderError::Io { path: own, why });
        }
        let path = own.join(".gitignore");
        if !path.exists() {
            // What is in here is this machine's own.
            fs::write(&path, "*\n").map_err(fail(&path))?;
        }
        let path = own.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(fail(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Busy(root)),
            Err(TryLockError::Error(why)) => Err(FolderError::Io { path, why }),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads every file that is in step with the cloud: of the service's types, not hidden, not ignored. Temporary
    /// files that a run before left behind when it was killed are removed.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`] when the folder itself cannot be listed. A file that cannot be used is in
    /// [`Scan::refused`].
    pub fn scan(&self) -> Result<Scan, FolderError> {
        scan::scan(&self.root, &self.rules())
    }

    /// Begins a [`scan`](Self::scan) on a thread of its own, so that another wait can go on beside it.
    pub(crate) fn scan_beside(&self) -> Scanning<'_> {
        Scanning::begin(self)
    }

    /// Why a file of this name is not in step with the cloud, if it is not.
    #[must_use]
    pub fn unsynced(&self, name: &FileName) -> Option<Unsynced> {
        self.rules().unsynced(name)
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules::new(&self.root)
    }

    /// Carries out what a pull says, one by one. Each file is written whole or not at all, and none that is not as
    /// the scan found it. Returns what was left alone.
    #[must_use]
    pub fn apply(&self, writes: &[Write], scan: &Scan, observer: &dyn Observer) -> Vec<Refused> {
        let rules = self.rules();
        let mut refused = Vec::new();
        for (number, write) in writes.iter().enumerate() {
            observer.step(Step::Write { number, of: writes.len(), name: write.name() });
            refused.extend(write::apply(&self.root, &rules, write, scan).err());
        }
        if !refused.is_empty() {
            self.doubt();
        }
        refused
    }

    /// Lets the next scan read every file: one may not be as the last scan has it.
    pub(crate) fn doubt(&self) {
        seen::forget(&self.root);
    }

    /// What both sides held when they were last in step; nothing if they never were.
    ///
    /// # Errors
    ///
    /// [`FolderError::Snapshot`] or [`FolderError::OtherProject`].
    pub fn base(&self, project: ProjectId) -> Result<Tree, FolderError> {
        Snapshot::read(&self.root, project)
    }

    /// What a file of the base said; none where that was not kept.
    #[must_use]
    pub fn original(&self, digest: Digest) -> Option<String> {
        originals::read(&self.root, digest)
    }

    /// Keeps the base, and what its files say as far as `said` knows, which is asked for what has a digest. To be done
    /// last: what was done before and is not in it is done again, and not lost.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn keep_base(
        &self,
        project: ProjectId,
        base: &Tree,
        said: &dyn Fn(&FileName, Digest) -> Option<String>,
    ) -> Result<(), FolderError> {
        originals::keep(&self.root, base, said)
            .map_err(|why| FolderError::Io { path: self.root.join(OWN), why })?;
        Snapshot::write(&self.root, project, base)
    }
}

/// A file that is not UTF-8 has no text.
impl Texts for Folder {
    fn text(&self, name: &FileName) -> Option<String> {
        fs::read_to_string(self.root.join(name.as_str())).ok()
    }
}
