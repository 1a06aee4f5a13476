//! Which files are in step with the cloud: decided by name, and the same for names here and names there.
//!
//! Were it not the same, a file that one side shows and the other hides would look deleted.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use qc_proto::FileName;

use crate::folder::{
    OWN, libraries,
    plain::read_plain,
    portable::{System, composed},
    spelling::on_disk,
};

/// The service's types of files.
const TYPES: [&str; 5] = ["py", "cs", "ipynb", "html", "css"];

/// Folders that programs write to: those that the official command line tool leaves alone, and those of build tools.
const OUTPUT: [&str; 13] = [
    "bin",
    "obj",
    "__pycache__",
    "backtests",
    "live",
    "optimizations",
    "storage",
    "report",
    "node_modules",
    "build",
    "dist",
    "target",
    "site-packages",
];

/// Files that say what to ignore, the later one over the former.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".qcignore"];

/// What the names of folders in the cloud begin with that hold files about to be deleted there.
const SET_ASIDE: &str = "deleted-by-qc-";

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
    /// It is in a folder that belongs to another project.
    OtherProject,
    /// A push is about to delete it.
    Deleting,
    /// It is in the folder of libraries, which [`Folder::keep_libraries`](crate::Folder::keep_libraries) has made.
    Library,
}

impl fmt::Display for Unsynced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "it is none of .py .cs .ipynb .html .css",
            Self::Hidden => "it is hidden, or in a hidden folder",
            Self::Output => "it is in a folder of output",
            Self::Environment => "it is in a virtual environment",
            Self::Ignored => "it is ignored by .gitignore or .qcignore",
            Self::OtherProject => "it is in the folder of another project",
            Self::Deleting => "it is set aside to be deleted",
            Self::Library => "it is in the folder of the libraries",
        })
    }
}

/// The rules of one folder. They read its ignore files as they need them, and remember what they decided of folders.
///
/// All names are in composed form, as names in the cloud are.
#[derive(Debug)]
pub(crate) struct Rules {
    root: PathBuf,
    folders: RefCell<HashMap<PathBuf, Option<Unsynced>>>,
    ignores: RefCell<HashMap<PathBuf, Ignores>>,
}

/// What the ignore files of one folder say.
#[derive(Debug)]
struct Ignores {
    patterns: Option<Gitignore>,
    /// Why one of them cannot be read.
    fault: Option<String>,
}

impl Rules {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folders: RefCell::default(), ignores: RefCell::default() }
    }

    pub(crate) fn unsynced(&self, name: &FileName) -> Option<Unsynced> {
        let path = Path::new(name.as_str());
        let folder = path.parent().unwrap_or(Path::new(""));
        self.unsynced_folder(folder).or_else(|| {
            if name.as_str().rsplit('/').next().is_some_and(|last| last.starts_with('.')) {
                Some(Unsynced::Hidden)
            } else if !is_typed(path) {
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
            } else if OUTPUT.contains(&&*name) {
                Some(Unsynced::Output)
            } else if around == Path::new("") && name.starts_with(SET_ASIDE) {
                Some(Unsynced::Deleting)
            } else if folder == Path::new(libraries::FOLDER)
                && self.on_disk(folder).join(libraries::LIST).is_file()
            {
                Some(Unsynced::Library)
            } else if self.on_disk(folder).join("pyvenv.cfg").is_file() {
                Some(Unsynced::Environment)
            } else if is_project(&self.on_disk(folder)) {
                Some(Unsynced::OtherProject)
            } else {
                self.is_ignored(folder, true).then_some(Unsynced::Ignored)
            }
        })
    }

    /// Returns why an ignore file of this folder cannot be read: nobody knows then what it would hide.
    pub(super) fn ignore_fault(&self, folder: &Path) -> Option<String> {
        self.with_ignores(folder, |ignores| ignores.fault.clone())
    }

    /// As git does it: the ignore file nearest to the path that has a word to say decides.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        for folder in path.ancestors().skip(1) {
            let decided = self.with_ignores(folder, |ignores| {
                let matched = ignores.patterns.as_ref()?.matched(self.root.join(path), is_folder);
                (!matched.is_none()).then(|| matched.is_ignore())
            });
            if let Some(is_ignored) = decided {
                return is_ignored;
            }
        }
        false
    }

    fn with_ignores<T>(&self, folder: &Path, ask: impl FnOnce(&Ignores) -> T) -> T {
        let mut known = self.ignores.borrow_mut();
        ask(known.entry(folder.to_owned()).or_insert_with(|| self.read(folder)))
    }

    fn read(&self, folder: &Path) -> Ignores {
        let place = self.on_disk(folder);
        let mut builder = GitignoreBuilder::new(self.root.join(folder));
        let mut fault = None;
        for file in IGNORE_FILES {
            match read_plain(&place.join(file)) {
                Ok(text) => {
                    let text = String::from_utf8_lossy(&text);
                    for line in composed(text.trim_start_matches('\u{feff}')).lines() {
                        // A line that means nothing is passed over, as git does.
                        let _ = builder.add_line(None, line);
                    }
                }
                Err(why) if why.kind() == io::ErrorKind::NotFound => {}
                Err(why) => fault = Some(format!("its {file} cannot be read: {why}")),
            }
        }
        let patterns = builder.build().ok().filter(|ignore| !ignore.is_empty());
        Ignores { patterns, fault }
    }

    fn on_disk(&self, folder: &Path) -> PathBuf {
        // A disk that ignores case finds its folders in every spelling.
        on_disk(System::Linux, &self.root, folder)
    }
}

/// Returns whether it is of the service's types, and neither hidden nor in a hidden folder.
pub(super) fn is_source(name: &FileName) -> bool {
    is_typed(Path::new(name.as_str()))
        && !name.as_str().split('/').any(|part| part.starts_with('.'))
}

fn is_typed(path: &Path) -> bool {
    path.extension().is_some_and(|extension| TYPES.iter().any(|known| extension == *known))
}

/// Returns whether this folder is in step with a project of its own.
fn is_project(folder: &Path) -> bool {
    let is_linked = || {
        let config = read_plain(&folder.join("config.json")).ok()?;
        let config = config.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&config);
        let config: serde_json::Value = serde_json::from_slice(config).ok()?;
        config.get("cloud-id").map(drop)
    };
    folder.join(OWN).is_dir() || is_linked().is_some()
}
