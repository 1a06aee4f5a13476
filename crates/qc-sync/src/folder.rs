//! The folder of a project on this machine: what of it is in step with the cloud, and how it is written.
//!
//! Nothing outside of the folder is ever read or written, whatever a file name or a symbolic link says, and no file
//! is ever half written. What cannot be read or written is named, and the rest goes on.

mod base;
mod disk;
mod history;
mod libraries;
mod objects;
mod own;
mod place;
mod plain;
pub(crate) mod portable;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod spelling;
mod write;

use std::{
    collections::BTreeSet,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use qc_proto::{FileName, ProjectId};

pub use crate::folder::{
    base::names_in_step,
    libraries::{KeptLibraries, library_place, project_place},
    plain::read_plain,
    rules::Unsynced,
    scan::LeftOut,
};
pub(crate) use crate::folder::{disk::write_readable, plain::read_unlinked};
use crate::{
    cloud::pull::Write,
    folder::{
        base::Snapshot, disk::Disk, history::History, objects::Objects, rules::Rules, scan::Scan,
        write::Batch,
    },
    history::{HistoryLimits, Operation},
    local::{Base, Local, LocalFile, tree},
    observer::Observer,
    plan::{
        Tree,
        version::{ObjectId, Version},
    },
};

/// Where the folder keeps what is its own.
pub(crate) const OWN: &str = ".qc";

/// A folder that is kept in step with a project. While it lives, no other one of the same folder does.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    disk: Disk,
    objects: Objects,
    history: History,
    /// Those of the last scan, which decide of names in the cloud too.
    rules: Mutex<Rules>,
    /// Whether something was kept that may let go of something older.
    has_news: AtomicBool,
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
    /// The project's `config.json` holds what it should not.
    #[error("{}: {}{why}", path.display(), key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
    Config {
        /// The file.
        path: PathBuf,
        /// The key. None if it is the whole file.
        key: Option<String>,
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
#[non_exhaustive]
pub struct Refused {
    /// The file, relative to the folder. It may hold anything: escape it before it is shown.
    pub name: String,
    /// Why, in words for the user.
    pub why: String,
    /// Whether it is left alone each time, for what it is, and nothing has failed.
    pub is_lasting: bool,
}

impl Refused {
    /// A file that failed this time.
    #[must_use]
    pub fn failed(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { name: name.into(), why: why.into(), is_lasting: false }
    }

    /// A file that can't be in step, such as a symbolic link.
    #[must_use]
    pub fn lasting(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self { name: name.into(), why: why.into(), is_lasting: true }
    }
}

impl Folder {
    /// Forgets the project that the folder was in step with, and what both sides had in common.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn forget_project(&self) -> Result<(), FolderError> {
        Snapshot::remove(&self.root)
    }

    /// Lists the files and folders that are not in step, for what their names say. Hidden ones are not listed.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn left_out(&self) -> Result<Vec<LeftOut>, FolderError> {
        scan::left_out(&self.root, &Rules::new(&self.root))
            .map_err(|why| self.fail(&self.root, why))
    }

    /// Opens a folder, which must exist, and keeps others out of it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Busy`] while another one is open; [`FolderError::Io`].
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, FolderError> {
        Self::open_on(root.into(), Disk { syncs: true })
    }

    /// As [`open`](Self::open), and does not wait for the disk. For a new folder, which [`sync_all`](Self::sync_all)
    /// makes durable in the end.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub fn open_unsynced(root: impl Into<PathBuf>) -> Result<Self, FolderError> {
        // Only Linux can make everything durable at once.
        Self::open_on(root.into(), Disk { syncs: !cfg!(target_os = "linux") })
    }

    fn open_on(root: PathBuf, disk: Disk) -> Result<Self, FolderError> {
        let lock = own::open(&root)?;
        let (objects, history) = (Objects::new(&root, disk), History::new(&root, disk));
        let rules = Mutex::new(Rules::new(&root));
        Ok(Self {
            root,
            disk,
            objects,
            history,
            rules,
            has_news: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Waits until the disk has everything that was written.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn sync_all(&self) -> Result<(), FolderError> {
        let done = self.objects.write_pending();
        let done = if self.disk.syncs {
            done
        } else {
            done.and_then(|()| disk::file_systems([self.root.as_path()]))
        };
        done.map_err(|why| self.fail(&self.root, why))
    }

    /// Replaces one of the folder's own files, in `.qc`, whole or not at all.
    pub(crate) fn write_own(&self, file: &str, content: &[u8]) -> io::Result<()> {
        self.disk.write(&self.root.join(OWN).join(file), content)
    }

    /// Returns where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns how much history it keeps.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn history_limits(&self) -> Result<HistoryLimits, FolderError> {
        self.history.limits().map_err(|why| self.fail(self.history.folder(), why))
    }

    /// Sets how much history it keeps, and forgets what is over it.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`] or [`FolderError::Snapshot`].
    pub fn set_history_limits(&self, limits: HistoryLimits) -> Result<(), FolderError> {
        self.history.set_limits(limits).map_err(|why| self.fail(self.history.folder(), why))?;
        self.objects.write_pending().map_err(self.fail_own())?;
        let base = Snapshot::read(&self.root)?.map(|snapshot| snapshot.files);
        self.forget(&base.unwrap_or_default())
    }

    /// Returns what each file that is in step with the cloud says.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`] when the folder itself cannot be listed.
    pub fn tree(&self) -> Result<Tree, FolderError> {
        Ok(tree(&self.scan()?.files))
    }

    /// Returns what a file says now. None if it is not there or is no text.
    #[must_use]
    pub fn text(&self, name: &FileName, file: &LocalFile) -> Option<String> {
        let content = read_unlinked(&self.root.join(file.path(name))).ok()?;
        String::from_utf8(content).ok()
    }

    /// Returns a text that was kept. None if it was not, or is damaged.
    #[must_use]
    pub fn kept_text(&self, version: &Version) -> Option<String> {
        self.objects.read(version.object)
    }

    /// Returns the operations that are still kept, oldest first.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn history(&self) -> Result<Vec<Operation>, FolderError> {
        self.history.read().map_err(|why| self.fail(self.history.folder(), why))
    }

    /// Forgets the operations that are over the limits, and the texts that nothing needs any more.
    fn forget(&self, base: &Base) -> Result<(), FolderError> {
        let forget = || {
            let operations = self.history.prune(base, &self.objects)?;
            let wanted = operations.iter().flat_map(Operation::kept).chain(base.values().copied());
            let wanted: BTreeSet<ObjectId> = wanted.map(|version| version.object).collect();
            self.objects.retain(&wanted)
        };
        forget().map_err(self.fail_own())
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, path: &Path, why: io::Error) -> FolderError {
        FolderError::Io { path: path.to_owned(), why }
    }

    fn fail_own(&self) -> impl Fn(io::Error) -> FolderError {
        |why| self.fail(&self.root.join(OWN), why)
    }
}

