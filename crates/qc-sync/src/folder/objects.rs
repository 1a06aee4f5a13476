//! Texts that can be had back, by the hash of their content: `.qc/objects`.
//!
//! Few texts are one file each. Many that are kept at once are one file together, a [`Pack`]: a disk takes much longer
//! for many small files.

mod pack;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    folder::{OWN, disk, disk::Disk, objects::pack::Pack, plain::read_unlinked},
    plan::version::ObjectId,
};

const FOLDER: &str = "objects";

/// More texts than this are packed.
const FEW: usize = 4;

/// How many bytes wait in memory at most, but for the last text.
const WAITING: usize = 8_000_000;

/// The texts of one folder.
#[derive(Debug)]
pub(super) struct Objects {
    folder: PathBuf,
    disk: Disk,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Kept, and not written yet.
    pending: BTreeMap<ObjectId, String>,
    bytes: usize,
    /// None until they are asked for.
    packs: Option<Vec<Pack>>,
}

impl Objects {
    pub(super) fn new(root: &Path, disk: Disk) -> Self {
        Self { folder: root.join(OWN).join(FOLDER), disk, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, id: ObjectId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Returns a text. None if it was not kept or is damaged.
    pub(super) fn read(&self, id: ObjectId) -> Option<String> {
        self.state().read(self, id)
    }

    /// Returns whether a text was kept, without looking for damage.
    pub(super) fn has(&self, id: ObjectId) -> bool {
        let mut state = self.state();
        state.pending.contains_key(&id)
            || fs::symlink_metadata(self.path(id)).is_ok_and(|metadata| metadata.is_file())
            || state.packs(&self.folder).iter().any(|pack| pack.has(id))
    }

    /// Takes a text, which [`write_pending`](Self::write_pending) writes.
    pub(super) fn keep(&self, text: &str) -> io::Result<()> {
        let id = ObjectId::of(text.as_bytes());
        let mut state = self.state();
        if state.read(self, id).is_none() {
            state.bytes += text.len();
            state.pending.insert(id, text.to_owned());
            if state.bytes > WAITING {
                state.write_pending(self)?;
            }
        }
        Ok(())
    }

    /// Writes what was kept, durably.
    pub(super) fn write_pending(&self) -> io::Result<()> {
        self.state().write_pending(self)
    }

    /// Returns how many bytes each text has.
    pub(super) fn sizes(&self) -> io::Result<BTreeMap<ObjectId, u64>> {
        let mut state = self.state();
        let packed = state.packs(&self.folder).iter().flat_map(Pack::sizes);
        let mut sizes: BTreeMap<ObjectId, u64> = packed.collect();
        for (entry, id) in self.entries()? {
            if let Some(id) = id {
                sizes.insert(id, entry.metadata()?.len());
            }
        }
        Ok(sizes)
    }

    /// Removes all but these, and files of no use. Of a pack that is in use for the most part, nothing goes.
    pub(super) fn retain(&self, wanted: &BTreeSet<ObjectId>) -> io::Result<()> {
        let mut state = self.state();
        let mut used = BTreeSet::new();
        for pack in state.packs(&self.folder).to_vec() {
            if pack.is_mostly(wanted) {
                used.insert(pack.path);
                continue;
            }
            for (id, text) in wanted.iter().filter_map(|id| Some((*id, pack.read(*id)?))) {
                state.bytes += text.len();
                state.pending.insert(id, text);
            }
        }
        state.write_pending(self)?;
        let written = state.packs(&self.folder).iter().filter(|pack| pack.is_mostly(wanted));
        used.extend(written.map(|pack| pack.path.clone()));
        for (entry, id) in self.entries()? {
            let is_wanted = match id {
                Some(id) => wanted.contains(&id),
                None => used.contains(&entry.path()),
            };
            if !is_wanted && !entry.file_type()?.is_dir() {
                fs::remove_file(entry.path())?;
            }
        }
        state.packs = None;
        Ok(())
    }

    /// Returns what is in the folder; with an id, if it is the file of one text.
    fn entries(&self) -> io::Result<Vec<(fs::DirEntry, Option<ObjectId>)>> {
        let with_id = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let id = entry.file_name().to_str().and_then(ObjectId::parse);
            Ok((entry, id))
        };
        match fs::read_dir(&self.folder) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            entries => entries?.map(with_id).collect(),
        }
    }
}

impl State {
    fn packs(&mut self, folder: &Path) -> &[Pack] {
        self.packs.get_or_insert_with(|| Pack::all(folder))
    }

    fn read(&mut self, objects: &Objects, id: ObjectId) -> Option<String> {
        if let Some(text) = self.pending.get(&id) {
            return Some(text.clone());
        }
        let alone = || {
            let content = read_unlinked(&objects.path(id)).ok()?;
            String::from_utf8(content).ok().filter(|text| ObjectId::of(text.as_bytes()) == id)
        };
        alone().or_else(|| self.packs(&objects.folder).iter().find_map(|pack| pack.read(id)))
    }

    fn write_pending(&mut self, objects: &Objects) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        disk::make_folder(&objects.folder)?;
        if self.pending.len() > FEW {
            let pack = Pack::write(&objects.folder, objects.disk, &self.pending)?;
            if let Some(packs) = &mut self.packs {
                packs.push(pack);
            }
        } else {
            for (id, text) in &self.pending {
                objects.disk.write(&objects.path(*id), text.as_bytes())?;
            }
        }
        self.pending.clear();
        self.bytes = 0;
        Ok(())
    }
}
