//! What every scene plays on: the emulator, the clients, and a home and folders of their own.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::door::Door;
use super::emulator::{BASE_URL, Emulator};
use super::outline::outline;
use super::ran::Ran;
use crate::fresh;
use crate::python::Python;
use crate::workspace::Workspace;

/// The user that the emulator knows.
pub(super) const USER_ID: &str = "42";

/// The user's token.
pub(super) const API_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// What the tool keeps about itself: when it last looked for news, here far in the future.
const CACHE: &str =
    "{\"last-update-check-cli\": 4102444800, \"last-update-check-announcements\": 4102444800}\n";

/// How often the tool fetches market data of its own accord: a word that is no time turns it off.
const CONFIG: &str = "{\"database-update-frequency\": \"-\"}\n";

/// What `lean init` would write, as far as the cloud's commands read it.
const WORKSPACE: &str =
    "{\"organization-id\": \"0123456789abcdef0123456789abcdef\", \"data-folder\": \"data\"}\n";

/// Everything that was started, which ends when this is dropped.
pub(super) struct Stage {
    emulator: Emulator,
    /// The way to every other host.
    pub(super) door: Door,
    python: Python,
    qc: PathBuf,
    scripts: PathBuf,
    /// Where the scenes make their folders.
    place: PathBuf,
    transcript: PathBuf,
    /// How many requests were asked about already.
    known: Cell<usize>,
}

impl Stage {
    /// Starts the emulator, built in this folder of the target folder, with these arguments and lays out a home without
    /// credentials.
    pub(super) fn set(
        workspace: &Workspace,
        python: Python,
        profile: &str,
        faults: &[&str],
    ) -> Result<Self> {
        let target = workspace.target();
        let place = target.join("clients").join("stage");
        fresh::make_empty(&place)?;
        let settings = place.join("home").join(".lean");
        fs::create_dir_all(&settings)?;
        fs::write(settings.join("cache"), CACHE)?;
        fs::write(settings.join("config"), CONFIG)?;

        let qc = target.join(profile).join(format!("qc{}", std::env::consts::EXE_SUFFIX));
        let scripts = workspace.path("xtask/clients");
        let mut command = workspace.command(python.program("python"));
        command.arg(scripts.join("leash.py")).arg(&qc);
        let emulator = Emulator::start(command, faults)?;
        let transcript = place.join("transcript.txt");
        let (door, known) = (Door::close()?, Cell::new(0));
        Ok(Self { emulator, door, python, qc, scripts, place, transcript, known })
    }

    /// Every command and what it said.
    pub(super) fn transcript(&self) -> &Path {
        &self.transcript
    }

    /// Makes a folder that the official tool takes for one of its own.
    pub(super) fn workspace(&self, name: &str) -> Result<PathBuf> {
        let folder = self.place.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("lean.json"), WORKSPACE).context("cannot write lean.json")?;
        Ok(folder)
    }

    /// Runs the official tool.
    pub(super) fn lean(&self, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        self.run(&self.python.program("lean"), folder, arguments)
    }

    /// Runs the official tool for what it leaves. It ends with 0 where a pull or a push failed.
    pub(super) fn prepare(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let text = self.lean(folder, arguments)?.text();
        ensure!(succeeded(&text), "lean {} was to succeed, and said: {text}", arguments.join(" "));
        Ok(())
    }

    /// Runs `qc`, and tells what it says to programs: its words for people are not held here.
    pub(super) fn qc(&self, folder: &Path, arguments: &[&str]) -> Result<String> {
        let ran = self.run(&self.qc, folder, &[&["--json"], arguments].concat())?;
        Ok(match outline(&ran.out) {
            Some(lines) => format!("{lines}{}", ran.exit),
            None => ran.text(),
        })
    }

    /// Runs Python.
    pub(super) fn python(&self, arguments: &[&str]) -> Result<Ran> {
        self.run(&self.python.program("python"), &self.place, arguments)
    }

    /// Runs one of the scripts, as the user.
    pub(super) fn script(&self, name: &str, arguments: &[&str]) -> Result<Ran> {
        let mut command = self.command(&self.python.program("python"), &self.place);
        command.arg(self.scripts.join(name)).args(arguments);
        // Python would keep what it compiles among the sources.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("QUANTCONNECT_BASE_URL", BASE_URL);
        command.env("QUANTCONNECT_USER_ID", USER_ID).env("QUANTCONNECT_API_TOKEN", API_TOKEN);
        Ran::of(&mut command, &self.transcript)
    }

    /// A file in the clients' home.
    pub(super) fn in_home(&self, name: &str) -> PathBuf {
        self.place.join("home").join(name)
    }

    /// What the emulator was asked since the last time, a line each.
    pub(super) fn asked(&self) -> Result<String> {
        let all = self.emulator.requests()?;
        let known = self.known.replace(all.len());
        Ok(all.get(known..).unwrap_or_default().join("\n"))
    }

    /// Everything that the emulator was asked.
    pub(super) fn asked_ever(&self) -> Result<Vec<String>> {
        self.emulator.requests()
    }

    fn run(&self, program: &Path, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        Ran::of(self.command(program, folder).args(arguments), &self.transcript)
    }

    /// A program with nothing of whoever started the task: no home, no other programs, no way out.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear();
        // Nothing starts on Windows without it.
        command.envs(std::env::vars_os().filter(|(name, _)| name == "SYSTEMROOT"));
        let home = self.place.join("home");
        command.env("HOME", &home).env("USERPROFILE", &home).env("PATH", self.python.programs());
        command.env("QC_API", "local");
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, self.door.url()).env(name.to_lowercase(), self.door.url());
        }
        command.env("NO_PROXY", "localhost,127.0.0.1").env("no_proxy", "localhost,127.0.0.1");
        // Plain words, in lines that are not broken.
        command.env("COLUMNS", "250").env("NO_COLOR", "1").env("PYTHONUTF8", "1");
        command
    }
}

/// Whether the official tool has done what it was to do, by its words.
fn succeeded(text: &str) -> bool {
    text.ends_with("exit 0") && !text.lines().any(|line| line.starts_with("Cannot "))
}

#[cfg(test)]
mod tests {
    use super::succeeded;

    #[test]
    fn success_is_told_by_words() {
        assert!(succeeded("[1/1] Pushing 'A'\nSuccessfully updated name for 'A'\nexit 0"));
        assert!(!succeeded("[1/1] Pushing 'A'\nCannot push 'A': No.\nexit 0"));
        assert!(!succeeded("Error: 'A' is not a Lean project\nexit 1"));
    }
}
