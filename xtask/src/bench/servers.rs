//! The emulator beside a server that only answers, and beside what the disk allows.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::lab::{Lab, number, said};
use super::page::Page;
use super::rounds::{ROUNDS, rotated};
use crate::fresh;

/// The server that only answers. It is stopped when this goes.
pub(super) struct Bare {
    child: Child,
    pub(super) base_url: String,
}

impl Bare {
    pub(super) fn start(lab: &Lab) -> Result<Self> {
        Self::started(lab.workspace.command(lab.program("bare")))
    }

    /// With TLS and a certificate that it writes, and what is in `answer` for the files of a project.
    pub(super) fn start_secure(lab: &Lab, certificate: &Path, answer: &Path) -> Result<Self> {
        let mut command = lab.workspace.command(lab.program("bare"));
        command.args([certificate, answer]);
        Self::started(command)
    }

    fn started(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().context("`bare` has no output")?;
        let mut bare = Self { child, base_url: String::new() };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("`bare` did not start")?;
        ready["base_url"].as_str().unwrap_or_default().clone_into(&mut bare.base_url);
        Ok(bare)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    reading(lab, page)?;
    writing(lab, page)
}

/// Who answers the same client faster.
fn reading(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("4,000 times `files/read` of a file of 2 KB, 16 in flight: the emulator beside a bare server");
    let bare = Bare::start(lab)?;
    let served = lab.another(&[])?;
    let mut update = lab.client("contender", &served);
    said(update.args(["floor", "1", "1"]))?;
    let names = ["bare hyper server, fixed bytes", "emulator", "bare hyper server, fixed bytes"];
    let spreads = rotated(ROUNDS, names.len(), |at, _| {
        let mut client = lab.client("contender", &served);
        if at != 1 {
            client.env("QUANTCONNECT_BASE_URL", &bare.base_url);
        }
        number(&said(client.args(["floor-read", "4000", "16"]))?, "seconds")
    })?;
    page.compared(["server", "ms", "answers a second, x bare"], &names, &spreads);
    Ok(())
}

/// Who has more writes a second safe on disk.
fn writing(lab: &Lab, page: &mut Page) -> Result<()> {
    const WRITES: u32 = 400;
    page.heading("400 writes of 2 KB, each on disk before it is answered");
    let place = lab.workspace.target().join("bench").join("durable");
    fresh::make_empty(&place)?;
    let data = place.join("data");
    let served = lab.another(&["--data-dir", &data.to_string_lossy()])?;
    let names = [
        "redb's own commits, one after another",
        "emulator on disk, `files/update`, 1 in flight",
        "emulator on disk, `files/update`, 16 in flight",
        "redb's own commits, one after another",
    ];
    let spreads = rotated(ROUNDS, names.len(), |at, _| {
        let count = WRITES.to_string();
        let said = if at == 0 || at == 3 {
            let mut commits = lab.workspace.command(lab.program("parts"));
            said(commits.current_dir(&place).args(["commit", &count]))?
        } else {
            let in_flight = if at == 1 { "1" } else { "16" };
            said(lab.client("contender", &served).args(["floor", &count, in_flight]))?
        };
        number(&said, "seconds")
    })?;
    page.compared(["writer", "ms", "writes a second, x redb"], &names, &spreads);
    Ok(())
}
