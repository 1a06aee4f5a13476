//! A Python with what a check needs, in an environment of its own below the target directory.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::fresh;
use crate::missing::{Missing, answers};
use crate::process;
use crate::workspace::Workspace;

/// What is installed, and in which version: for each environment in a folder of its name.
const PINS: &str = "requirements.txt";

/// Written last: an environment without it is not complete.
const STAMP: &str = "installed-for";

/// An environment that holds what the pins name.
pub(crate) struct Python {
    /// Where its programs are.
    programs: PathBuf,
}

impl Python {
    /// Finds the environment of an earlier run, or makes it, with what `xtask/NAME/requirements.txt` names.
    pub(crate) fn ready(workspace: &Workspace, environment: &str) -> Result<Self> {
        let Some((name, version)) = installed(workspace) else {
            let what = "Python is missing: install Python 3.10 or newer, with venv and pip";
            return Err(Missing(what.to_owned()).into());
        };
        let pins = format!("xtask/{environment}/{PINS}");
        let place = workspace.target().join(environment).join("venv");
        let python = Self { programs: place.join(if cfg!(windows) { "Scripts" } else { "bin" }) };
        let stamp = place.join(STAMP);
        let wanted = format!("{version}\n{}", workspace.read(&pins)?);
        let complete = fs::read_to_string(&stamp).is_ok_and(|present| present == wanted);
        if !complete || !answers(workspace.command(python.program("python")).arg("--version")) {
            python.install(workspace, name, &place, &pins)?;
            fs::write(&stamp, wanted).context("cannot note what was installed")?;
        }
        Ok(python)
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where its programs are: all that the clients may start.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    /// Makes the environment anew. What fails here is not the project's: a network, a package.
    fn install(&self, workspace: &Workspace, name: &str, place: &Path, pins: &str) -> Result<()> {
        fresh::make_empty(place)?;
        let mut venv = workspace.command(name);
        if let Err(why) = process::run(venv.args(["-m", "venv"]).arg(place)) {
            let what = format!("Python's venv is missing (some systems package it apart): {why:#}");
            return Err(Missing(what).into());
        }
        let mut pip = workspace.command(self.program("python"));
        pip.args(["-m", "pip", "--require-virtualenv", "--disable-pip-version-check", "install"]);
        if let Err(why) = process::run(pip.args(["--quiet", "--requirement", pins])) {
            let what = format!("what {pins} names cannot be installed: {why:#}");
            return Err(Missing(what).into());
        }
        Ok(())
    }
}

/// The first Python that runs, by name, and its version.
fn installed(workspace: &Workspace) -> Option<(&'static str, String)> {
    let version = |name| {
        let ask = ["-c", "import sys; assert sys.version_info >= (3, 10); print(sys.version)"];
        let output = workspace.command(name).args(ask).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !text.is_empty()).then_some((name, text))
    };
    ["python3", "python"].into_iter().find_map(version)
}
