//! A folder to work in.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use qc_proto::{FileName, ProjectId};
use tempfile::TempDir;

use crate::{
    cloud::pull::Write,
    folder::{Folder, Refused, portable::slashed},
    local::Local as _,
    plan::version::Version,
};

pub(crate) struct Place {
    /// The folder lies in here, so that something beside it shows.
    pub(crate) outside: TempDir,
}

pub(crate) fn name(text: &str) -> FileName {
    FileName::new(text).unwrap()
}

pub(crate) fn project() -> ProjectId {
    ProjectId::new(1).unwrap()
}

pub(crate) fn version(text: &str) -> Version {
    Version::of(text.as_bytes())
}

pub(crate) fn put(file: &str, content: &str) -> Write {
    Write::Put { name: name(file), content: content.into() }
}

pub(crate) fn rename(from: &str, to: &str, content: &str) -> Write {
    Write::Rename { from: name(from), to: name(to), content: content.into() }
}

pub(crate) fn remove(file: &str) -> Write {
    Write::Remove(name(file))
}

pub(crate) fn names(refused: &[Refused]) -> Vec<&str> {
    refused.iter().map(|refused| refused.name.as_str()).collect()
}

impl Place {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let place = Self { outside: TempDir::new().unwrap() };
        fs::create_dir(place.root()).unwrap();
        for (file, text) in files {
            place.put(file, text);
        }
        place
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.outside.path().join("folder")
    }

    pub(crate) fn at(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::open(self.root()).unwrap()
    }

    pub(crate) fn put(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.at(file).parent().unwrap()).unwrap();
        fs::write(self.at(file), content).unwrap();
    }

    pub(crate) fn get(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.at(file)).ok()
    }

    /// Scans the folder and carries out writes.
    pub(crate) fn apply(&self, writes: &[Write]) -> Vec<Refused> {
        let folder = self.folder();
        folder.apply(writes, &folder.scan().unwrap(), &())
    }

    /// Every file in the folder, but what is the folder's own.
    pub(crate) fn files(&self) -> Vec<String> {
        files(&self.root()).filter(|file| !file.starts_with(".qc/")).collect()
    }

    /// Every file beside and in the folder, but what is the folder's own.
    pub(crate) fn all_files(&self) -> Vec<String> {
        files(self.outside.path()).filter(|file| !file.starts_with("folder/.qc/")).collect()
    }
}

/// Every file below, by its relative path.
fn files(root: &Path) -> impl Iterator<Item = String> {
    let mut files = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                files.insert(slashed(path.strip_prefix(root).unwrap()).into_owned());
            }
        }
    }
    files.into_iter()
}
