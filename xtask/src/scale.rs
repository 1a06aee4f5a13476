//! `docs/scale.md` is what the simulation prints.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Set to write the page instead of comparing it.
const WRITE: &str = "QC_SCALE_WRITE";
const PAGE: &str = "docs/scale.md";

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let build = ["build", "--profile", "counted", "--package", "qc-benches", "--bin", "scale"];
    let own = ["--no-default-features", "--features", "scale"];
    process::run(&mut workspace.cargo(&[&build[..], &own].concat()))?;
    let program = format!("counted/scale{}", std::env::consts::EXE_SUFFIX);
    let mut simulation = workspace.command(workspace.target().join(program));
    let output = simulation.output().with_context(|| format!("cannot start {simulation:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{simulation:?} ended with {}: {said}", output.status);
    if std::env::var_os(WRITE).is_some() {
        return fs::write(workspace.path(PAGE), output.stdout)
            .with_context(|| format!("cannot write {PAGE}"));
    }
    let page = workspace.read(PAGE)?;
    ensure!(page.as_bytes() == output.stdout, "{PAGE} is not what the simulation prints");
    Ok(())
}
