//! The quickstart, as somebody runs it who has just cloned the project.

use anyhow::{Result, ensure};

use crate::fresh;
use crate::process;
use crate::workspace::Workspace;

/// The variables that would lead the example to a real account.
const SETTINGS: [&str; 5] = [
    "QUANTCONNECT_USER_ID",
    "QUANTCONNECT_API_TOKEN",
    "QUANTCONNECT_BASE_URL",
    "QUANTCONNECT_PROJECT_ID",
    "QC_API",
];

/// Builds first, with cargo's own home; then runs the program with a home that holds nothing.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    process::run(&mut workspace.cargo(&["build", "-p", "qc-files", "--example", "quickstart"]))?;

    let target = workspace.target();
    let home = target.join("quickstart-home");
    fresh::make_empty(&home)?;

    let name = format!("quickstart{}", std::env::consts::EXE_SUFFIX);
    let mut program = workspace.command(target.join("debug").join("examples").join(name));
    for setting in SETTINGS {
        program.env_remove(setting);
    }
    program.env("HOME", &home).env("USERPROFILE", &home);
    let said = process::read(&mut program)?;
    print!("{said}");
    ensure!(!said.trim().is_empty(), "the quickstart said nothing on stdout");
    Ok(())
}
