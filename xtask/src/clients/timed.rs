//! How long the official tool and its library take, for who compares.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use super::files::write;
use super::stage::{API_TOKEN, Stage, USER_ID};
use crate::process;
use crate::python::Python;
use crate::workspace::Workspace;

/// What they take.
#[derive(Default)]
pub(crate) struct Timed {
    /// `lean cloud pull` of a project that is up to date.
    pub(crate) pull: Command,
    /// `lean cloud push` of one edit in 20 files.
    pub(crate) push: Command,
    /// One update by Python's `requests` without a session: seconds, one for each round.
    pub(crate) update: Vec<f64>,
}

/// A command of the tool.
#[derive(Default)]
pub(crate) struct Command {
    /// One for each round.
    pub(crate) seconds: Vec<f64>,
    /// That it made in the last of them.
    pub(crate) requests: usize,
}

/// With so many milliseconds for each request of the tool, and none for those of the library.
pub(crate) fn time(workspace: &Workspace, rounds: usize, latency: u32) -> Result<Timed> {
    let python = Python::ready(workspace, "clients")?;
    super::modules::write(workspace, &python)?;
    // The emulator that everyone else asks, too.
    process::run(&mut workspace.cargo(&["build", "--release", "-p", "qc-cli"]))?;
    let mut timed = Timed::default();
    let fault = format!("latency={latency}ms*always");
    let stage = Stage::set(workspace, python, "release", &["--fault", &fault])?;
    let folder = stage.workspace("timed")?;
    stage.lean(&folder, &["login", "--user-id", USER_ID, "--api-token", API_TOKEN])?;
    let id = stage.create_project("Timed")?;
    let pull = ["cloud", "pull", "--project", &id];
    stage.prepare(&folder, &pull)?;
    let project = folder.join("Timed");
    for number in 0..20 {
        write(&project, &format!("f{number}.py"), &"PERIOD = 0\n".repeat(40))?;
    }
    let push = ["cloud", "push", "--project", "Timed"];
    stage.prepare(&folder, &push)?;
    for round in 0..rounds {
        write(&project, "f0.py", &format!("PERIOD = {round}\n").repeat(40))?;
        for (arguments, command) in [(&push, &mut timed.push), (&pull, &mut timed.pull)] {
            let before = stage.asked_ever()?.len();
            let began = Instant::now();
            let ran = stage.lean(&folder, arguments)?;
            command.seconds.push(began.elapsed().as_secs_f64());
            ensure!(ran.exit == "exit 0", "lean said: {}", ran.text());
            command.requests = stage.asked_ever()?.len() - before;
        }
    }
    drop(stage);
    let stage = Stage::set(workspace, Python::ready(workspace, "clients")?, "release", &[])?;
    let id = stage.create_project("Updated")?;
    const UPDATES: u32 = 100;
    for _ in 0..rounds {
        let ran = stage.script("updates.py", &[&id, &UPDATES.to_string()])?;
        let all: f64 = ran.out.trim().parse().with_context(|| ran.text())?;
        timed.update.push(all / f64::from(UPDATES));
    }
    Ok(timed)
}
