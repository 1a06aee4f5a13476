//! Programs of others, written in Python or driven by it, against the emulator and beside `qc`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{self, Missing, answers};
use crate::workspace::Workspace;

/// Where the tests are, and the versions of what they need.
const TESTS: &str = "tests/conformance";

/// Written last: an environment without it is not complete.
const STAMP: &str = "installed-for";

/// Builds `qc` and runs pytest with these arguments.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut python = python(workspace, "debug")?;
    process::run(&mut workspace.cargo(&["build", "-p", "qc-cli"]))?;
    let place = workspace.target().join("conformance");
    python.args(["-m", "pytest", "-p", "no:cacheprovider", "--basetemp"]).arg(place.join("run"));
    process::run(python.args(arguments))
}

/// Returns a Python that has what the tests need and knows the `qc` of this profile. It runs in the folder of the tests.
fn python(workspace: &Workspace, profile: &str) -> Result<Command> {
    let mut command = workspace.command(programs(workspace)?.join(program("python")));
    let qc = format!("{profile}/{}", program("qc"));
    command.current_dir(workspace.path(TESTS)).env("QC", workspace.target().join(qc));
    // Python would keep what it compiles among the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Returns the folder of programs of a virtual environment with the official tool, made anew where its requirements changed.
pub(crate) fn programs(workspace: &Workspace) -> Result<PathBuf> {
    let usable = ["-c", "import sys, venv; assert sys.version_info >= (3, 10)"];
    let known = |name: &&str| answers(workspace.command(name).args(usable));
    let Some(name) = ["python3", "python"].into_iter().find(known) else {
        let what = "Python is missing: install Python 3.10 or newer, with venv and pip";
        return Err(Missing(what.to_owned()).into());
    };
    let place = workspace.target().join("conformance/venv");
    let programs = place.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join(program("python"));
    let pins = format!("{TESTS}/requirements.txt");
    let wanted = workspace.read(&pins)?;
    let complete = fs::read_to_string(place.join(STAMP)).is_ok_and(|present| present == wanted);
    if !complete || !answers(workspace.command(&python).arg("--version")) {
        if place.exists() {
            fs::remove_dir_all(&place).context("cannot remove the old virtual environment")?;
        }
        let mut venv = workspace.command(name);
        venv.args(["-m", "venv"]).arg(&place);
        let mut pip = workspace.command(&python);
        pip.args(["-m", "pip", "--require-virtualenv", "--disable-pip-version-check", "install"]);
        pip.args(["--quiet", "--requirement", &pins]);
        // What fails here is not the project's: a network, a package.
        for command in [&mut venv, &mut pip] {
            process::run(command).map_err(|why| Missing(format!("not installed: {why:#}")))?;
        }
        fs::write(place.join(STAMP), wanted).context("cannot note what was installed")?;
    }
    Ok(programs)
}
