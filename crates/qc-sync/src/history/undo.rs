//! Having back what was replaced and removed here.

mod restore;

use std::collections::BTreeMap;

use qc_proto::{FileName, ProjectId};

pub use crate::history::undo::restore::{Restored, Source};
use crate::{
    cloud::pull::Write,
    error::SyncError,
    folder::{Folder, Refused, scan::Scan, spelling::respell},
    history::{Operation, Replaced},
    local::{Local, unchanged_text},
    plan::version::{ObjectId, Version},
};

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The operation that was taken back.
    pub operation: Operation,
    /// The files that are again as they were before it, removed ones included.
    pub files: Vec<FileName>,
    /// The files that were left alone, and why.
    pub left: Vec<Refused>,
}

/// The way back for the files of a folder: what commands replaced and removed here can be had again.
#[derive(Clone, Copy, Debug)]
pub struct LocalHistory<'a> {
    local: &'a dyn Local,
    project: ProjectId,
    now: u64,
}

impl<'a> LocalHistory<'a> {
    /// The history of a folder that is in step with this project; `now` is the present time, in seconds since the Unix
    /// epoch.
    #[must_use]
    pub fn new(folder: &'a Folder, project: ProjectId, now: u64) -> Self {
        Self { local: folder, project, now }
    }

    /// Takes back what an operation did to files here. `None` is the newest one that did something here, be it an undo
    /// itself. A file that was changed since is left alone. The undo becomes an operation of its own.
    ///
    /// # Errors
    ///
    /// [`SyncError::UnknownOperation`], [`SyncError::NothingToUndo`] and [`SyncError::Folder`].
    pub fn undo(&self, id: Option<u64>) -> Result<Undone, SyncError> {
        let Self { local, project, now } = *self;
        let mut base = local.base(project)?;
        let operation = find(local.history()?, id)?;
        let names = operation.here.iter().map(|file| &file.name);
        let mut change = Replacement::new(*self, names)?;
        for Replaced { name, before, after } in &operation.here {
            let present = change.scan.files.get(name).map(|file| file.version.object);
            if change.scan.withholds(name) {
                change.leave(name, "it cannot be read");
            } else if present == object(*after) && present != object(*before) {
                change.replace(name, *before);
            } else if present != object(*before) {
                change.leave(name, "it was changed since");
            }
        }
        let base_before = |name: &FileName| (name.clone(), base.get(name).copied());
        let record = Operation {
            at: now,
            command: format!("undo {}", operation.id),
            base: change.replaced.iter().map(|file| base_before(&file.name)).collect(),
            ..Operation::default()
        };
        let (files, left) = change.carry_out(record)?;
        for (name, version) in &operation.base {
            if files.contains(name) {
                match version {
                    Some(version) => drop(base.insert(name.clone(), *version)),
                    None => drop(base.remove(name)),
                }
            }
        }
        if !files.is_empty() {
            local.keep_base(project, &base)?;
        }
        Ok(Undone { operation, files, left })
    }
}

/// Returns the operation of this number, or the newest that did something here.
fn find(history: Vec<Operation>, id: Option<u64>) -> Result<Operation, SyncError> {
    let mut newest_first = history.into_iter().rev();
    let Some(id) = id else {
        let found = newest_first.find(|operation| !operation.here.is_empty());
        return found.ok_or(SyncError::NothingToUndo { id });
    };
    let operation = newest_first
        .find(|operation| operation.id == id)
        .ok_or(SyncError::UnknownOperation { id })?;
    if operation.here.is_empty() {
        return Err(SyncError::NothingToUndo { id: Some(id) });
    }
    Ok(operation)
}

fn object(version: Option<Version>) -> Option<ObjectId> {
    version.map(|version| version.object)
}

/// Files here that get other contents, all of which can be had back.
struct Replacement<'a> {
    history: LocalHistory<'a>,
    scan: Scan,
    replaced: Vec<Replaced>,
    writes: Vec<Write>,
    left: BTreeMap<FileName, String>,
}

impl<'a> Replacement<'a> {
    /// Scans the folder. These names keep their spelling.
    fn new<'n>(
        history: LocalHistory<'a>,
        names: impl Iterator<Item = &'n FileName>,
    ) -> Result<Self, SyncError> {
        let mut scan = history.local.scan()?;
        respell(scan.system, &mut scan.files, names);
        Ok(Self { history, scan, replaced: Vec::new(), writes: Vec::new(), left: BTreeMap::new() })
    }

    fn leave(&mut self, name: &FileName, why: &str) {
        self.left.insert(name.clone(), why.to_owned());
    }

    /// Gives a file a content that was kept. None removes it.
    fn replace(&mut self, name: &FileName, version: Option<Version>) {
        let Some(version) = version else {
            let before = self.scan.files.get(name).map(|file| file.version);
            self.replaced.push(Replaced { name: name.clone(), before, after: None });
            self.writes.push(Write::Remove(name.clone()));
            return;
        };
        match self.history.local.object(version.object) {
            Some(text) => self.put(name, &text),
            None => self.leave(name, "its text was not kept"),
        }
    }

    /// Gives a file this content.
    fn put(&mut self, name: &FileName, text: &str) {
        let before = self.scan.files.get(name).map(|file| file.version);
        let after = Some(Version::of(text.as_bytes()));
        self.replaced.push(Replaced { name: name.clone(), before, after });
        self.writes.push(Write::Put { name: name.clone(), content: text.into() });
    }

    /// Keeps what is there, records the operation, and does it. Returns which files are done and which are left alone.
    fn carry_out(
        mut self,
        mut operation: Operation,
    ) -> Result<(Vec<FileName>, Vec<Refused>), SyncError> {
        let local = self.history.local;
        for (name, file) in &self.scan.files {
            if !self.replaced.iter().any(|replaced| replaced.name == *name) {
                continue;
            }
            match unchanged_text(local, name, file) {
                Some(text) => local.keep_object(&text)?,
                None => drop(self.left.insert(name.clone(), "it was changed meanwhile".to_owned())),
            }
        }
        self.replaced.retain(|file| !self.left.contains_key(&file.name));
        self.writes.retain(|write| !self.left.contains_key(write.name()));
        operation.base.retain(|(name, _)| !self.left.contains_key(name));
        operation.here = self.replaced;
        let mut left: Vec<Refused> =
            self.left.into_iter().map(|(name, why)| Refused::failed(name.as_str(), why)).collect();
        if operation.is_empty() {
            return Ok((Vec::new(), left));
        }
        local.record(operation)?;
        let refused = local.apply(&self.writes, &self.scan, &());
        let is_refused =
            |name: &FileName| refused.iter().any(|refused| refused.name == name.as_str());
        let names = self.writes.iter().map(Write::name);
        let done = names.filter(|name| !is_refused(name)).cloned().collect();
        left.extend(refused);
        left.sort_by(|a, b| a.name.cmp(&b.name));
        Ok((done, left))
    }
}
