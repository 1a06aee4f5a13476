//! What the base's files say: `.qc/originals`, a file for each content, named by its digest.
//!
//! Digests are enough to tell what was changed; a merge and a diff want the text as well. What is missing or damaged
//! here costs a merge its base, and nothing else.

use std::{
    collections::BTreeSet,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use qc_proto::FileName;
use tempfile::NamedTempFile;

use super::OWN;
use crate::{Digest, Tree};

const FOLDER: &str = "originals";

fn folder(root: &Path) -> PathBuf {
    root.join(OWN).join(FOLDER)
}

pub(super) fn read(root: &Path, digest: Digest) -> Option<String> {
    let bytes = fs::read(folder(root).join(digest.to_string())).ok()?;
    (Digest::of(&bytes) == digest).then(|| String::from_utf8(bytes).ok()).flatten()
}

/// Keeps what the base's files say, as far as `said` knows, and lets go of what none says any more.
pub(super) fn keep(
    root: &Path,
    base: &Tree,
    said: &dyn Fn(&FileName, Digest) -> Option<String>,
) -> io::Result<()> {
    let folder = folder(root);
    // Not with what is above it: a folder that has gone meanwhile does not come back as an empty one.
    match fs::create_dir(&folder) {
        Err(why) if why.kind() != io::ErrorKind::AlreadyExists => return Err(why),
        _ => {}
    }
    let mut kept = BTreeSet::new();
    for entry in fs::read_dir(&folder)? {
        kept.insert(entry?.file_name());
    }
    for (name, digest) in base {
        let path = folder.join(digest.to_string());
        if kept.contains(path.file_name().unwrap_or_default()) {
            continue;
        }
        let text = said(name, *digest);
        let Some(text) = text.filter(|text| Digest::of(text.as_bytes()) == *digest) else {
            continue;
        };
        let mut file = NamedTempFile::new_in(&folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path)?;
    }
    let wanted: BTreeSet<String> = base.values().map(Digest::to_string).collect();
    for name in kept {
        if name.to_str().is_none_or(|name| !wanted.contains(name)) {
            fs::remove_file(folder.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_folder_that_has_gone_does_not_come_back() {
        let place = TempDir::new().unwrap();
        let root = place.path().join("gone");
        assert!(keep(&root, &Tree::new(), &|_, _| None).is_err());
        assert!(!root.exists());
    }
}
