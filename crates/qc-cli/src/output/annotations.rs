//! What is wrong at a line of a file, in the form that a CI service shows beside that line.

use std::{env, fs, path::Path};

use clap::ValueEnum;
use qc_files::Diagnostic;

use crate::text::escape;

/// Who is to show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Annotations {
    Github,
}

impl Annotations {
    /// Returns a line for each. `root` is the project's folder, if there is one.
    pub(crate) fn lines(self, found: &[Diagnostic], root: Option<&Path>) -> Vec<String> {
        let Self::Github = self;
        let prefix = root.and_then(|root| prefix(root, &env::var_os("GITHUB_WORKSPACE")?));
        found.iter().map(|found| github(found, prefix.as_deref().unwrap_or_default())).collect()
    }
}

/// Returns the folder as the repository knows it, with a `/` at its end. None if it is not inside.
fn prefix(root: &Path, repository: impl AsRef<Path>) -> Option<String> {
    let repository = fs::canonicalize(repository.as_ref()).ok()?;
    let inside = root.strip_prefix(repository).ok()?;
    let parts = inside.iter().map(|part| part.to_str().map(|part| format!("{part}/")));
    parts.collect()
}

/// Returns the command that makes GitHub show it.
fn github(found: &Diagnostic, prefix: &str) -> String {
    let word = if found.is_warning { "warning" } else { "error" };
    let mut places = Vec::new();
    if let Some(file) = &found.file {
        places.push(format!("file={}", property(&format!("{prefix}{file}"))));
        places.extend(found.line.map(|line| format!("line={line}")));
        places.extend(found.column.map(|column| format!("col={column}")));
    }
    let gap = if places.is_empty() { "" } else { " " };
    format!("::{word}{gap}{}::{}", places.join(","), data(&found.message))
}

/// Escapes a text as GitHub reads it: without it a message could begin another command.
fn data(text: &str) -> String {
    escape(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use qc_files::Diagnostic;

    use super::{github, prefix};

    fn line(log: &str, prefix: &str) -> String {
        github(&Diagnostic::parse(log).unwrap(), prefix)
    }

    #[test]
    fn a_place_stands_in_front_of_the_message() {
        let log = "Build Error: File: signals/fast.py Line:3 Column:7 - bad: 100%, as seen";
        assert_eq!(
            line(log, "algo/"),
            "::error file=algo/signals/fast.py,line=3,col=7::bad: 100%25, as seen"
        );
        assert_eq!(
            line("Build Warning: File: a.cs Line:2 Column:0 - w", ""),
            "::warning file=a.cs,line=2::w"
        );
        assert_eq!(line("Build Error: File:  Line:0 Column:0 - bad", "algo/"), "::error::bad");
    }

    #[test]
    fn neither_a_name_nor_a_message_begins_another_command() {
        let log = "Build Error: File: a,line=9::b%.py Line:1 Column:1 - x\n::error::y\r";
        let line = line(log, "");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.starts_with("::error file=a%2Cline=9%3A%3Ab%25.py,line=1,col=1::x"), "{line}");
    }

    #[test]
    fn names_begin_at_the_repository() {
        let place = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(place.path()).unwrap();
        fs::create_dir_all(root.join("algo/one")).unwrap();
        assert_eq!(prefix(&root.join("algo/one"), &root).as_deref(), Some("algo/one/"));
        assert_eq!(prefix(&root, &root).as_deref(), Some(""));
        assert_eq!(prefix(&root, root.join("algo")), None);
        assert_eq!(prefix(&root, root.join("none")), None);
    }
}
