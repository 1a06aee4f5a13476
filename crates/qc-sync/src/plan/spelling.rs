//! Names that are spelled otherwise and are one name.
//!
//! A Mac may give `é` back as `e` and an accent. Both are one name; the cloud's spelling stays.

use qc_proto::FileName;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::local::LocalFiles;

/// Returns the name in the composed form (NFC). None if it has it already.
pub(crate) fn composed(name: &str) -> Option<String> {
    if name.is_ascii() || is_nfc_quick(name.chars()) == IsNormalized::Yes {
        return None;
    }
    let composed: String = name.nfc().collect();
    (composed != name).then_some(composed)
}

/// Gives files here, whose names are composed, the spelling that the base or the cloud has for them.
pub(crate) fn respell<'a>(files: &mut LocalFiles, known: impl Iterator<Item = &'a FileName>) {
    for name in known {
        let Some(composed) = composed(name.as_str()) else { continue };
        let Ok(here) = FileName::new(composed) else { continue };
        if !files.contains_key(name)
            && let Some(mut file) = files.remove(&here)
        {
            file.path.get_or_insert_with(|| here.as_str().to_owned());
            files.insert(name.clone(), file);
        }
    }
}
