//! Reading the folder.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{MAIN_SEPARATOR, Path},
};

use qc_proto::FileName;

use super::{FolderError, Refused, portable, rules::Rules, seen::Reader, write::TEMPORARY};
use crate::LocalFiles;

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The files that are in step with the cloud.
    pub files: LocalFiles,
    /// The files that should be, and cannot.
    pub refused: Vec<Refused>,
    /// Their names, and those of folders, where the cloud could have files of the same.
    withheld: BTreeSet<FileName>,
}

impl Scan {
    /// Whether the folder holds no file that is or should be in step.
    #[must_use]
    pub fn found_nothing(&self) -> bool {
        self.files.is_empty() && self.refused.is_empty()
    }

    /// Whether a file of this name was there and could not be used, or may be: that it is not in `files` does not
    /// mean that it is gone.
    #[must_use]
    pub fn withholds(&self, name: &FileName) -> bool {
        let is_within = |folder: &FileName| {
            let rest = name.as_str().strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.withheld.iter().any(is_within)
    }
}

pub(super) fn scan(root: &Path, rules: &Rules) -> Result<Scan, FolderError> {
    let mut scan = Scan::default();
    let mut reader = Reader::new(root);
    walk(root, Path::new(""), rules, &mut scan, &mut reader)?;
    reader.keep();
    scan.refused.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scan)
}

fn walk(
    root: &Path,
    folder: &Path,
    rules: &Rules,
    scan: &mut Scan,
    reader: &mut Reader,
) -> Result<(), FolderError> {
    let path = root.join(folder);
    let fail = |why| FolderError::Io { path: path.clone(), why };
    let entries = match fs::read_dir(&path) {
        // Removed while we looked; the root itself is looked for in vain.
        Err(why) if why.kind() == ErrorKind::NotFound && folder != Path::new("") => return Ok(()),
        entries => entries.map_err(fail)?,
    };
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let file_name = entry.file_name();
        let relative = folder.join(&file_name);
        // Of the entry itself: a link is not followed.
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            if rules.unsynced_folder(&relative).is_none() {
                walk(root, &relative, rules, scan, reader)?;
            }
            continue;
        }
        if kind.is_file() && file_name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
            // Nobody is writing it: the folder is ours alone.
            fs::remove_file(entry.path()).map_err(fail)?;
            continue;
        }
        let shown = slashed(&relative);
        let name = match FileName::new(&*shown) {
            Ok(name) if relative.to_str().is_some() => name,
            _ => {
                // Only what would be in step is worth a word.
                if shown.ends_with(".py") || shown.ends_with(".cs") {
                    let why = "its name cannot be had in the cloud".to_owned();
                    scan.refused.push(Refused { name: shown.into_owned(), why });
                }
                continue;
            }
        };
        let leads_to_folder = kind.is_symlink()
            && entry.path().is_dir()
            && rules.unsynced_folder(&relative).is_none();
        if !leads_to_folder && rules.unsynced(&name).is_some() {
            continue;
        }
        let mut refuse = |why: &str| {
            scan.refused.push(Refused { name: name.as_str().to_owned(), why: why.to_owned() });
            scan.withheld.insert(name.clone());
        };
        if leads_to_folder {
            refuse("it is a symbolic link to a folder; what is in there is left alone");
        } else if kind.is_symlink() {
            refuse("it is a symbolic link");
        } else if let Some(why) = portable::fault(&name) {
            refuse(why);
        } else {
            let path = entry.path();
            let read = entry.metadata().and_then(|metadata| reader.read(&path, &name, &metadata));
            match read {
                Ok(Some(file)) => drop(scan.files.insert(name.clone(), file)),
                Ok(None) => refuse("it is not UTF-8"),
                // Removed while we looked.
                Err(why) if why.kind() == ErrorKind::NotFound => {}
                Err(why) => refuse(&format!("it cannot be read: {why}")),
            }
        }
    }
    Ok(())
}

/// A path as the cloud writes it.
fn slashed(path: &Path) -> Cow<'_, str> {
    let text = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' { text } else { text.replace(MAIN_SEPARATOR, "/").into() }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_folder_that_goes_while_we_look_is_gone_and_the_root_is_not() {
        let place = TempDir::new().unwrap();
        let rules = Rules::new(place.path());
        let mut scan = Scan::default();
        walk(place.path(), Path::new("gone"), &rules, &mut scan, &mut Reader::new(place.path()))
            .unwrap();
        assert_eq!(scan, Scan::default());
        let root = place.path().join("no root");
        assert!(
            super::scan(&root, &Rules::new(&root)).is_err(),
            "a disk that is not there is no empty folder"
        );
    }
}
