//! Rules of the house that no compiler holds.

use std::fs;

use anyhow::{Context as _, Result};

use crate::manifest::Manifest;
use crate::process;
use crate::verdict;
use crate::workspace::Workspace;

/// Lines a file may have, its tests not counted.
const MOST_LINES: usize = 500;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "misc"];

/// Marks of unfinished work, written so that this file does not carry them.
const LEFTOVERS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// A file of the project; only Rust and manifests have their text read.
struct File {
    /// From the root, with `/`.
    path: String,
    /// Empty where no rule reads it.
    text: String,
}

/// A rule: what is wrong with a file, if anything.
type Rule = fn(&File) -> Vec<String>;

/// Every rule, in the order of the report.
const RULES: [Rule; 8] = [
    size,
    file_name,
    module_name,
    module_file,
    leftovers,
    root_lints,
    inherited_lints,
    inherited_versions,
];

/// Holds every file that git tracks, or would track, to every rule.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut list = workspace.command("git");
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut problems = Vec::new();
    let mut count = 0;
    for path in process::read(&mut list)?.split_terminator('\0') {
        let on_disk = workspace.path(path);
        // Git still lists a file that was deleted and not yet staged.
        if !on_disk.is_file() {
            continue;
        }
        count += 1;
        let mut file = File { path: path.to_owned(), text: String::new() };
        if file.is_rust() || file.is_manifest() {
            file.text =
                fs::read_to_string(on_disk).with_context(|| format!("cannot read {path}"))?;
        }
        let found = RULES.iter().flat_map(|rule| rule(&file));
        problems.extend(found.map(|problem| format!("{path}: {problem}")));
    }
    verdict::of(&problems, &format!("{count} files keep {} rules", RULES.len()))
}

impl File {
    /// Whether this is Rust.
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether this is a manifest of cargo.
    fn is_manifest(&self) -> bool {
        self.path.rsplit('/').next() == Some("Cargo.toml")
    }

    /// The manifest of a member: a package that is not a workspace of its own.
    fn member(&self) -> Option<Manifest> {
        let manifest = self.is_manifest().then(|| Manifest::parse(&self.text))?;
        let inside = manifest.has_table(&["package"]) && !manifest.has_table(&["workspace"]);
        inside.then_some(manifest)
    }
}

/// A file stays small enough to read in one go.
fn size(file: &File) -> Vec<String> {
    let exempt = |part: &str| matches!(part, "tests" | "benches" | "examples" | "tests.rs");
    if !file.is_rust() || file.path.split('/').any(exempt) {
        return Vec::new();
    }
    let lines: Vec<&str> = file.text.lines().collect();
    let tests = (0..lines.len()).find(|&index| opens_tests(&lines[index..]));
    let count = tests.unwrap_or(lines.len());
    if count <= MOST_LINES {
        return Vec::new();
    }
    vec![format!("{count} lines without its tests, {MOST_LINES} at most: split it by subject")]
}

/// Whether a module of tests starts here; a lone item under `#[cfg(test)]` does not end the count.
fn opens_tests(lines: &[&str]) -> bool {
    let [first, rest @ ..] = lines else {
        return false;
    };
    let Some(same_line) = first.strip_prefix("#[cfg(test)]") else {
        return false;
    };
    let attribute = |line: &&str| line.is_empty() || line.starts_with(['#', ' ', ')']);
    let item =
        std::iter::once(same_line.trim()).chain(rest.iter().copied()).find(|line| !attribute(line));
    item.is_some_and(|item| item.starts_with("mod ") && item.ends_with('{'))
}

/// A path says what is inside.
fn file_name(file: &File) -> Vec<String> {
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    stems.filter(|stem| EMPTY_NAMES.contains(stem)).map(says_nothing).collect()
}

/// A module inside a file says what is inside, too.
fn module_name(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in rust_lines(file) {
        let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
        if words.next() == Some("mod")
            && let Some(name) = words.next().map(|word| word.trim_end_matches([';', '{']))
            && EMPTY_NAMES.contains(&name)
        {
            problems.push(format!("line {number}: {}", says_nothing(name)));
        }
    }
    problems
}

/// What both rules about names answer.
fn says_nothing(name: &str) -> String {
    format!("`{name}` says nothing about what is inside: name it after what it does")
}

/// A module lies in a file of its own name, so that every tab of an editor says which it is.
fn module_file(file: &File) -> Vec<String> {
    let Some(module) = file.path.strip_suffix("/mod.rs") else {
        return Vec::new();
    };
    vec![format!("write it as {module}.rs")]
}

/// Unfinished work goes to the issue tracker.
fn leftovers(file: &File) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in rust_lines(file) {
        for mark in LEFTOVERS.into_iter().filter(|mark| has_word(line, mark)) {
            problems.push(format!("line {number}: `{mark}`: finish it, or open an issue"));
        }
    }
    problems
}

/// The root manifest keeps the two lints that the project's promises rest on.
fn root_lints(file: &File) -> Vec<String> {
    if file.path != "Cargo.toml" {
        return Vec::new();
    }
    let manifest = Manifest::parse(&file.text);
    let promised = [("unsafe_code", "forbid"), ("missing_docs", "deny")];
    let kept = |lint, level| manifest.get(&["workspace", "lints", "rust", lint]) == Some(level);
    let missing = promised.into_iter().filter(|(lint, level)| !kept(lint, level));
    missing
        .map(|(lint, level)| format!("[workspace.lints.rust] lacks `{lint} = \"{level}\"`"))
        .collect()
}

