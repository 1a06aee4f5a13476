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

/// The rules of one folder, with its ignore files read as they are needed. What was decided of the folders in it is kept:
/// each is asked for once for every file that it has.
#[derive(Debug)]
pub(crate) struct Rules {
    root: PathBuf,
    folders: RefCell<HashMap<PathBuf, Option<Unsynced>>>,
    ignores: RefCell<HashMap<PathBuf, Option<Gitignore>>>,
}

impl Rules {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folders: RefCell::default(), ignores: RefCell::default() }
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
        if let Some(known) = self.folders.borrow().get(folder) {
            return *known;
        }
        let decided = self.decide(folder);
        self.folders.borrow_mut().insert(folder.to_owned(), decided);
        decided
    }

    fn decide(&self, folder: &Path) -> Option<Unsynced> {
        // The root has neither.
        let (around, name) = (folder.parent()?, folder.file_name()?.to_string_lossy());
        self.unsynced_folder(around).or_else(|| {
            if name.starts_with('.') {
                Some(Unsynced::Hidden)
            } else if SKIPPED.contains(&&*name) {
                Some(Unsynced::Output)
            } else if self.root.join(folder).join("pyvenv.cfg").is_file() {
                Some(Unsynced::Environment)
            } else {
                self.is_ignored(folder, true).then_some(Unsynced::Ignored)
            }
        })
    }

    /// As git does it: the ignore file nearest to the path that has a word to say decides.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let mut ignores = self.ignores.borrow_mut();
        for folder in path.ancestors().skip(1) {
            if !ignores.contains_key(folder) {
                ignores.insert(folder.to_owned(), self.read(folder));
            }
            let Some(Some(ignore)) = ignores.get(folder) else { continue };
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
