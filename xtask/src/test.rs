//! Tests.

use crate::process;
use crate::workspace::Workspace;

/// Runs every test; plain `cargo test`, because other runners leave out the doctests.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    process::run(&mut workspace.cargo(&["test", "--workspace", "--all-features"]))
}
