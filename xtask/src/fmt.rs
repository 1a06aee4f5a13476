//! Formatting.

use crate::process;
use crate::workspace::Workspace;

/// Compares every file with what rustfmt would write; changes none.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
}
