//! Programs that were built for measuring, and an emulator in a process of its own for them to ask.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::missing::{Missing, answers};
use crate::process;
use crate::served::Served;
use crate::workspace::Workspace;

pub(super) struct Lab<'a> {
    pub(super) workspace: &'a Workspace,
    profile: &'static str,
    /// That of `qc`.
    of_qc: &'static str,
    pub(super) served: Served,
}

impl<'a> Lab<'a> {
    /// As people run it: `qc` as it is installed, and every contender in the release profile. So is the emulator that they ask,
    /// so that it is not what they wait for.
    pub(super) fn released(workspace: &'a Workspace) -> Result<Self> {
        process::run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "qc-cli"]))?;
        let all = ["build", "--release", "--package", "qc-benches", "--package", "qc-cli"];
        Self::build(workspace, "release", ("release", "dist"), &all)
    }

    /// As it is built fast: this project's own contenders only. How fast the emulator is does not count.
    pub(super) fn counted(workspace: &'a Workspace) -> Result<Self> {
        process::run(&mut workspace.cargo(&["build", "--package", "qc-cli"]))?;
        let own = ["build", "--profile", "counted", "--package", "qc-benches"];
        let own = [&own[..], &["--no-default-features"]].concat();
        Self::build(workspace, "counted", ("debug", "debug"), &own)
    }

    fn build(
        workspace: &'a Workspace,
        profile: &'static str,
        (of_served, of_qc): (&'static str, &'static str),
        build: &[&str],
    ) -> Result<Self> {
        if !answers(workspace.command("valgrind").arg("--version")) {
            let what = "valgrind is missing: install it (Debian: valgrind)";
            return Err(Missing(what.to_owned()).into());
        }
        process::run(&mut workspace.cargo(build))?;
        let served = Served::start_built(workspace, of_served, &[])?;
        Ok(Self { workspace, profile, of_qc, served })
    }

    /// Another emulator, as it is installed, with these arguments.
    pub(super) fn another(&self, arguments: &[&str]) -> Result<Served> {
        Served::start_built(self.workspace, self.of_qc, arguments)
    }

    /// Where a program is.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        let profile = if name == "qc" { self.of_qc } else { self.profile };
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.workspace.target().join(profile).join(name)
    }

    /// A program that asks an emulator.
    pub(super) fn client(&self, name: &str, served: &Served) -> Command {
        let mut command = self.workspace.command(self.program(name));
        served.introduce(&mut command);
        command
    }
}

/// The one line of JSON that a program prints.
pub(super) fn said(command: &mut Command) -> Result<Value> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let why = || {
        let said = String::from_utf8_lossy(&output.stderr);
        format!("{command:?} ended with {} and said: {said}", output.status)
    };
    serde_json::from_str(text.trim()).with_context(why)
}

/// A number of what was said.
pub(super) fn number(said: &Value, field: &str) -> Result<f64> {
    said[field].as_f64().with_context(|| format!("{said} has no {field}"))
}
