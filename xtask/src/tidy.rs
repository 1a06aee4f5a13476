//! Rules of the house that no lint holds.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};

use crate::process;
use crate::workspace::Workspace;

/// Lines that a file may have, its tests not counted.
const MOST_LINES: usize = 500;

/// Files of Rust that a folder may have.
const MOST_FILES: usize = 15;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "misc"];

/// Marks of unfinished work, written so that this file does not carry them.
const LEFTOVERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Holds every file that git tracks, or would track, to every rule.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut problems = Vec::new();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let files = workspace.files()?;
    for path in files.iter().map(String::as_str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut found = Vec::from_iter(empty_name(path));
        if name.ends_with(".rs") || name == "Cargo.toml" {
            let text = fs::read_to_string(workspace.path(path))
                .with_context(|| format!("cannot read {path}"))?;
            found.extend(if name == "Cargo.toml" { lints(&text) } else { leftovers(&text) });
            if name.ends_with(".rs") && !is_exempt(path) {
                found.extend(length(&text));
                *folders.entry(folder).or_default() += 1;
            }
        }
        problems.extend(found.into_iter().map(|problem| format!("{path}: {problem}")));
    }
    let full = folders.into_iter().filter(|(_, count)| *count > MOST_FILES);
    problems.extend(full.map(|(folder, count)| {
        format!("{folder}: {count} files of Rust, {MOST_FILES} at most: group them by subject")
    }));
    process::verdict(&problems)
}

/// Whether sizes do not count: tests are read one at a time.
fn is_exempt(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "benches" | "examples" | "tests.rs"))
}

/// A file stays small enough to read in one go.
fn length(text: &str) -> Option<String> {
    let code = text.split("\nmod tests {").next().unwrap_or(text);
    let count = code.lines().count();
    (count > MOST_LINES).then(|| {
        format!("{count} lines without its tests, {MOST_LINES} at most: split it by subject")
    })
}

/// A path says what is inside.
fn empty_name(path: &str) -> Option<String> {
    let mut stems = path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let stem = stems.find(|stem| EMPTY_NAMES.contains(stem))?;
    Some(format!("`{stem}` says nothing about what is inside: name it after what it does"))
}

/// Unfinished work goes to the issue tracker.
fn leftovers(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mark = words.find(|word| LEFTOVERS.contains(word))?;
    Some(format!("`{mark}`: finish it, or open an issue"))
}

/// Every member takes its lints from the root manifest.
fn lints(manifest: &str) -> Option<String> {
    let own_workspace = manifest.contains("[workspace]");
    (!own_workspace && !manifest.contains("\n[lints]\nworkspace = true\n"))
        .then(|| "lacks `[lints] workspace = true`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_up_to_the_tests() {
        let code = "fn f() {}\n".repeat(MOST_LINES - 1);
        assert_eq!(length(&format!("{code}#[cfg(test)]\nmod tests {{\n{code}")), None);
        assert!(length(&format!("{code}fn f() {{}}\nmod inner;\n")).is_some());
        assert!(is_exempt("tests/src/a.rs") && is_exempt("src/a/tests.rs"));
        assert!(!is_exempt("crates/x/src/a.rs"));
    }

    #[test]
    fn a_path_must_say_what_is_inside() {
        for fine in ["crates/x/src/retry.rs", "src/commonly.rs", "src/model.rs", ".gitignore"] {
            assert_eq!(empty_name(fine), None, "{fine}");
        }
        for bad in ["src/utils.rs", "tests/common/setup.rs", "docs/misc.md"] {
            assert!(empty_name(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn unfinished_work_is_found() {
        assert_eq!(leftovers("let xxx = 1; // \u{2018}to do\u{2019} is fine"), None);
        for mark in LEFTOVERS {
            assert!(leftovers(&format!("fn f() {{}}\n// {mark}(later)")).is_some(), "{mark}");
            assert_eq!(leftovers(&format!("A{mark}")), None);
        }
    }

    #[test]
    fn editors_and_rustfmt_are_told_the_same() {
        let (editor, rustfmt) =
            (include_str!("../../.editorconfig"), include_str!("../../rustfmt.toml"));
        let value = |text: &str, key: &str| {
            let line = text.lines().find(|line| line.split(['=', ' ']).next() == Some(key))?;
            Some(line.rsplit_once('=')?.1.trim().trim_matches('"').to_lowercase())
        };
        assert_eq!(value(editor, "max_line_length"), value(rustfmt, "max_width"));
        assert_eq!(value(rustfmt, "newline_style").as_deref(), Some("unix"));
        assert_eq!(value(editor, "end_of_line").as_deref(), Some("lf"));
    }

    #[test]
    fn members_take_their_lints_from_the_root() {
        assert_eq!(lints("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"), None);
        assert_eq!(lints("[workspace]\nmembers = []\n"), None);
        assert!(lints("[package]\nname = \"a\"\n").is_some());
        assert!(lints("[package]\n\n[lints]\nworkspace = false\n").is_some());
    }
}
