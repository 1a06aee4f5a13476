//! Documentation.

use crate::process;
use crate::workspace::Workspace;

/// Builds the pages a reader of the libraries sees; a broken link is an error.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let arguments = ["doc", "--workspace", "--lib", "--no-deps", "--all-features"];
    process::run(workspace.cargo(&arguments).env("RUSTDOCFLAGS", "-D warnings"))
}
