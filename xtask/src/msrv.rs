//! The oldest Rust that the crates build with. That our own code needs no newer standard library, clippy says
//! (`incompatible_msrv`). Here it is what the dependencies declare.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use cargo_metadata::{MetadataCommand, Package, semver::Version};

use crate::deps;
use crate::process::{self, answers};
use crate::workspace::Workspace;

/// Features that need a newer Rust 1 than their crate declares, and which one.
const NEWER: [(&str, &str, u64); 2] =
    [("qc-emulator", "durable", 90), ("qc-emulator", "python", 95)];

/// Compares the `rust-version` of each crate with those of its dependencies, feature by feature, and builds with the
/// oldest one where it is installed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let declared = declared(&MetadataCommand::new().exec()?.packages);
    let mut problems = Vec::new();
    let mut libraries: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for package in workspace.metadata.workspace_packages() {
        if !package.manifest_path.starts_with(workspace.path("crates")) {
            continue;
        }
        let own = package.rust_version.as_ref();
        let own = own.with_context(|| format!("{} has no `rust-version`", package.name))?.minor;
        libraries.entry(own).or_default().push(&package.name);
        for feature in features(package) {
            let only = ["--no-default-features", "--features", feature];
            let flags = if feature == "default" { &[] } else { &only[..] };
            let tree = deps::tree(workspace, &package.name, flags, &deps::TARGETS)?;
            let newest = tree.iter().filter_map(|name| Some((*declared.get(name)?, name))).max();
            problems.extend(newest.and_then(|newest| problem(&package.name, feature, own, newest)));
        }
    }
    process::verdict(&problems)?;
    libraries.first_key_value().map_or(Ok(()), |(oldest, names)| build(workspace, *oldest, names))
}

/// The minor version of Rust that each package declares, by name and version as in `http v1.5.0`.
fn declared(packages: &[Package]) -> BTreeMap<String, u64> {
    let versions = packages.iter().filter_map(|package| {
        let Version { minor, .. } = package.rust_version.as_ref()?;
        Some((format!("{} v{}", package.name, package.version), *minor))
    });
    versions.collect()
}

/// The features that a user can name, and the default.
fn features(package: &Package) -> impl Iterator<Item = &str> {
    let named = package.features.keys().map(String::as_str);
    let others = named.filter(|name| *name != "default" && !name.starts_with('_'));
    std::iter::once("default").chain(others)
}

/// What is wrong where the newest Rust that a dependency needs is `newest`.
fn problem(package: &str, feature: &str, own: u64, newest: (u64, &String)) -> Option<String> {
    let listed = NEWER.iter().find(|(name, of, _)| *name == package && *of == feature);
    let (needed, name) = newest;
    let fits = listed.map_or(needed <= own, |(.., minor)| needed == *minor);
    let expected = listed.map_or(own, |(.., minor)| *minor);
    (!fits).then(|| {
        format!("{package}, feature {feature}: 1.{expected} expected, and {name} needs 1.{needed}")
    })
}

/// Builds these crates with this Rust, if it is installed.
fn build(workspace: &Workspace, minor: u64, names: &[&str]) -> Result<()> {
    let toolchain = format!("1.{minor}");
    let cargo = ["run", &toolchain, "cargo"];
    if !answers(workspace.command("rustup").args(cargo).arg("--version")) {
        println!("not built: no Rust {toolchain} (`rustup toolchain install {toolchain}`)");
        return Ok(());
    }
    let mut check = workspace.command("rustup");
    check.args(cargo).arg("check");
    process::run(check.args(names.iter().flat_map(|name| ["-p", name])))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn only_a_listed_feature_may_need_a_newer_rust_and_no_other_than_is_listed() {
        let needs = |package, feature, minor| {
            problem(package, feature, 88, (minor, &"x v1.0.0".to_owned())).is_none()
        };
        assert!(needs("qc-emulator", "default", 85) && needs("qc-emulator", "default", 88));
        assert!(!needs("qc-emulator", "default", 89) && !needs("qc-sync", "durable", 90));
        assert!(needs("qc-emulator", "durable", 90));
        assert!(!needs("qc-emulator", "durable", 91) && !needs("qc-emulator", "durable", 85));
    }
}
