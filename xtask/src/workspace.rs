//! Where the workspace is, and what it holds.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::manifest::Manifest;

/// The workspace on disk. Every command runs from its root.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the root from the variable cargo sets for `cargo xtask`: a shared target directory
    /// may hold a binary that another checkout built, so a path compiled in would mislead.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("CARGO_MANIFEST_DIR is not set; start this as `cargo xtask`")?;
        let root = Path::new(&here).parent().context("xtask lies outside a workspace")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// A path inside the workspace.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// Where cargo puts what it builds; a relative CARGO_TARGET_DIR counts from the root.
    pub(crate) fn target(&self) -> PathBuf {
        let named = std::env::var("CARGO_TARGET_DIR");
        self.path(named.as_deref().unwrap_or("target"))
    }

    /// The text of a file inside the workspace.
    pub(crate) fn read(&self, inside: &str) -> Result<String> {
        fs::read_to_string(self.path(inside)).with_context(|| format!("cannot read {inside}"))
    }

    /// A manifest inside the workspace.
    pub(crate) fn manifest(&self, inside: &str) -> Result<Manifest> {
        Ok(Manifest::parse(&self.read(inside)?))
    }

    /// The directory names under `crates/`, sorted; each is also the name of its package.
    pub(crate) fn crates(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path("crates")).context("cannot list crates/")? {
            let entry = entry.context("cannot list crates/")?;
            if entry.path().join("Cargo.toml").is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// The cargo that started this task, run from the root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(arguments);
        command
    }

    /// A program to run from the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // What cargo told this task about xtask would make it rebuild crates (ring among them)
        // whose build scripts watch these variables.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
                command.env_remove(&name);
            }
        }
        command
    }
}
