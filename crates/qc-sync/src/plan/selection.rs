//! Some of a project's files, named by path.

use qc_proto::FileName;

/// Files, and folders with all that is in them.
///
/// ```
/// use qc_proto::FileName;
/// use qc_sync::Selection;
///
/// let selection = Selection::paths(["signals", "main.py"]);
/// assert!(selection.contains(&FileName::new("signals/alpha.py")?));
/// assert!(!selection.contains(&FileName::new("signals.py")?));
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    all: bool,
    paths: Vec<String>,
}

impl Selection {
    /// All files.
    #[must_use]
    pub fn all() -> Self {
        Self { all: true, paths: Vec::new() }
    }

    /// The files of these paths, relative to the project and with `/` between folders, and all files in folders of
    /// these paths.
    #[must_use]
    pub fn paths<P: Into<String>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self { all: false, paths: paths.into_iter().map(Into::into).collect() }
    }

    /// Whether it has no file, whatever its name.
    pub(crate) fn is_empty(&self) -> bool {
        !self.all && self.paths.is_empty()
    }

    /// Whether it has the file.
    #[must_use]
    pub fn contains(&self, name: &FileName) -> bool {
        self.has(name.as_str())
    }

    /// Returns whether the file is in it by its own path, or by that of a folder that it is in.
    pub(crate) fn names(&self, name: &FileName) -> bool {
        !self.all && self.contains(name)
    }

    /// As [`contains`](Self::contains), for a name that is no clean path too.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all || self.paths.iter().any(|path| is_within(name, path))
    }

    /// The paths that none of these files is at or in.
    #[must_use]
    pub fn unmatched<'a>(&self, names: impl IntoIterator<Item = &'a FileName>) -> Vec<&str> {
        let mut unmatched: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        for name in names {
            unmatched.retain(|path| !is_within(name.as_str(), path));
        }
        unmatched
    }
}

fn is_within(name: &str, path: &str) -> bool {
    let rest = name.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
