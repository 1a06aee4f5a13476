//! The protocol crate stays without IO, clock and chance: it is `#![no_std]`, and what it builds on
//! is a closed list.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::tree::{self, Used};
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
    let used = users(tree::read(workspace, CRATE, &["--all-features"], &TARGETS)?);
    let list = workspace.read(ALLOW)?;
    let mut problems = tree_problems(&used, &allowed(&list));
    problems.extend(std_problem(&workspace.read(&format!("crates/{CRATE}/src/lib.rs"))?));
    let held = format!("{CRATE} builds on {} crates, each of them listed", used.len());
    verdict::of(&problems, &held)
}

/// Each crate with one that uses it: the list knows no versions.
fn users(tree: Vec<Used>) -> BTreeMap<String, String> {
    tree.into_iter().map(|used| (used.name, used.by)).collect()
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
    use std::collections::BTreeMap;

    use super::{allowed, std_problem, tree_problems};

    fn users() -> BTreeMap<String, String> {
        super::users(crate::tree::below(
            "\
0qc-proto v0.1.0 (/x)
1http v1.5.0
2itoa v1.0.0
1sha2 v0.11.0
2cfg-if v1.0.0
2libc v0.2.0
",
        ))
    }

    #[test]
    fn a_list_that_matches_passes() {
        let list = "# why\ncfg-if\nhttp # reason\n\nitoa\nlibc\nsha2\n";
        assert!(tree_problems(&users(), &allowed(list)).is_empty());
    }

    #[test]
    fn a_crate_too_many_and_a_line_too_many_are_both_named() {
        let found = tree_problems(&users(), &allowed("cfg-if\nhttp\nitoa\nsha2\nsocket2\n"));
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
