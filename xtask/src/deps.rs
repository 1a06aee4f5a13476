//! What the crates build on: which of ours, how many of others and from where, and which of them for the protocol crate.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::DependencyKind;

use crate::process::{self, Missing, answers};
use crate::workspace::Workspace;

/// Every member, in layers: it may depend on those of lower ones. The last are not for users: they may see everything,
/// and nothing may see them.
const LAYERS: [&[&str]; 6] = [
    &["qc-proto"],
    &["qc-transport"],
    &["qc-files", "qc-emulator"],
    &["qc-sync"],
    &["qc-cli"],
    &["qc-tests", "qc-benches", "xtask"],
];

/// The crate that tests and examples beside it and above it may use. Below it, neither could be published first.
const EMULATOR: &str = "qc-emulator";

/// How many crates come with ours, with the reasons: a new one is a line in a review.
const CEILINGS: &str = "xtask/deps.ceilings";

/// The crate that stays without IO, clock and chance, and all that it may build on.
const PURE: &str = "qc-proto";
const ALLOWED: &str = "xtask/purity.allow";

/// A few platforms stand for all, whichever the task runs on. `--target all` would count dependencies whose
/// conditions no platform meets. Ceilings count for the first.
pub(crate) const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "wasm32-unknown-unknown",
];

/// What cargo-deny holds. Deny.toml says why advisories are not among it. A warning is a line of deny.toml that no
/// longer holds.
const DENY: [&str; 7] = ["deny", "check", "--deny", "warnings", "bans", "licenses", "sources"];

/// Reads what the manifests declare, not a resolved tree: that has no optional and other platforms' dependencies.
pub(crate) fn layers(workspace: &Workspace) -> Result<()> {
    let members = workspace.metadata.workspace_packages().into_iter();
    let all = members.flat_map(|member| {
        let on = member.dependencies.iter();
        // A crate without dependencies is to have a layer, too.
        let itself = layer(&member.name).is_none().then(|| format!("{} has no layer", member.name));
        itself.into_iter().chain(on.filter_map(|on| problem(&member.name, &on.name, on.kind)))
    });
    process::verdict(&all.collect::<Vec<_>>())
}

/// Looks for cargo-deny, then lets it check.
pub(crate) fn deny(workspace: &Workspace) -> Result<()> {
    if !answers(&mut workspace.cargo(&["deny", "--version"])) {
        let what = "cargo-deny is missing: install it with `cargo install cargo-deny --locked`";
        return Err(Missing(what.to_owned()).into());
    }
    process::run(&mut workspace.cargo(&DENY))
}

/// Counts the tree of every line and compares.
pub(crate) fn ceilings(workspace: &Workspace) -> Result<()> {
    let mut problems = Vec::new();
    for line in entries(&workspace.read(CEILINGS)?) {
        let (name, features, most) = ceiling(line).with_context(|| {
            format!("{CEILINGS}: write `NAME FEATURES NUMBER # reason`, not `{line}`")
        })?;
        let only = ["--no-default-features", "--features", features];
        let features = if features == "default" { &[] } else { &only[..] };
        let used = tree(workspace, name, features, &TARGETS[..1])?;
        if used.len() != most {
            let count = used.len();
            let all = used.into_iter().collect::<Vec<_>>().join(", ");
            problems
                .push(format!("not {count}: `{line}`; see `git diff Cargo.lock`; all are {all}"));
        }
    }
    process::verdict(&problems)
}

/// Compares the tree with the list, both ways, and looks for the attribute.
pub(crate) fn purity(workspace: &Workspace) -> Result<()> {
    let used = tree(workspace, PURE, &["--all-features"], &TARGETS)?;
    let used = used.iter().filter_map(|one| one.split(' ').next()).map(str::to_owned).collect();
    process::verdict(&differences(&used, &workspace.read(ALLOWED)?, ALLOWED))?;
    let root = workspace.read("crates/qc-proto/src/lib.rs")?;
    ensure!(root.lines().any(|line| line == "#![no_std]"), "{PURE} does not say #![no_std]");
    Ok(())
}

/// What is wrong with a dependency.
fn problem(name: &str, on: &str, kind: DependencyKind) -> Option<String> {
    let (own, theirs) = (layer(name)?, layer(on)?);
    let for_tests = kind == DependencyKind::Development && on == EMULATOR && own >= theirs;
    (theirs >= own && !for_tests)
        .then(|| format!("{name} (layer {own}) depends on {on} (layer {theirs}), kind: {kind}"))
}

