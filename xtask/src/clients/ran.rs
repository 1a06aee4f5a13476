//! A command that was run, and what it said.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// No client takes longer; one that asks a question would wait for ever.
const LIMIT: Duration = Duration::from_secs(60);

/// How often to look whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// What came of a command.
pub(super) struct Ran {
    /// What it returned, in words.
    code: String,
    /// Everything it wrote, to either stream, in order.
    pub(super) said: String,
}

impl Ran {
    /// Runs the command, and adds it to the transcript.
    pub(super) fn of(command: &mut Command, transcript: &Path) -> Result<Self> {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
        let line = format!("{} {}", program.to_string_lossy(), words.join(" "));
        let file = transcript.with_extension("part");
        let ended = run(command, &file).with_context(|| format!("`{line}`"));
        let said = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let said = String::from_utf8_lossy(&said).replace("\r\n", "\n");
        let mut all = File::options().create(true).append(true).open(transcript)?;
        writeln!(all, "$ {line}\n{said}")?;
        let code = ended?.code().map_or_else(|| "killed".to_owned(), |code| code.to_string());
        Ok(Self { code, said })
    }

    /// What it said, and below it what it returned.
    pub(super) fn text(&self) -> String {
        format!("{}\nexit {}", self.said.trim_end(), self.code).trim_start().to_owned()
    }
}

/// Runs the command with both streams into the file, until it ends or has had its time.
fn run(command: &mut Command, file: &Path) -> Result<ExitStatus> {
    let out = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    let both = out.try_clone()?;
    let child = command.stdin(Stdio::null()).stdout(out).stderr(both).spawn();
    let mut child = child.context("cannot be started")?;
    let ended = wait(&mut child);
    if ended.is_err() {
        // It may have ended just now.
        let _ = child.kill();
        child.wait()?;
    }
    ended
}

/// Waits for the end of the child, so long and no longer.
fn wait(child: &mut Child) -> Result<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > LIMIT {
            bail!("did not end within {} s", LIMIT.as_secs());
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Ran;

    #[test]
    fn what_a_command_said_is_kept() {
        let folder = std::env::temp_dir().join(format!("xtask-ran-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let transcript = folder.join("said.txt");
        let good = Ran::of(Command::new("cargo").arg("--version"), &transcript).unwrap();
        assert!(good.said.starts_with("cargo "), "{}", good.said);
        assert!(good.text().ends_with("\nexit 0"));
        let bad = Ran::of(Command::new("cargo").arg("no-such-command"), &transcript).unwrap();
        assert!(bad.text().ends_with("\nexit 101"), "{}", bad.text());
        assert!(Ran::of(&mut Command::new("no-such-program"), &transcript).is_err());
        let all = std::fs::read_to_string(&transcript).unwrap();
        assert!(all.contains("$ cargo --version\ncargo "), "{all}");
        assert!(all.contains("$ cargo no-such-command\n"), "{all}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
