//! The oldest Rust the project says it builds with.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Holds the declared version against this toolchain, and builds with it if it is installed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let root = workspace.manifest("Cargo.toml")?;
    let declared = root
        .get(&["workspace", "package", "rust-version"])
        .context("the root Cargo.toml declares no `rust-version` in [workspace.package]")?;
    for name in workspace.crates()? {
        let path = format!("crates/{name}/Cargo.toml");
        let inherits = workspace.manifest(&path)?.get(&["package", "rust-version", "workspace"])
            == Some("true");
        ensure!(inherits, "{path} lacks `rust-version.workspace = true`");
    }

    let own = process::read(workspace.command("rustc").arg("--version"))?;
    let own = own.split_whitespace().nth(1).unwrap_or_default();
    let wanted = minor(declared).with_context(|| format!("`{declared}` is no version of Rust"))?;
    let present = minor(own).with_context(|| format!("`{own}` is no version of Rust"))?;
    ensure!(wanted <= present, "rust-version {declared} is newer than this toolchain, {own}");
    if wanted == present {
        println!(
            "this toolchain, {own}, is the declared {declared}: the other tasks build with it"
        );
        return Ok(());
    }

    // rustup keeps `1.90` and `1.90.0` apart.
    for toolchain in [declared.to_owned(), format!("{declared}.0")] {
        if installed(workspace, &toolchain) {
            let check = ["cargo", "check", "--workspace", "--all-targets", "--all-features"];
            return process::run(workspace.command("rustup").args(["run", &toolchain]).args(check));
        }
    }
    println!(
        "skipped: Rust {declared} is not installed (`rustup toolchain install {declared}`); \
         only this toolchain, {own}, was checked"
    );
    Ok(())
}

/// Major and minor version; a patch or a channel does not change what compiles.
fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Whether rustup has this toolchain; without rustup it has none.
fn installed(workspace: &Workspace, toolchain: &str) -> bool {
    let mut command = workspace.command("rustup");
    command.args(["run", toolchain, "rustc", "--version"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn versions_compare_by_major_and_minor() {
        assert_eq!(minor("1.95"), minor("1.95.0"));
        assert_eq!(minor("1.97.0-nightly"), Some((1, 97)));
        assert!(minor("1.100") > minor("1.95.1"));
        assert_eq!(minor("stable"), None);
        assert_eq!(minor(""), None);
    }
}
