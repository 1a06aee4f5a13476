//! The snapshot of what was last in step: `.qc/base.json`.

use std::{fs, io, io::Write as _, path::Path};

use qc_proto::ProjectId;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{FolderError, OWN};
use crate::Tree;

const FILE: &str = "base.json";
/// Of this form; another one is not read.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct Snapshot {
    version: u32,
    project: ProjectId,
    files: Tree,
}

impl Snapshot {
    pub(super) fn read(root: &Path, asked: ProjectId) -> Result<Tree, FolderError> {
        let path = root.join(OWN).join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Tree::new()),
            Err(why) => return Err(FolderError::Io { path, why }),
        };
        let snapshot: Self = serde_json::from_slice(&text)
            .map_err(|why| FolderError::Snapshot { path: path.clone(), why: why.to_string() })?;
        if snapshot.version != VERSION {
            let why = format!("its version is {}, and this qc knows {VERSION}", snapshot.version);
            return Err(FolderError::Snapshot { path, why });
        }
        if snapshot.project != asked {
            let found = snapshot.project;
            return Err(FolderError::OtherProject { path: root.to_owned(), found, asked });
        }
        Ok(snapshot.files)
    }

    pub(super) fn write(root: &Path, project: ProjectId, base: &Tree) -> Result<(), FolderError> {
        let own = root.join(OWN);
        let path = own.join(FILE);
        let write = || -> io::Result<()> {
            let snapshot = Self { version: VERSION, project, files: base.clone() };
            let mut text = serde_json::to_vec_pretty(&snapshot)?;
            text.push(b'\n');
            // To wait for the disk is what a command with nothing to do would take longest for.
            if fs::read(&path).is_ok_and(|kept| kept == text) {
                return Ok(());
            }
            let mut file = NamedTempFile::new_in(&own)?;
            file.write_all(&text)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|why| FolderError::Io { path: path.clone(), why })
    }
}
