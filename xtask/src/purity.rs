//! The protocol crate stays without IO, clock and chance: it is `#![no_std]`, and what it builds on
//! is a closed list.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::process;
use crate::verdict;
use crate::workspace::Workspace;

/// The crate that is held pure.
const CRATE: &str = "qc-proto";

/// The list it is held to.
const ALLOW: &str = "xtask/purity.allow";

/// A few platforms stand for all: the answer must not depend on where the task runs, and
/// `--target all` would count dependencies whose conditions no platform meets.
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "wasm32-unknown-unknown",
];

/// Compares the tree with the list, both ways, and looks for the attribute.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo(&["tree", "-p", CRATE, "--edges", "normal"]);
    command.args(["--all-features", "--prefix", "depth", "--format", "{p}"]);
    for target in TARGETS {
        command.args(["--target", target]);
    }
    let used = users(&process::read(&mut command)?);
    let list = workspace.read(ALLOW)?;
    let mut problems = tree_problems(&used, &allowed(&list));
    problems.extend(std_problem(&workspace.read(&format!("crates/{CRATE}/src/lib.rs"))?));
    let held = format!("{CRATE} builds on {} crates, each of them listed", used.len());
    verdict::of(&problems, &held)
}

/// Each crate below the root of the tree, with one that uses it; lines look like `2libc v0.2.1`.
fn users(tree: &str) -> BTreeMap<String, String> {
    let mut users = BTreeMap::new();
    let mut above: Vec<&str> = Vec::new();
    for line in tree.lines() {
        let line = line.split_whitespace().next().unwrap_or_default();
        let name = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let Ok(depth) = line[..line.len() - name.len()].parse::<usize>() else {
            continue;
        };
        above.truncate(depth);
        if let Some(user) = above.last() {
            users.entry(name.to_owned()).or_insert_with(|| (*user).to_owned());
        }
        above.push(name);
    }
    users
}

/// The names on the list, without the reasons.
fn allowed(list: &str) -> BTreeSet<&str> {
    let names = list.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty()).collect()
}

/// Where tree and list differ.
fn tree_problems(used: &BTreeMap<String, String>, allowed: &BTreeSet<&str>) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, user) in used {
        if !allowed.contains(name.as_str()) {
            problems.push(format!(
                "`{name}`, which `{user}` pulls in, is not in {ALLOW}; \
                 see `cargo tree -p {CRATE} -i {name} --target all`"
            ));
        }
    }
    for name in allowed {
        if !used.contains_key(*name) {
            problems.push(format!("`{name}` is in {ALLOW}, but nothing uses it; remove its line"));
        }
    }
    problems
}

/// What the crate root lacks if the crate could reach the standard library.
fn std_problem(lib: &str) -> Option<String> {
    let mut lines = lib.lines().map(str::trim);
    let declared = lines.any(|line| line == "#![no_std]");
    (!declared).then(|| format!("crates/{CRATE}/src/lib.rs does not say #![no_std]"))
}

#[cfg(test)]
mod tests {
    use super::{allowed, std_problem, tree_problems, users};

    const TREE: &str = "\
0qc-proto v0.1.0 (/x)
1http v1.5.0
2itoa v1.0.0
1sha2 v0.11.0
2cfg-if v1.0.0

0qc-proto v0.1.0 (/x)
1sha2 v0.11.0
2libc v0.2.0
";

    #[test]
    fn the_tree_of_every_platform_is_read_with_who_uses_what() {
        let found: Vec<_> = users(TREE).into_iter().collect();
        let pairs: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("cfg-if", "sha2"),
                ("http", "qc-proto"),
                ("itoa", "http"),
                ("libc", "sha2"),
                ("sha2", "qc-proto"),
            ]
        );
    }

    #[test]
    fn a_list_that_matches_passes() {
        let list = "# why\ncfg-if\nhttp # reason\n\nitoa\nlibc\nsha2\n";
        assert!(tree_problems(&users(TREE), &allowed(list)).is_empty());
    }

    #[test]
    fn a_crate_too_many_and_a_line_too_many_are_both_named() {
        let found = tree_problems(&users(TREE), &allowed("cfg-if\nhttp\nitoa\nsha2\nsocket2\n"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("`libc`, which `sha2` pulls in, is not in"), "{found:?}");
        assert!(found[1].starts_with("`socket2` is in"), "{found:?}");
    }

    #[test]
    fn the_attribute_must_stand_without_conditions() {
        assert_eq!(std_problem("//! Words.\n#![no_std]\nextern crate alloc;"), None);
        assert!(std_problem("#![cfg_attr(not(test), no_std)]").is_some());
        assert!(std_problem("// #![no_std]").is_some());
    }
}
