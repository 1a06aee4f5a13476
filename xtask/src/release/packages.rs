//! The crates as they are uploaded: which they are, and what is in them.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use cargo_metadata::Package;
use flate2::read::GzDecoder;
use tar::Archive;

use crate::process;
use crate::workspace::Workspace;

/// The folder whose crates are published.
const CRATES: &str = "crates";

/// What every crate brings along, besides its sources.
const NEEDED: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// The largest file of a crate, in bytes: whoever uses one downloads all of it.
const LARGEST: u64 = 100_000;

/// Most keywords, and most categories, that the package index takes.
const MOST_WORDS: usize = 5;

/// Packs every crate that is published, and looks at its metadata and at what is in it.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut problems: Vec<String> = workspace
        .metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| is_published(package) != belongs_to_users(workspace, package))
        .map(|package| format!("{}: what is in {CRATES}/ is published, all else not", package.name))
        .collect();
    for (package, path) in pack(workspace, &["--no-verify"])? {
        let readme = workspace.read(&format!("{CRATES}/{}/README.md", package.name))?;
        let found = metadata(package, &readme).into_iter().chain(contents(&files(&path)?));
        problems.extend(found.map(|problem| format!("{}: {problem}", package.name)));
    }
    process::verdict(&problems)
}

/// Packs every crate that is published, with these flags too. Returns each with its packed file.
pub(crate) fn pack<'a>(
    workspace: &'a Workspace,
    flags: &[&str],
) -> Result<Vec<(&'a Package, PathBuf)>> {
    let mut command = workspace.cargo(&["package", "--quiet", "--allow-dirty"]);
    command.args(flags);
    let packages = published(workspace);
    for package in &packages {
        command.args(["--package", &package.name]);
    }
    process::run(&mut command)?;
    let file = |package: &Package| {
        workspace.target().join(format!("package/{}-{}.crate", package.name, package.version))
    };
    Ok(packages.into_iter().map(|package| (package, file(package))).collect())
}

/// The members that are published, in the order of their names.
pub(crate) fn published(workspace: &Workspace) -> Vec<&Package> {
    let mut packages = workspace.metadata.workspace_packages();
    packages.retain(|package| is_published(package));
    packages.sort_by_key(|package| package.name.clone());
    packages
}

/// The one version of all published crates.
pub(crate) fn version(workspace: &Workspace) -> Result<String> {
    let packages = published(workspace);
    let version = &packages.first().context("no crate is published")?.version;
    let others = packages.iter().filter(|package| package.version != *version);
    let mut problems: Vec<String> = others
        .map(|package| format!("{} is {}, and others are {version}", package.name, package.version))
        .collect();
    for package in workspace.metadata.workspace_packages() {
        let ours = package.dependencies.iter().filter(|on| on.path.is_some());
        problems.extend(ours.filter(|on| !on.req.matches(version)).map(|on| {
            format!("{} depends on {} {}, which is not {version}", package.name, on.name, on.req)
        }));
    }
    process::verdict(&problems)?;
    Ok(version.to_string())
}

/// An empty list of registries is `publish = false`.
fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

fn belongs_to_users(workspace: &Workspace, package: &Package) -> bool {
    package.manifest_path.starts_with(workspace.path(CRATES))
}

/// What is wrong with what the manifest and the README say.
fn metadata(package: &Package, readme: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (field, is_there) in [
        ("description", package.description.is_some()),
        ("repository", package.repository.is_some()),
        ("readme", package.readme.is_some()),
        ("license", package.license.is_some()),
    ] {
        if !is_there {
            problems.push(format!("Cargo.toml lacks `{field}`"));
        }
    }
    for (field, words) in [("keywords", &package.keywords), ("categories", &package.categories)] {
        if !(1..=MOST_WORDS).contains(&words.len()) {
            problems.push(format!("Cargo.toml has {} {field}, of 1 to {MOST_WORDS}", words.len()));
        }
    }
    if let Some(version) = &package.rust_version {
        let oldest = format!("Rust {}.{} or newer", version.major, version.minor);
        if !readme.contains(&oldest) {
            problems.push(format!("README.md does not say `{oldest}`"));
        }
    }
    // The page of a crate shows its README alone, where such links lead nowhere.
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    problems.extend(
        links
            .filter(|link| !link.starts_with("https://"))
            .map(|link| format!("README.md: `{link}` is no absolute address")),
    );
    problems
}

/// The files of a packed crate, with their sizes. Paths begin below the folder that all have in common.
fn files(path: &PathBuf) -> Result<Vec<(String, u64)>> {
    let file = File::open(path).with_context(|| format!("no {}", path.display()))?;
    let mut archive = Archive::new(GzDecoder::new(file));
    let entries = archive.entries()?.map(|entry| {
        let entry = entry?;
        let path = entry.path()?.components().skip(1).collect::<PathBuf>();
        Ok((path.to_string_lossy().into_owned(), entry.size()))
    });
    entries.collect()
}

/// What is missing among these files, or too much.
fn contents(files: &[(String, u64)]) -> Vec<String> {
    let has = |wanted: &str| files.iter().any(|(name, size)| name == wanted && *size > 0);
    let mut problems: Vec<String> = NEEDED
        .into_iter()
        .filter(|name| !has(name))
        .map(|name| format!("{name} is not packed"))
        .collect();
    if !has("src/lib.rs") && !has("src/main.rs") {
        problems.push("no source is packed".to_owned());
    }
    // Cargo adds the lock file, however large.
    let large = files.iter().filter(|(name, size)| *size > LARGEST && name != "Cargo.lock");
    problems
        .extend(large.map(|(name, size)| format!("{name} has {size} bytes, of {LARGEST} at most")));
    problems
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, NEEDED, contents, is_published, metadata, published};
    use crate::workspace::Workspace;

    #[test]
    fn what_is_missing_or_too_large_is_named() {
        let file = |name: &str| (name.to_owned(), 1);
        let mut files: Vec<_> = NEEDED.into_iter().map(file).collect();
        assert_eq!(contents(&files), ["no source is packed"]);
        files.push(file("src/lib.rs"));
        files.push(("Cargo.lock".to_owned(), LARGEST + 1));
        assert!(contents(&files).is_empty());
        files[3].1 = 0;
        files.push(("tests/x.json".to_owned(), LARGEST + 1));
        let found = contents(&files);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], "README.md is not packed");
        assert!(found[1].starts_with("tests/x.json has "), "{found:?}");
    }

    #[test]
    fn a_readme_names_the_oldest_rust_and_links_to_addresses() {
        let workspace = Workspace::find().unwrap();
        let mut package = published(&workspace)[0].clone();
        let oldest = package.rust_version.clone().unwrap();
        let good = format!("[a](https://x.y) Rust {}.{} or newer", oldest.major, oldest.minor);
        assert!(metadata(&package, &good).is_empty());
        assert_eq!(metadata(&package, "[a](docs/a.md)").len(), 2);
        package.keywords.clear();
        package.repository = None;
        assert_eq!(metadata(&package, &good).len(), 2);
    }

    #[test]
    fn tests_and_tasks_are_not_published() {
        let workspace = Workspace::find().unwrap();
        let names: Vec<_> = published(&workspace).iter().map(|one| one.name.clone()).collect();
        assert!(
            names.iter().any(|name| *name == "qc-cli") && names.iter().all(|name| *name != "xtask")
        );
        assert!(workspace.metadata.workspace_packages().into_iter().any(|one| !is_published(one)));
    }
}
