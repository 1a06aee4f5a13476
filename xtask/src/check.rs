//! Each crate by itself: in the workspace, a feature that one crate forgets another turns on.

use anyhow::Result;

use crate::manifest::Manifest;
use crate::process;
use crate::workspace::Workspace;

/// Checks every crate alone, with each set of features that differs.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    for name in workspace.crates()? {
        let manifest = workspace.manifest(&format!("crates/{name}/Cargo.toml"))?;
        for flag in feature_flags(&manifest) {
            process::run(workspace.cargo(&["check", "-p", &name]).args(flag))?;
        }
    }
    Ok(())
}

/// The flags that give this crate different sets of features; `None` is its default.
fn feature_flags(manifest: &Manifest) -> Vec<Option<&'static str>> {
    let mut flags = vec![None];
    if manifest.get(&["features", "default"]).is_some_and(|list| list != "[]") {
        flags.push(Some("--no-default-features"));
    }
    if manifest.has_table(&["features"]) {
        flags.push(Some("--all-features"));
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::feature_flags;
    use crate::manifest::Manifest;

    #[test]
    fn a_crate_is_checked_once_for_each_set_of_features() {
        let flags = |text| feature_flags(&Manifest::parse(text));
        assert_eq!(flags("[package]\nname = \"a\""), [None]);
        assert_eq!(flags("[features]\nx = []"), [None, Some("--all-features")]);
        assert_eq!(flags("[features]\ndefault = []\nx = []"), [None, Some("--all-features")]);
        assert_eq!(
            flags("[features]\ndefault = [\"x\"]\nx = []"),
            [None, Some("--no-default-features"), Some("--all-features")]
        );
    }
}
