//! Reading the folder.

use std::{collections::BTreeSet, fs, io::ErrorKind, path::Path};

use qc_proto::FileName;

use super::{FolderError, Refused, portable, rules::Rules, write::TEMPORARY};
use crate::{Contents, Digest, Tree};

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The files that are in step with the cloud.
    pub files: Contents,
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

pub(super) fn scan(root: &Path) -> Result<Scan, FolderError> {
    let (mut scan, mut files) = (Scan::default(), Contents::new());
    let mut keep = |name, text| drop(files.insert(name, text));
    walk(root, Path::new(""), &Rules::new(root), &mut scan, &mut keep)?;
    scan.files = files;
    scan.refused.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scan)
}

/// What the files say that a scan would find.
pub(super) fn tree(root: &Path) -> Result<Tree, FolderError> {
    let mut tree = Tree::new();
    let mut digest = |name, text: String| {
        tree.insert(name, Digest::of(text.as_bytes()));
    };
    walk(root, Path::new(""), &Rules::new(root), &mut Scan::default(), &mut digest)?;
    Ok(tree)
}

/// Gives each file that is in step to `found`; all else is noted in `scan`.
fn walk(
    root: &Path,
    folder: &Path,
    rules: &Rules,
    scan: &mut Scan,
    found: &mut dyn FnMut(FileName, String),
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
        let relative = folder.join(entry.file_name());
        // Of the entry itself: a link is not followed.
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            if rules.unsynced_folder(&relative).is_none() {
                walk(root, &relative, rules, scan, found)?;
            }
            continue;
        }
        if kind.is_file() && entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            // Nobody is writing it: the folder is ours alone.
            fs::remove_file(entry.path()).map_err(fail)?;
            continue;
        }
        let shown = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let name = match FileName::new(shown.clone()) {
            Ok(name) if relative.to_str().is_some() => name,
            _ => {
                // Only what would be in step is worth a word.
                if shown.ends_with(".py") || shown.ends_with(".cs") {
                    let why = "its name cannot be had in the cloud".to_owned();
                    scan.refused.push(Refused { name: shown, why });
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
            scan.refused.push(Refused { name: shown.clone(), why: why.to_owned() });
            scan.withheld.insert(name.clone());
        };
        if leads_to_folder {
            refuse("it is a symbolic link to a folder; what is in there is left alone");
        } else if kind.is_symlink() {
            refuse("it is a symbolic link");
        } else if let Some(why) = portable::fault(&name) {
            refuse(why);
        } else {
            match fs::read(entry.path()) {
                Ok(bytes) => match String::from_utf8(bytes) {
                    Ok(text) => found(name.clone(), text),
                    Err(_) => refuse("it is not UTF-8"),
                },
                // Removed while we looked.
                Err(why) if why.kind() == ErrorKind::NotFound => {}
                Err(why) => refuse(&format!("it cannot be read: {why}")),
            }
        }
    }
    Ok(())
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
        walk(place.path(), Path::new("gone"), &rules, &mut scan, &mut |_, _| {}).unwrap();
        assert_eq!(scan, Scan::default());
        let root = place.path().join("no root");
        assert!(super::scan(&root).is_err(), "a disk that is not there is no empty folder");
    }
}
