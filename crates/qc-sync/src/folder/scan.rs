//! Reading the folder.

use std::{
    collections::BTreeSet,
    fs::{self, DirEntry, FileType},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use qc_proto::FileName;

use crate::{
    folder::{
        FolderError, Refused,
        disk::TEMPORARY,
        plain::{NOT_PLAIN, read_unlinked},
        portable::{Misfit, System, composed, misfit, slashed},
        rules::{Rules, Unsynced},
    },
    local::{LocalFile, LocalFiles},
};

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The files that are in step with the cloud.
    pub(crate) files: LocalFiles,
    /// The files that should be, and cannot.
    pub(crate) refused: Vec<Refused>,
    /// Their names, and those of folders, where the cloud could have files of the same.
    withheld: BTreeSet<FileName>,
    /// Whose disk it is on.
    pub(crate) system: System,
}

impl Scan {
    /// An empty folder on this system.
    pub(crate) fn empty(system: System) -> Self {
        Self { system, ..Self::default() }
    }

    /// Returns whether the folder holds no file that is or should be in step.
    pub(crate) fn found_nothing(&self) -> bool {
        self.files.is_empty() && self.refused.is_empty()
    }

    /// Returns whether a file of this name is there and cannot be used, or may be: that it is not in `files` does not
    /// mean that it is gone.
    pub(crate) fn withholds(&self, name: &FileName) -> bool {
        let name = composed(name.as_str());
        let is_within = |folder: &FileName| {
            let rest = name.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.withheld.iter().any(is_within)
    }

    /// Refuses a file or folder. `name` is what the cloud would call it, if it can have it at all.
    fn refuse(&mut self, shown: &str, name: Option<&FileName>, why: impl Into<String>) {
        self.refused.push(Refused::failed(shown, why));
        self.withheld.extend(name.cloned());
    }

    /// Refuses what can't be in step for what it is.
    fn leave_out(&mut self, shown: &str, name: Option<&FileName>, why: &str) {
        self.refused.push(Refused::lasting(shown, why));
        self.withheld.extend(name.cloned());
    }
}

pub(super) fn scan(root: &Path, rules: &Rules, system: System) -> Result<Scan, FolderError> {
    let fail = |why| FolderError::Io { path: root.to_owned(), why };
    if let Some(why) = rules.ignore_fault(Path::new("")) {
        return Err(fail(io::Error::other(why)));
    }
    let mut walk = Walk { root, rules, scan: Scan::empty(system) };
    walk.read_folder(Path::new("")).map_err(fail)?;
    let mut scan = walk.scan;
    scan.refused.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scan)
}

/// A scan that is under way.
struct Walk<'a> {
    root: &'a Path,
    rules: &'a Rules,
    scan: Scan,
}

/// Something in a folder.
struct Found<'a> {
    /// Its path below the root.
    path: &'a Path,
    /// The same with slashes.
    spelled: &'a str,
    /// The same in composed form.
    shown: &'a str,
    /// What the cloud would call it, if it can have it at all.
    name: Option<FileName>,
}

