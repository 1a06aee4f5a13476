//! Names in composed form (NFC), and how the disk spells them: a Mac may have decomposed them.

use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

use crate::plan::spelling;

/// Returns the text in composed form.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    spelling::composed(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Returns where a path below the root is on disk: each part as it is spelled there. A part that is not there is
/// spelled as it is asked for.
pub(super) fn on_disk(root: &Path, path: &Path) -> PathBuf {
    let mut place = root.to_owned();
    for part in path.components() {
        let spelled = match part.as_os_str().to_str() {
            Some(part) if !part.is_ascii() => spelled(&place, part),
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
fn spelled(folder: &Path, part: &str) -> Option<std::ffi::OsString> {
    if fs::symlink_metadata(folder.join(part)).is_ok() {
        return None;
    }
    let wanted = composed(part);
    let mut names: Vec<_> =
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
    names.sort();
    names.into_iter().find(|name| name.to_str().is_some_and(|name| composed(name) == wanted))
}
