//! How the disk and the cloud spell a name: a Mac may give `é` back as `e` and an accent, and like Windows it has one file for
//! `A.py` and `a.py`. All spellings are one name; the cloud's stays.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use qc_proto::FileName;

use crate::{
    folder::portable::{System, composed},
    local::LocalFiles,
};

/// Gives files here, whose names are composed, the spelling that the base or the cloud has for them.
pub(crate) fn respell<'a>(
    system: System,
    files: &mut LocalFiles,
    known: impl Iterator<Item = &'a FileName>,
) {
    let known: BTreeSet<&FileName> = known.collect();
    let is_missing = |name: &&FileName| {
        !files.contains_key(*name)
            && (system.ignores_case() || composed(name.as_str()) != name.as_str())
    };
    let missing: Vec<&FileName> = known.iter().copied().filter(is_missing).collect();
    if missing.is_empty() {
        return;
    }
    // A file whose own name is known is that one.
    let mut here: HashMap<String, FileName> = (files.keys().filter(|name| !known.contains(name)))
        .map(|name| (system.key(name.as_str()).into_owned(), name.clone()))
        .collect();
    for name in missing {
        if let Some(spelled) = here.remove(&*system.key(name.as_str()))
            && let Some(mut file) = files.remove(&spelled)
        {
            file.path.get_or_insert_with(|| spelled.as_str().to_owned());
            files.insert(name.clone(), file);
        }
    }
}

/// Returns where a path below the root is on disk: each part as it is spelled there. A part that is not there is
/// spelled as it is asked for.
pub(super) fn on_disk(system: System, root: &Path, path: &Path) -> PathBuf {
    let mut place = root.to_owned();
    for part in path.components() {
        let spelled = match part.as_os_str().to_str() {
            Some(part) if system.ignores_case() || !part.is_ascii() => {
                spelled(system, &place, part)
            }
            _ => None,
        };
        match spelled {
            Some(spelled) => place.push(spelled),
            None => place.push(part),
        }
    }
    place
}

/// Returns how a folder spells the part otherwise. None if it has it in this spelling, or in none.
fn spelled(system: System, folder: &Path, part: &str) -> Option<std::ffi::OsString> {
    // A disk that ignores case finds every spelling.
    if !system.ignores_case() && fs::symlink_metadata(folder.join(part)).is_ok() {
        return None;
    }
    let wanted = system.key(part);
    let mut names: Vec<_> =
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    if names.iter().any(|name| name == part) {
        return None;
    }
    names.sort();
    names.into_iter().find(|name| name.to_str().is_some_and(|name| system.key(name) == wanted))
}
