//! A folder in memory, whose process can be killed between any two things that it does to its disk.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    io,
};

use qc_files::ProjectId;
use qc_proto::FileName;

use crate::{
    cloud::pull::Write,
    folder::{FolderError, Refused, portable::System, rules::Unsynced, scan::Scan},
    history::Operation,
    local::{Base, Local, LocalFile},
    observer::Observer,
    plan::version::ObjectId,
};

#[derive(Debug, Default)]
pub(crate) struct MemoryFolder {
    pub(crate) id: String,
    pub(crate) files: RefCell<BTreeMap<FileName, String>>,
    base: RefCell<Base>,
    objects: RefCell<BTreeMap<ObjectId, String>>,
    history: RefCell<Vec<Operation>>,
    /// How much the process does until it is killed.
    pub(crate) fuse: Cell<Option<u32>>,
    pub(crate) system: System,
}

impl MemoryFolder {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// Whether the process was killed and waits to be cleared away.
    pub(crate) fn is_dead(&self) -> bool {
        self.fuse.get() == Some(0)
    }

    fn burn_fuse(&self) -> Result<(), FolderError> {
        match self.fuse.get() {
            None => Ok(()),
            Some(left) if left > 1 => {
                self.fuse.set(Some(left - 1));
                Ok(())
            }
            Some(_) => {
                self.fuse.set(Some(0));
                Err(FolderError::Io { path: "dead".into(), why: io::Error::other("killed") })
            }
        }
    }

    /// Every text that is in a file, in the base or in the history.
    pub(crate) fn texts(&self) -> BTreeSet<String> {
        let history = self.history.borrow();
        let replaced = history.iter().flat_map(|done| done.here.iter().chain(&done.cloud));
        let versions = replaced.flat_map(|file| [file.before, file.after]).flatten();
        let base = self.base.borrow();
        let kept = versions.chain(base.values().copied()).map(|version| version.object);
        let objects = self.objects.borrow();
        let kept = kept.filter_map(|id| objects.get(&id).cloned());
        kept.chain(self.files.borrow().values().cloned()).collect()
    }
}

impl Local for MemoryFolder {
    fn scan(&self) -> Result<Scan, FolderError> {
        let mut scan = Scan::empty(self.system);
        for (name, text) in &*self.files.borrow() {
            scan.files.insert(name.clone(), LocalFile::new(text));
        }
        Ok(scan)
    }

    fn unsynced(&self, _name: &FileName) -> Option<Unsynced> {
        None
    }

    fn text(&self, name: &FileName, file: &LocalFile) -> Option<String> {
        let path = FileName::new(file.path(name)).ok()?;
        self.files.borrow().get(&path).cloned()
    }

    fn base(&self, _project: ProjectId) -> Result<Base, FolderError> {
        Ok(self.base.borrow().clone())
    }

    fn object(&self, id: ObjectId) -> Option<String> {
        self.objects.borrow().get(&id).cloned()
    }

    fn keep_object(&self, text: &str) -> Result<(), FolderError> {
        self.burn_fuse()?;
        self.objects.borrow_mut().insert(ObjectId::of(text.as_bytes()), text.to_owned());
        Ok(())
    }

    fn record(&self, operation: Operation) -> Result<(), FolderError> {
        self.burn_fuse()?;
        self.history.borrow_mut().push(operation);
        Ok(())
    }

    fn history(&self) -> Result<Vec<Operation>, FolderError> {
        Ok(self.history.borrow().clone())
    }

    fn apply(&self, writes: &[Write], scan: &Scan, _observer: &dyn Observer) -> Vec<Refused> {
        let mut refused = Vec::new();
        for write in writes {
            let gone = match write {
                Write::Rename { from, .. } => Some(from),
                Write::Put { .. } => None,
                Write::Remove(name) => Some(name),
            };
            let come = match write {
                Write::Rename { to: name, content, .. } | Write::Put { name, content } => {
                    Some((name, content.text()))
                }
                Write::Remove(_) => None,
            };
            let is_as_scanned = |name: &FileName| {
                let now = self.files.borrow().get(name).map(|text| ObjectId::of(text.as_bytes()));
                now == scan.files.get(name).map(|file| file.version.object)
            };
            let names = gone.into_iter().chain(come.as_ref().map(|(name, _)| *name));
            if !names.clone().all(is_as_scanned) || self.burn_fuse().is_err() {
                refused.push(Refused::failed(write.name().as_str(), "changed"));
                continue;
            }
            if let Some((name, text)) = come {
                self.files.borrow_mut().insert(name.clone(), text);
            }
            if let Some(name) = gone.filter(|_| self.burn_fuse().is_ok()) {
                self.files.borrow_mut().remove(name);
            }
        }
        refused
    }

    fn keep_base(&self, _project: ProjectId, base: &Base) -> Result<(), FolderError> {
        self.burn_fuse()?;
        *self.base.borrow_mut() = base.clone();
        Ok(())
    }

    fn id(&self) -> Result<String, FolderError> {
        Ok(self.id.clone())
    }
}
