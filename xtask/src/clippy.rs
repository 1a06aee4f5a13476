//! Lints.

use crate::process;
use crate::workspace::Workspace;

/// Runs clippy over every target of the workspace.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    process::run(&mut workspace.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))
}