impl Walk<'_> {
    /// Reads what is in a folder. Fails if the folder itself cannot be listed.
    fn read_folder(&mut self, folder: &Path) -> io::Result<()> {
        let entries: io::Result<Vec<DirEntry>> = fs::read_dir(self.root.join(folder))?.collect();
        let mut entries: Vec<(bool, DirEntry)> = entries?
            .into_iter()
            .map(|entry| {
                let name = entry.file_name();
                (name.to_str().is_none_or(|name| composed(name) != name), entry)
            })
            .collect();
        // Of two names that are equal in composed form, the one that is composed comes first.
        entries.sort_by_key(|(is_decomposed, entry)| (*is_decomposed, entry.file_name()));
        for (_, entry) in entries {
            let path = folder.join(entry.file_name());
            let spelled = slashed(&path);
            let shown = composed(&spelled);
            let name = FileName::new(&*shown).ok().filter(|_| path.to_str().is_some());
            let found = Found { path: &path, spelled: &spelled, shown: &shown, name };
            // The kind is that of the entry itself: a link is not followed.
            let read = match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.read_inner_folder(&found),
                Ok(kind) => self.read_file(&found, kind),
                Err(why) => Err(why),
            };
            match read {
                Err(why) if why.kind() != ErrorKind::NotFound => {
                    let why = format!("it cannot be read: {why}");
                    self.scan.refuse(found.shown, found.name.as_ref(), why);
                }
                // It was removed while we looked.
                _ => {}
            }
        }
        Ok(())
    }

    fn read_inner_folder(&mut self, found: &Found<'_>) -> io::Result<()> {
        let ruled = Path::new(found.shown);
        if self.rules.unsynced_folder(ruled).is_some() {
            return Ok(());
        }
        if let Some(why) = self.rules.ignore_fault(ruled) {
            self.scan.refuse(found.shown, found.name.as_ref(), why);
            return Ok(());
        }
        self.read_folder(found.path)
    }

    /// Reads what is no folder.
    fn read_file(&mut self, found: &Found<'_>, kind: FileType) -> io::Result<()> {
        let Found { spelled, shown, name, .. } = found;
        let (rules, scan) = (self.rules, &mut self.scan);
        let path = self.root.join(found.path);
        let own = path.file_name().unwrap_or_default().as_encoded_bytes();
        if kind.is_file() && own.starts_with(TEMPORARY.as_bytes()) {
            // Nobody is writing it: the folder is locked.
            return fs::remove_file(path);
        }
        let Some(name) = name else {
            // Only what would be in step is worth a word.
            if shown.ends_with(".py") || shown.ends_with(".cs") {
                scan.leave_out(shown, None, "its name cannot be had in the cloud");
            }
            return Ok(());
        };
        let leads_to_folder = kind.is_symlink()
            && path.is_dir()
            && rules.unsynced_folder(Path::new(name.as_str())).is_none();
        if !leads_to_folder && rules.unsynced(name).is_some() {
            return Ok(());
        }
        let fault = if leads_to_folder {
            Some("it is a symbolic link to a folder; what is in there is left alone")
        } else if kind.is_symlink() {
            Some("it is a symbolic link")
        } else if !kind.is_file() {
            Some(NOT_PLAIN)
        } else if scan.files.contains_key(name) {
            Some("another file has this name in another spelling of its accents")
        } else {
            misfit(scan.system, name).map(Misfit::why)
        };
        if let Some(why) = fault {
            scan.leave_out(shown, Some(name), why);
            return Ok(());
        }
        let content = read_unlinked(&path)?;
        let Ok(text) = str::from_utf8(&content) else {
            scan.refuse(shown, Some(name), "it is not UTF-8");
            return Ok(());
        };
        if memchr::memchr(0, &content).is_some() {
            scan.refuse(
                shown,
                Some(name),
                "it holds NUL bytes, as a file that a power cut damaged",
            );
            return Ok(());
        }
        let path = (*spelled != name.as_str()).then(|| (*spelled).to_owned());
        scan.files.insert(name.clone(), LocalFile { path, ..LocalFile::new(text) });
        Ok(())
    }
}

/// A file or folder that is not in step, for what its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its path, relative to the folder. It may hold anything: escape it before it is shown.
    pub name: String,
    /// Why.
    pub why: Unsynced,
}

/// Lists what is not in step, folders as a whole. What is hidden and what belongs to `qc` is not listed.
pub(super) fn left_out(root: &Path, rules: &Rules) -> io::Result<Vec<LeftOut>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let relative = folder.join(entry.file_name());
            let shown = composed(&slashed(&relative)).into_owned();
            let is_folder = entry.file_type()?.is_dir();
            let why = if is_folder {
                rules.unsynced_folder(Path::new(&shown))
            } else {
                FileName::new(&*shown).ok().and_then(|name| rules.unsynced(&name))
            };
            match why {
                Some(Unsynced::Hidden) => {}
                Some(why) => {
                    let slash = if is_folder { "/" } else { "" };
                    found.push(LeftOut { name: format!("{shown}{slash}"), why });
                }
                None if is_folder => folders.push(relative),
                None => {}
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_folder_that_goes_while_we_look_is_gone_and_the_root_is_not() {
        let place = TempDir::new().unwrap();
        let root = place.path().join("no root");
        assert!(
            scan(&root, &Rules::new(&root), System::Linux).is_err(),
            "a disk that is not there is no empty folder"
        );
    }
}
