//! Names in composed form (NFC), and how the disk and the cloud spell them: a Mac may give `é` back as `e` and an accent.
//! Both are one name; the cloud's spelling stays.

use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

use qc_proto::FileName;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::local::LocalFiles;

/// Returns the text in composed form.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// Gives files here, whose names are composed, the spelling that the base or the cloud has for them.
pub(crate) fn respell<'a>(files: &mut LocalFiles, known: impl Iterator<Item = &'a FileName>) {
    for name in known {
        let composed = composed(name.as_str());
        if composed == name.as_str() {
            continue;
        }
        let Ok(here) = FileName::new(composed) else { continue };
        if !files.contains_key(name)
            && let Some(mut file) = files.remove(&here)
        {
            file.path.get_or_insert_with(|| here.as_str().to_owned());
            files.insert(name.clone(), file);
        }
    }
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