impl Local for Folder {
    /// Reads every file that is in step with the cloud: of the service's types, not hidden, not ignored. Removes
    /// temporary files that a killed run has left. A file that cannot be used is in [`Scan::refused`].
    fn scan(&self) -> Result<Scan, FolderError> {
        let mut rules = self.rules();
        *rules = Rules::new(&self.root);
        scan::scan(&self.root, &rules)
    }

    fn unsynced(&self, name: &FileName) -> Option<Unsynced> {
        self.rules().unsynced(name)
    }

    fn text(&self, name: &FileName, file: &LocalFile) -> Option<String> {
        self.text(name, file)
    }

    fn base(&self, project: ProjectId) -> Result<Base, FolderError> {
        match Snapshot::read(&self.root)? {
            Some(snapshot) if snapshot.project == project => Ok(snapshot.files),
            None => Ok(Base::new()),
            Some(Snapshot { project: found, .. }) => {
                let path = self.root.clone();
                Err(FolderError::OtherProject { path, found, asked: project })
            }
        }
    }

    fn object(&self, id: ObjectId) -> Option<String> {
        self.objects.read(id)
    }

    fn has_object(&self, id: ObjectId) -> bool {
        self.objects.has(id)
    }

    /// Keeps a text. It is durable once the next operation or base is, or what is written next.
    fn keep_object(&self, text: &str) -> Result<(), FolderError> {
        self.has_news.store(true, Ordering::Relaxed);
        self.objects.keep(text).map_err(self.fail_own())
    }

    fn record(&self, operation: Operation) -> Result<(), FolderError> {
        self.has_news.store(true, Ordering::Relaxed);
        let record = || {
            self.objects.write_pending()?;
            self.history.add(operation)
        };
        record().map_err(self.fail_own())
    }

    fn history(&self) -> Result<Vec<Operation>, FolderError> {
        self.history()
    }

    fn apply(&self, writes: &[Write], scan: &Scan, observer: &dyn Observer) -> Vec<Refused> {
        if let Err(why) = self.objects.write_pending() {
            let why = format!("what it replaces cannot be kept: {why}");
            let refuse = |write: &Write| Refused::failed(write.name().as_str(), &*why);
            return writes.iter().map(refuse).collect();
        }
        let rules = Rules::new(&self.root);
        Batch::new(&self.root, self.disk, &rules, scan).apply(writes, observer)
    }

    fn keep_base(&self, project: ProjectId, base: &Base) -> Result<(), FolderError> {
        self.objects.write_pending().map_err(self.fail_own())?;
        let is_new = Snapshot::write(&self.root, self.disk, project, base)?;
        // The history may be long, and a command that did nothing need not read it.
        if self.has_news.swap(false, Ordering::Relaxed) || is_new {
            self.forget(base)
        } else {
            Ok(())
        }
    }

    fn id(&self) -> Result<String, FolderError> {
        own::id(&self.root, self.disk)
    }
}
