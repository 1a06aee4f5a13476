//! How long the official tool and its library take, for who compares: tests/conformance/timings.py tells.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{conformance, process};

/// What they take.
pub(crate) struct Timed {
    /// `lean cloud pull` of a project that is up to date.
    pub(crate) pull: Command,
    /// `lean cloud push` of one edit in 20 files.
    pub(crate) push: Command,
    /// One update by Python's `requests` without a session: seconds, one for each round.
    pub(crate) update: Vec<f64>,
}

/// A command of the tool.
pub(crate) struct Command {
    /// One for each round.
    pub(crate) seconds: Vec<f64>,
    /// That it made in the last of them.
    pub(crate) requests: usize,
}

/// With so many milliseconds for each request of the tool, and none for those of the library.
pub(crate) fn time(workspace: &Workspace, rounds: usize, latency: u32) -> Result<Timed> {
    // The emulator that everyone else asks, too.
    process::run(&mut workspace.cargo(&["build", "--release", "-p", "qc-cli"]))?;
    let mut python = conformance::python(workspace, "release")?;
    python.args(["timings.py", &rounds.to_string(), &latency.to_string()]);
    let told: Value = serde_json::from_str(&process::read(&mut python)?)?;
    Ok(Timed {
        pull: command(&told["pull"])?,
        push: command(&told["push"])?,
        update: seconds(&told["update"])?,
    })
}

fn command(told: &Value) -> Result<Command> {
    let requests = told["requests"].as_u64().context("no number of requests")?;
    Ok(Command { seconds: seconds(&told["seconds"])?, requests: requests.try_into()? })
}

fn seconds(told: &Value) -> Result<Vec<f64>> {
    let all = told.as_array().context("no list of seconds")?.iter();
    all.map(|one| one.as_f64().context("no number of seconds")).collect()
}
