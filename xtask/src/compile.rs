//! What must compile, and how large it may get.

pub(crate) mod targets;

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// The largest `qc`, in bytes: TLS, HTTP, the command line, the emulator with its database and page, and the sync. Of these 2.0
/// million are the server for agents, 1.3 the parser of Python, and 0.3 the completions of names.
const LARGEST: u64 = 11_500_000;

/// Checks every crate alone, with each set of features that differs: in the workspace, a feature that one crate
/// forgets another turns on.
pub(crate) fn each_crate(workspace: &Workspace) -> Result<()> {
    for package in workspace.metadata.workspace_packages() {
        // The program has no features, and `size` builds it alone, as people install it.
        let is_library = package.targets.iter().any(|target| target.is_lib());
        if is_library && package.manifest_path.starts_with(workspace.path("crates")) {
            for flag in feature_flags(&package.features) {
                process::run(workspace.cargo(&["check", "-p", &package.name]).args(flag))?;
            }
        }
    }
    Ok(())
}

/// The flags that give a crate different sets of features; `None` is its default.
fn feature_flags(features: &BTreeMap<String, Vec<String>>) -> Vec<Option<&'static str>> {
    let mut flags = vec![None];
    if features.get("default").is_some_and(|list| !list.is_empty()) {
        flags.push(Some("--no-default-features"));
    }
    if !features.is_empty() {
        flags.push(Some("--all-features"));
    }
    flags
}

/// Builds the program that people install, which takes a minute, and looks how large it is.
pub(crate) fn size(workspace: &Workspace) -> Result<()> {
    process::run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "qc-cli"]))?;
    let path = workspace.target().join(format!("dist/qc{}", std::env::consts::EXE_SUFFIX));
    let bytes = fs::metadata(&path).with_context(|| format!("no {}", path.display()))?.len();
    println!("qc has {bytes} bytes, of {LARGEST}");
    ensure!(bytes <= LARGEST, "qc has {bytes} bytes, and may have {LARGEST}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::feature_flags;

    #[test]
    fn a_crate_is_checked_once_for_each_set_of_features() {
        let flags = |features: &[(&str, &[&str])]| {
            let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
            let features = features.iter().map(|(name, list)| (name.to_string(), owned(list)));
            feature_flags(&features.collect())
        };
        let all = Some("--all-features");
        assert_eq!(flags(&[]), [None]);
        assert_eq!(flags(&[("x", &[])]), [None, all]);
        assert_eq!(flags(&[("default", &[]), ("x", &[])]), [None, all]);
        let expected = [None, Some("--no-default-features"), all];
        assert_eq!(flags(&[("default", &["x"]), ("x", &[])]), expected);
    }
}
