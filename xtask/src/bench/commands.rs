//! Commands against the clock: how they are run, and what folders they are run in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::lab::{Lab, number, said};
use super::page::Page;
use super::rounds::rotated;
use super::spread::Spread;
use crate::fresh;
use crate::served::Served;

/// Runs it through `measured`, which says what it took.
pub(super) fn measured(lab: &Lab, command: &Command) -> Result<serde_json::Value> {
    let mut outer = lab.workspace.command(lab.program("measured"));
    outer.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        outer.current_dir(directory);
    }
    said(&mut outer)
}

/// A command to be timed.
pub(super) struct Row<'a> {
    what: &'static str,
    /// Makes it, for the round.
    command: Box<dyn Fn(usize) -> Result<Command> + 'a>,
    /// The row that it is compared with, and what that is called.
    beside: Option<(usize, &'static str)>,
}

impl<'a> Row<'a> {
    pub(super) fn new(what: &'static str, command: impl Fn(usize) -> Result<Command> + 'a) -> Self {
        Self { what, command: Box::new(command), beside: None }
    }

    pub(super) fn beside(mut self, row: usize, name: &'static str) -> Self {
        self.beside = Some((row, name));
        self
    }
}

/// Times them in rotated order, and tells it.
pub(super) fn timed(
    lab: &Lab,
    page: &mut Page,
    rounds: usize,
    rows: &[Row<'_>],
) -> Result<Vec<Spread>> {
    let spreads = rotated(rounds, rows.len(), |at, round| {
        let row = &rows[at];
        let said = measured(lab, &(row.command)(round)?)?;
        ensure!(said["code"] == 0, "{} ended with {}", row.what, said["code"]);
        number(&said, "seconds")
    })?;
    page.row(&["command", "ms", "beside"]);
    page.row(&["---", "---:", "---:"]);
    for (row, spread) in rows.iter().zip(&spreads) {
        let beside = row.beside.map_or_else(String::new, |(at, name)| {
            format!("{:.2} x {name}", spread.median / spreads[at].median)
        });
        page.row(&[row.what, &spread.milliseconds(), &beside]);
    }
    Ok(spreads)
}

/// A cloned project of so many small files.
pub(super) fn cloned(lab: &Lab, served: &Served, name: &str, files: usize) -> Result<PathBuf> {
    let folder = lab.workspace.target().join("bench").join(name);
    fresh::make_empty(&folder)?;
    let run = |command: &mut Command| -> Result<()> {
        let output = command.current_dir(&folder).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{command:?}: {said}");
        Ok(())
    };
    run(served.qc(lab.workspace, &["clone", &served.project, "."]).arg("--quiet"))?;
    for number in 0..files {
        write(&folder, number, 0)?;
    }
    run(&mut served.qc(lab.workspace, &["push", "--quiet"]))?;
    Ok(folder)
}

/// A file of so many bytes, of lines as people write them.
pub(super) fn write_bytes(folder: &Path, number: usize, bytes: usize) -> Result<()> {
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let path = folder.join(format!("f{number}.py"));
    let text = line.repeat(bytes.div_ceil(line.len()));
    fs::write(&path, &text[..bytes]).with_context(|| format!("cannot write {}", path.display()))
}

pub(super) fn write(folder: &Path, number: usize, version: usize) -> Result<()> {
    let line = format!("PERIOD = {version}  # of file {number}\n");
    let path = folder.join(format!("f{number}.py"));
    fs::write(&path, line.repeat(20)).with_context(|| format!("cannot write {}", path.display()))
}

/// Waits until the files here are known again without being read, as they are in any folder that was not just made.
pub(super) fn settle(lab: &Lab, served: &Served, folder: &Path) -> Result<()> {
    thread::sleep(Duration::from_secs(5));
    let mut status = served.qc(lab.workspace, &["status", "--quiet"]);
    ensure!(status.current_dir(folder).status()?.success(), "{} is not in step", folder.display());
    Ok(())
}
