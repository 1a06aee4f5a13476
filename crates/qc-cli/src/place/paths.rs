//! Paths as a person types them, as files of the project.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use qc_sync::Selection;

use crate::error::CliError;

/// Returns the project's name for the file at this path.
pub(crate) fn name(root: &Path, directory: &Path, path: &Path) -> Result<String, CliError> {
    let paths = [path.to_owned()];
    let selection = named(root, directory, &paths)?;
    let name = selection.unmatched([]).into_iter().next().map(str::to_owned);
    name.ok_or_else(|| CliError::Outside { path: path.to_owned(), root: root.to_owned() })
}

/// The files at these paths; none where there are none.
pub(crate) fn named(
    root: &Path,
    directory: &Path,
    paths: &[PathBuf],
) -> Result<Selection, CliError> {
    let start = fs::canonicalize(directory).unwrap_or_else(|_| root.to_owned());
    let mut names = Vec::new();
    for path in paths {
        let outside = || CliError::Outside { path: path.clone(), root: root.to_owned() };
        let full = start.join(path);
        // An absolute path may lead here through a link.
        let full = match (full.strip_prefix(root), full.parent().map(fs::canonicalize)) {
            (Err(_), Some(Ok(parent))) => parent.join(full.file_name().ok_or_else(outside)?),
            _ => full,
        };
        let full = without_dots(&full);
        let inside = full.strip_prefix(root).map_err(|_| outside())?;
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        if parts.is_empty() {
            return Ok(Selection::all());
        }
        names.push(parts.join("/"));
    }
    Ok(Selection::paths(names))
}

fn without_dots(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(clean.pop()),
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use qc_files::FileName;
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn paths_are_those_of_a_shell_in_the_folder() {
        let place = TempDir::new().unwrap();
        let root = fs::canonicalize(place.path()).unwrap();
        let inside = root.join("pkg");
        fs::create_dir(&inside).unwrap();
        let has = |directory: &Path, path: &str, name: &str| {
            let selection = named(&root, directory, &[PathBuf::from(path)]).unwrap();
            selection.contains(&FileName::new(name).unwrap())
        };
        assert!(has(&root, "a.py", "a.py") && has(&root, "./pkg/", "pkg/gone/b.py"));
        assert!(has(&inside, "b.py", "pkg/b.py") && has(&inside, "../a.py", "a.py"));
        assert!(has(&inside, "..", "a.py") && has(&root, ".", "any/thing.py"));
        assert!(has(&inside, root.join("a.py").to_str().unwrap(), "a.py"));
        assert!(!has(&inside, ".", "a.py") && !has(&root, "pk", "pkg/b.py"));
        for outside in ["../x.py", "/etc/passwd", "../.."] {
            assert!(named(&root, &root, &[PathBuf::from(outside)]).is_err(), "{outside}");
        }
    }
}
