//! Texts that can be had back: `.qc/objects`, one file for each content, named by its hash.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tempfile::TempPath;

use super::{
    OWN,
    disk::{self, Disk},
    plain::read_unlinked,
};
use crate::ObjectId;

const FOLDER: &str = "objects";

/// The texts of one folder.
#[derive(Debug)]
pub(super) struct Objects {
    folder: PathBuf,
    disk: Disk,
    /// Written, and not yet durable. Many are made durable at once, and only then get their names.
    pending: Mutex<BTreeMap<ObjectId, TempPath>>,
}

impl Objects {
    pub(super) fn new(root: &Path, disk: Disk) -> Self {
        Self { folder: root.join(OWN).join(FOLDER), disk, pending: Mutex::default() }
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<ObjectId, TempPath>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, id: ObjectId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Returns a text. None if it was not kept or is damaged.
    pub(super) fn read(&self, id: ObjectId) -> Option<String> {
        let content = match self.pending().get(&id) {
            Some(path) => read_unlinked(path),
            None => read_unlinked(&self.path(id)),
        };
        let content = content.ok().filter(|content| ObjectId::of(content) == id)?;
        String::from_utf8(content).ok()
    }

    /// Returns whether a text was kept, without looking for damage.
    pub(super) fn has(&self, id: ObjectId) -> bool {
        self.pending().contains_key(&id)
            || fs::symlink_metadata(self.path(id)).is_ok_and(|metadata| metadata.is_file())
    }

    /// Writes a text, which [`settle`](Self::settle) makes durable.
    pub(super) fn keep(&self, text: &str) -> io::Result<()> {
        let id = ObjectId::of(text.as_bytes());
        if self.read(id).is_some() {
            return Ok(());
        }
        disk::make_folder(&self.folder)?;
        if !self.disk.syncs {
            // Nobody reads a folder that is still being made, so the text gets its name at once.
            return fs::write(self.path(id), text);
        }
        let mut file = disk::temporary(&self.folder)?;
        file.write_all(text.as_bytes())?;
        self.disk.written(file.as_file())?;
        self.pending().insert(id, file.into_temp_path());
        Ok(())
    }

    /// Makes durable what was kept.
    pub(super) fn settle(&self) -> io::Result<()> {
        let mut pending = self.pending();
        if pending.is_empty() {
            return Ok(());
        }
        let paths: Vec<&Path> = pending.values().map(|path| &**path).collect();
        self.disk.files(&paths)?;
        while let Some((id, path)) = pending.pop_first() {
            path.persist(self.path(id)).map_err(|error| error.error)?;
        }
        self.disk.folder(&self.folder)
    }

    /// Returns how many bytes each text has, by the text of its id.
    pub(super) fn sizes(&self) -> io::Result<BTreeMap<String, u64>> {
        let mut sizes = BTreeMap::new();
        for entry in self.entries()? {
            if let Ok(name) = entry.file_name().into_string() {
                sizes.insert(name, entry.metadata()?.len());
            }
        }
        Ok(sizes)
    }

    /// Removes all but these.
    pub(super) fn retain(&self, wanted: &BTreeSet<ObjectId>) -> io::Result<()> {
        let wanted: BTreeSet<String> = wanted.iter().map(ObjectId::to_string).collect();
        for entry in self.entries()? {
            let is_wanted = entry.file_name().to_str().is_some_and(|name| wanted.contains(name));
            if !is_wanted && !entry.file_type()?.is_dir() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn entries(&self) -> io::Result<Vec<fs::DirEntry>> {
        match fs::read_dir(&self.folder) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            entries => entries?.collect(),
        }
    }
}
