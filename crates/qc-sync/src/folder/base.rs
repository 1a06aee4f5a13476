//! What was last in step: `.qc/base.json`.

use std::{fs, io, path::Path};

use qc_proto::{FileName, ProjectId};
use serde::{Deserialize, Serialize};

use crate::{
    folder::{FolderError, OWN, disk::Disk, plain::read_unlinked},
    local::Base,
};

const FILE: &str = "base.json";
/// The version of the form. Other versions are not read.
const VERSION: u32 = 2;

/// Returns the names of the files that a folder and its project had when they were last in step. Empty if that is not known.
/// Does not wait for another program that is at work in the folder.
#[must_use]
pub fn names_in_step(root: &Path, project: ProjectId) -> Vec<FileName> {
    match Snapshot::read(root) {
        Ok(Some(snapshot)) if snapshot.project == project => snapshot.files.into_keys().collect(),
        _ => Vec::new(),
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Snapshot {
    version: u32,
    pub(super) project: ProjectId,
    pub(super) files: Base,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Snapshot {
    /// Reads the base. None if there is none yet.
    pub(super) fn read(root: &Path) -> Result<Option<Self>, FolderError> {
        let path = root.join(OWN).join(FILE);
        let text = match read_unlinked(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(FolderError::Io { path, why }),
        };
        let damaged = |why| FolderError::Snapshot { path: path.clone(), why };
        let parsed = |why: serde_json::Error| damaged(why.to_string());
        let Versioned { version } = serde_json::from_slice(&text).map_err(parsed)?;
        if version != VERSION {
            return Err(damaged(format!("its version is {version}, and this qc knows {VERSION}")));
        }
        serde_json::from_slice(&text).map(Some).map_err(parsed)
    }

    /// Writes the base. Returns false if it is there already.
    pub(super) fn write(
        root: &Path,
        disk: Disk,
        project: ProjectId,
        base: &Base,
    ) -> Result<bool, FolderError> {
        let path = root.join(OWN).join(FILE);
        let write = || -> io::Result<bool> {
            let snapshot = Self { version: VERSION, project, files: base.clone() };
            let mut text = serde_json::to_vec_pretty(&snapshot)?;
            text.push(b'\n');
            // A command that has nothing to do need not wait for the disk.
            if read_unlinked(&path).is_ok_and(|kept| kept == text) {
                return Ok(false);
            }
            disk.write(&path, &text)?;
            Ok(true)
        };
        write().map_err(|why| FolderError::Io { path: path.clone(), why })
    }

    /// Removes the base, if there is one.
    pub(super) fn remove(root: &Path) -> Result<(), FolderError> {
        let path = root.join(OWN).join(FILE);
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(FolderError::Io { path, why }),
            _ => Ok(()),
        }
    }
}
