//! What commands did: `.qc/history`, one file for each operation, named by its number.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    folder::{OWN, disk, disk::Disk, objects::Objects, plain::read_unlinked},
    history::{HistoryLimits, Operation},
    local::Base,
    plan::version::ObjectId,
};

const FOLDER: &str = "history";
const LIMITS: &str = "limits.json";
const SECONDS_A_DAY: u64 = 24 * 60 * 60;
const BYTES_A_MEGABYTE: u64 = 1_000_000;

/// The history of one folder.
#[derive(Debug)]
pub(super) struct History {
    folder: PathBuf,
    disk: Disk,
}

impl History {
    pub(super) fn new(root: &Path, disk: Disk) -> Self {
        Self { folder: root.join(OWN).join(FOLDER), disk }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id:08}.json"))
    }

    /// Returns the number of each operation, in order.
    fn ids(&self) -> io::Result<BTreeSet<u64>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries?,
        };
        let mut ids = BTreeSet::new();
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".json"));
            if let Some(id) = number.and_then(|number| number.parse().ok())
                && self.path(id).file_name() == Some(&name)
            {
                ids.insert(id);
            }
        }
        Ok(ids)
    }

    /// Adds an operation, durably.
    pub(super) fn add(&self, mut operation: Operation) -> io::Result<()> {
        disk::make_folder(&self.folder)?;
        operation.id = self.ids()?.last().map_or(1, |id| id.saturating_add(1));
        let mut text = serde_json::to_vec_pretty(&operation)?;
        text.push(b'\n');
        self.disk.write(&self.path(operation.id), &text)?;
        // The folder of the history may be new itself.
        self.disk.folder(self.folder.parent().unwrap_or(&self.folder))
    }

    /// Returns the operations, oldest first. Passes over damaged ones, from which nothing can be had back.
    pub(super) fn read(&self) -> io::Result<Vec<Operation>> {
        let mut operations = Vec::new();
        for id in self.ids()? {
            let text = read_unlinked(&self.path(id))?;
            if let Ok(operation) = serde_json::from_slice::<Operation>(&text) {
                operations.push(Operation { id, ..operation });
            }
        }
        Ok(operations)
    }

    pub(super) fn limits(&self) -> io::Result<HistoryLimits> {
        match read_unlinked(&self.folder.join(LIMITS)) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(HistoryLimits::default()),
            text => Ok(serde_json::from_slice(&text?)?),
        }
    }

    pub(super) fn set_limits(&self, limits: HistoryLimits) -> io::Result<()> {
        disk::make_folder(&self.folder)?;
        self.disk.write(&self.folder.join(LIMITS), &serde_json::to_vec_pretty(&limits)?)
    }

    /// Forgets what the limits say, but never the newest operation. Returns the operations that stay.
    pub(super) fn prune(&self, base: &Base, objects: &Objects) -> io::Result<Vec<Operation>> {
        let mut operations = self.read()?;
        // Limits that cannot be read forget nothing.
        let Ok(limits) = self.limits() else { return Ok(operations) };
        let stay = stay(&operations, limits, base, &objects.sizes()?);
        for operation in operations.drain(..operations.len() - stay) {
            fs::remove_file(self.path(operation.id))?;
        }
        Ok(operations)
    }
}

/// Returns how many of the newest operations stay.
fn stay(
    operations: &[Operation],
    limits: HistoryLimits,
    base: &Base,
    sizes: &BTreeMap<ObjectId, u64>,
) -> usize {
    let Some(newest) = operations.last() else { return 0 };
    let age = limits.days.saturating_mul(SECONDS_A_DAY);
    let room = limits.megabytes.saturating_mul(BYTES_A_MEGABYTE);
    let mut counted: BTreeSet<ObjectId> = base.values().map(|version| version.object).collect();
    let mut bytes = 0_u64;
    for (newer, operation) in operations.iter().rev().enumerate() {
        for version in operation.kept() {
            if counted.insert(version.object) {
                let size = sizes.get(&version.object).copied().unwrap_or(0);
                bytes = bytes.saturating_add(size);
            }
        }
        let is_old = newest.at.saturating_sub(operation.at) > age;
        if newer > 0 && (is_old || bytes > room) {
            return newer;
        }
    }
    operations.len()
}
