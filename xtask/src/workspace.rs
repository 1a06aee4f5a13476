//! Where the workspace is, and what it holds.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::process;

/// The workspace on disk. Every command runs from its root.
pub(crate) struct Workspace {
    /// What the manifests of all members say.
    pub(crate) metadata: Metadata,
}

impl Workspace {
    /// Asks cargo: a shared target directory may hold a binary that another checkout built, so a path compiled in
    /// would mislead.
    pub(crate) fn find() -> Result<Self> {
        Ok(Self { metadata: MetadataCommand::new().no_deps().exec()? })
    }

    /// A path inside the workspace.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.metadata.workspace_root.join(inside).into()
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        self.metadata.target_directory.clone().into()
    }

    /// The text of a file inside the workspace.
    pub(crate) fn read(&self, inside: &str) -> Result<String> {
        fs::read_to_string(self.path(inside)).with_context(|| format!("cannot read {inside}"))
    }

    /// Every file that git tracks, or would track.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let mut list = self.command("git");
        list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = process::read(&mut list)?;
        // Git still lists a file that was deleted and not yet staged.
        let files = listed.split_terminator('\0').filter(|path| self.path(path).is_file());
        Ok(files.map(str::to_owned).collect())
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
        command.current_dir(&self.metadata.workspace_root);
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