/// The layer of one of our crates; everyone else's have none.
fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// The lines of a list that are no comments.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

/// A line such as `qc-proto default 29 # reason`; one without a reason is none.
fn ceiling(line: &str) -> Option<(&str, &str, usize)> {
    let (row, reason) = line.split_once('#')?;
    let mut words = row.split_whitespace();
    let ceiling = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    (words.next().is_none() && !reason.trim().is_empty()).then_some(ceiling)
}

/// Where names and a list of those that are allowed differ.
pub(crate) fn differences(used: &BTreeSet<String>, list: &str, path: &str) -> Vec<String> {
    let used: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    let listed = entries(list).filter_map(|line| line.split_whitespace().next()).collect();
    let more = used.difference(&listed).map(|name| format!("`{name}` is not in {path}"));
    let gone = listed.difference(&used).map(|name| format!("nothing uses `{name}` of {path}"));
    more.chain(gone).collect()
}

/// What a package builds on outside its tests and build scripts, such as `http v1.5.0`: two versions count twice.
/// `cargo metadata` would not tell: it unites the features that all members ask for.
pub(crate) fn tree(
    workspace: &Workspace,
    package: &str,
    features: &[&str],
    targets: &[&str],
) -> Result<BTreeSet<String>> {
    let mut command = workspace.cargo(&["tree", "-p", package, "--edges", "normal"]);
    command.args(features).args(["--prefix", "none", "--format", "{p}"]);
    for target in targets {
        command.args(["--target", target]);
    }
    Ok(below(&process::read(&mut command)?, package))
}

/// Names and versions in the tree, without its root; lines look like `syn v2.0.0 (*)`.
fn below(tree: &str, root: &str) -> BTreeSet<String> {
    let lines = tree.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    let crates = lines.filter(|words| words.len() == 2 && words[0] != root);
    crates.map(|words| words.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use cargo_metadata::DependencyKind::{Build, Development, Normal};

    use super::{below, ceiling, differences, problem};

    const TREE: &str = "\
app v0.1.0 (/x)
rand v0.9.0
getrandom v0.2.17
derive v1.0.0 (proc-macro)
rand v0.9.0 (*)
getrandom v0.4.3

app v0.1.0 (/x)
libc v0.2.0
";

    #[test]
    fn a_crate_met_again_counts_once_and_another_version_of_it_counts() {
        let names: Vec<_> = below(TREE, "app").into_iter().collect();
        let expected = [
            "derive v1.0.0",
            "getrandom v0.2.17",
            "getrandom v0.4.3",
            "libc v0.2.0",
            "rand v0.9.0",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_crate_too_many_and_a_line_too_many_are_both_named() {
        let used = ["derive", "getrandom", "libc", "rand"].map(str::to_owned).into();
        let list = "# why\nderive\ngetrandom # reason\n\nlibc\nrand\n";
        assert!(differences(&used, list, "a.allow").is_empty());
        let found = differences(&used, "derive\ngetrandom\nrand\nsocket2\n", "a.allow");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("`libc` is not in a.allow"), "{found:?}");
        assert!(found[1].starts_with("nothing uses `socket2`"), "{found:?}");
    }

    #[test]
    fn a_ceiling_has_a_name_features_a_number_and_a_reason() {
        assert_eq!(ceiling("a hyper,http 66 # why"), Some(("a", "hyper,http", 66)));
        for bad in ["a default 2", "a default 2 #", "a 2 # why", "a b -2 # why", "a b 2 c # x"] {
            assert_eq!(ceiling(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_tests_may_point_sideways_and_only_to_the_emulator() {
        for (name, on, kind) in [
            ("qc-files", "qc-proto", Normal),
            ("qc-cli", "qc-emulator", Normal),
            ("qc-proto", "serde", Normal),
            ("qc-files", "qc-emulator", Development),
        ] {
            assert_eq!(problem(name, on, kind), None, "{name} {on}");
        }
        for (name, on, kind) in [
            ("qc-files", "qc-emulator", Normal),
            ("qc-sync", "qc-cli", Build),
            ("qc-proto", "qc-files", Development),
            ("qc-transport", "qc-emulator", Development),
            ("qc-cli", "xtask", Development),
        ] {
            assert!(problem(name, on, kind).is_some(), "{name} {on}");
        }
    }
}
