//! `docs/faults.md`, written from what the tests see.

use crate::process;
use crate::workspace::Workspace;

/// Runs the tests that hold the page's tables, and lets them write instead of compare.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let tests = ["test", "-p", "qc-tests", "--test", "it", "--", "delivery::", "policy::"];
    process::run(workspace.cargo(&tests).env("QC_FAULTS_WRITE", "1"))?;
    println!("docs/faults.md is what was seen: look at `git diff docs/faults.md`");
    Ok(())
}