/// Every member takes its lints from the root manifest.
fn inherited_lints(file: &File) -> Vec<String> {
    let Some(manifest) = file.member() else {
        return Vec::new();
    };
    if manifest.get(&["lints", "workspace"]) == Some("true") {
        return Vec::new();
    }
    vec!["lacks `[lints] workspace = true`".to_owned()]
}

/// Versions stand once, in the root manifest.
fn inherited_versions(file: &File) -> Vec<String> {
    let Some(manifest) = file.member() else {
        return Vec::new();
    };
    let stated = manifest.dependencies().into_iter().filter(|dependency| dependency.has_version);
    stated
        .map(|one| {
            format!(
                "`{}` has a version in [{}]: move it to the root, write `workspace = true`",
                one.name, one.kind
            )
        })
        .collect()
}

/// The lines of a Rust file with their numbers, from 1; of any other file none.
fn rust_lines(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let text = if file.is_rust() { file.text.as_str() } else { "" };
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// Whether the line has this word by itself, not as a part of another.
fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part) && (word.ends_with('!') || !after.is_some_and(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn size_counts_up_to_the_tests() {
        let code = "fn f() {}\n".repeat(MOST_LINES);
        let more = "fn g() {}\n".repeat(9);
        assert!(size(&file("src/a.rs", &code)).is_empty());
        let tested = format!("{code}#[cfg(test)]\n#[allow(\n    x,\n)]\nmod tests {{\n{more}");
        assert!(size(&file("src/a.rs", &tested)).is_empty());
        for exempt in ["tests/src/a.rs", "crates/x/examples/a.rs", "src/a/tests.rs", "docs/a.md"] {
            assert!(size(&file(exempt, &format!("{code}{more}"))).is_empty(), "{exempt}");
        }
        let found = size(&file("src/a.rs", &format!("{code}{more}")));
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("509 lines"), "{found:?}");
    }

    #[test]
    fn size_is_not_fooled_by_a_lone_test_item() {
        let code = "fn f() {}\n".repeat(MOST_LINES);
        for early in ["#[cfg(test)]\nextern crate std;\n", "#[cfg(test)]\nmod tests;\n"] {
            assert_eq!(size(&file("src/a.rs", &format!("{early}{code}"))).len(), 1, "{early}");
        }
    }

    #[test]
    fn a_path_must_say_what_is_inside() {
        for fine in ["crates/x/src/retry.rs", "src/commonly.rs", "src/model.rs", ".gitignore"] {
            assert!(file_name(&file(fine, "")).is_empty(), "{fine}");
        }
        for bad in ["src/utils.rs", "tests/common/setup.rs", "docs/misc.md"] {
            assert_eq!(file_name(&file(bad, "")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_module_must_say_what_is_inside() {
        for fine in ["mod retry;", "// mod util;", "let common = 1;", "pub mod utilities {"] {
            assert!(module_name(&file("src/a.rs", fine)).is_empty(), "{fine}");
        }
        for bad in ["mod util;", "    pub(crate) mod helpers {", "pub mod common;"] {
            assert_eq!(module_name(&file("src/a.rs", bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_module_lies_in_a_file_of_its_name() {
        assert!(module_file(&file("src/call.rs", "")).is_empty());
        assert_eq!(module_file(&file("src/call/mod.rs", "")), ["write it as src/call.rs"]);
    }

    #[test]
    fn unfinished_work_is_found() {
        for fine in
            ["let xxx = 1;", "// \u{2018}to do\u{2019} is fine", "warn(clippy::unimplemented)"]
        {
            assert!(leftovers(&file("src/a.rs", fine)).is_empty(), "{fine}");
        }
        for mark in LEFTOVERS {
            let found = leftovers(&file("src/a.rs", &format!("fn f() {{}}\n// {mark}(later)")));
            assert_eq!(found.len(), 1, "{mark}");
            assert!(found[0].starts_with("line 2: "), "{found:?}");
            assert!(leftovers(&file("notes.md", mark)).is_empty());
            assert!(leftovers(&file("src/a.rs", &format!("A{mark}"))).is_empty(), "{mark}");
        }
    }

    #[test]
    fn the_root_keeps_the_lints_of_its_promises() {
        let good = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"deny\"";
        assert!(root_lints(&file("Cargo.toml", good)).is_empty());
        let weak = good.replace("deny", "warn");
        let expected = "[workspace.lints.rust] lacks `missing_docs = \"deny\"`";
        assert_eq!(root_lints(&file("Cargo.toml", &weak)), [expected]);
        assert_eq!(root_lints(&file("Cargo.toml", "")).len(), 2);
    }

    #[test]
    fn members_inherit_the_lints() {
        let good = "[package]\nname = \"a\"\n[lints]\nworkspace = true";
        assert!(inherited_lints(&file("crates/a/Cargo.toml", good)).is_empty());
        assert!(inherited_lints(&file("Cargo.toml", "[workspace]\nmembers = []")).is_empty());
        for bad in
            ["[package]\nname = \"a\"", "[package]\nname = \"a\"\n[lints]\nworkspace = false"]
        {
            assert_eq!(inherited_lints(&file("crates/a/Cargo.toml", bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn members_inherit_the_versions() {
        let found = |line: &str| {
            let text = format!("[package]\nname = \"a\"\nversion = \"1\"\n[dependencies]\n{line}");
            inherited_versions(&file("crates/a/Cargo.toml", &text))
        };
        assert!(found("serde = { workspace = true, features = [\"derive\"] }").is_empty());
        for bad in ["serde = \"1\"", "serde = { version = \"1\" }", "serde.version = \"1\""] {
            assert_eq!(found(bad).len(), 1, "{bad}");
        }
    }
}
