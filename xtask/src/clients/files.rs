//! The files of a project, in a folder or in the cloud.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// What is in step between a folder and a project.
const TYPES: [&str; 5] = ["py", "cs", "ipynb", "html", "css"];

/// Names with `/` between folders, and contents.
pub(super) type Files = BTreeMap<String, String>;

/// One line a file: its name and its content with every odd character written out.
pub(super) fn listing(files: &Files) -> String {
    let line = |(name, content): (&String, &String)| format!("{name} {content:?}\n");
    files.iter().map(line).collect()
}

/// The files of a folder that belong to the project.
pub(super) fn local(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    gather(folder, "", &mut files).with_context(|| format!("cannot read {}", folder.display()))?;
    Ok(files)
}

/// Adds what is in this folder, whose files have this before their names.
fn gather(folder: &Path, before: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{before}{own}");
        let kind = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !own.starts_with('.') {
            gather(&path, &format!("{name}/"), files)?;
        } else if path.is_file() && TYPES.contains(&kind.as_str()) {
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Writes a file of a project folder, and the folders it is in.
pub(super) fn write(folder: &Path, name: &str, content: &str) -> Result<()> {
    let path = folder.join(name);
    let shown = path.display();
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot make a folder for {shown}"))?;
    }
    fs::write(&path, content).with_context(|| format!("cannot write {shown}"))
}

/// Deletes a file of a project folder.
pub(super) fn delete(folder: &Path, name: &str) -> Result<()> {
    let path = folder.join(name);
    fs::remove_file(&path).with_context(|| format!("cannot delete {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{delete, listing, local, write};

    #[test]
    fn a_folder_is_read_as_it_was_written_without_what_is_no_source() {
        let folder = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        for (name, content) in [
            ("main.py", "x = \"1\"\n"),
            ("a/b/__init__.py", ""),
            ("gone.py", "."),
            ("config.json", "{}"),
            (".qc/kept.py", "."),
        ] {
            write(&folder, name, content).unwrap();
        }
        delete(&folder, "gone.py").unwrap();
        let seen = listing(&local(&folder).unwrap());
        assert_eq!(seen, "a/b/__init__.py \"\"\nmain.py \"x = \\\"1\\\"\\n\"\n");
        assert!(delete(&folder, "gone.py").is_err());
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(local(&folder).is_err());
    }
}
