//! `docs/faults.md` and `docs/answers.md`, written from what the tests see.

use crate::process;
use crate::workspace::Workspace;

/// Runs the tests that hold the pages' tables, and lets them write instead of compare.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let tests =
        ["test", "-p", "qc-tests", "--test", "it", "--", "delivery::", "policy::", "answers::"];
    process::run(workspace.cargo(&tests).env("QC_FAULTS_WRITE", "1"))?;
    println!("docs/faults.md and docs/answers.md are what was seen: look at `git diff docs`");
    Ok(())
}
