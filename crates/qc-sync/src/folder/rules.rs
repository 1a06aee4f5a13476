//! Which files are in step with the cloud: decided by name, and the same for names here and names there.
//!
//! Were it not the same, a file that one side shows and the other hides would look deleted.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use qc_proto::FileName;

/// The service's types of files.
const TYPES: [&str; 5] = ["py", "cs", "ipynb", "html", "css"];

/// Folders that the official command line tool leaves alone.
const SKIPPED: [&str; 8] =
    ["bin", "obj", "__pycache__", "backtests", "live", "optimizations", "storage", "report"];

/// Files that say what to ignore, the later one over the former.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".qcignore"];

/// Why a file is not in step with the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsynced {
    /// It is none of the types that the service takes.
    Type,
    /// It, or a folder that it is in, is hidden.
    Hidden,
    /// It is in a folder of output, such as `backtests`.
    Output,
    /// It is in a virtual environment.
    Environment,
    /// `.gitignore` or `.qcignore` say so.
    Ignored,
}

impl fmt::Display for Unsynced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "it is none of .py .cs .ipynb .html .css",
            Self::Hidden => "it is hidden, or in a hidden folder",
            Self::Output => "it is in a folder of output",
            Self::Environment => "it is in a virtual environment",
            Self::Ignored => "it is ignored by .gitignore or .qcignore",
        })
    }
}

/// The rules of one folder, with its ignore files read as they are needed.
#[derive(Debug)]
pub(crate) struct Rules {
    root: PathBuf,
    ignores: RefCell<HashMap<PathBuf, Option<Gitignore>>>,
}

impl Rules {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), ignores: RefCell::default() }
    }

    pub(crate) fn unsynced(&self, name: &FileName) -> Option<Unsynced> {
        let path = Path::new(name.as_str());
        let typed =
            path.extension().is_some_and(|extension| TYPES.iter().any(|known| extension == *known));
        let folder = path.parent().unwrap_or(Path::new(""));
        self.unsynced_folder(folder).or_else(|| {
            if name.as_str().rsplit('/').next().is_some_and(|last| last.starts_with('.')) {
                Some(Unsynced::Hidden)
            } else if !typed {
                Some(Unsynced::Type)
            } else {
                self.is_ignored(path, false).then_some(Unsynced::Ignored)
            }
        })
    }

    /// Why nothing in this folder, relative to the root, is in step.
    pub(super) fn unsynced_folder(&self, folder: &Path) -> Option<Unsynced> {
        let mut so_far = PathBuf::new();
        for part in folder.components() {
            so_far.push(part);
            let part = part.as_os_str().to_string_lossy();
            if part.starts_with('.') {
                return Some(Unsynced::Hidden);
            }
            if SKIPPED.contains(&&*part) {
                return Some(Unsynced::Output);
            }
            if self.root.join(&so_far).join("pyvenv.cfg").is_file() {
                return Some(Unsynced::Environment);
            }
            if self.is_ignored(&so_far, true) {
                return Some(Unsynced::Ignored);
            }
        }
        None
    }

    /// As git does it: the ignore file nearest to the path that has a word to say decides.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let mut ignores = self.ignores.borrow_mut();
        for folder in path.ancestors().skip(1) {
            let ignore = ignores.entry(folder.to_owned()).or_insert_with(|| self.read(folder));
            let Some(ignore) = ignore else { continue };
            let matched = ignore.matched(self.root.join(path), is_folder);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        false
    }

    fn read(&self, folder: &Path) -> Option<Gitignore> {
        let folder = self.root.join(folder);
        let mut builder = GitignoreBuilder::new(&folder);
        for file in IGNORE_FILES {
            // A line that means nothing is passed over, as git does.
            let _ = builder.add(folder.join(file));
        }
        builder.build().ok().filter(|ignore| !ignore.is_empty())
    }
}
