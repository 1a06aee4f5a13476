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
    /// What it wrote to stdout.
    pub(super) out: String,
    /// What it wrote to stderr.
    err: String,
    /// How it ended.
    pub(super) exit: String,
}

impl Ran {
    /// Runs the command, and adds it to the transcript.
    pub(super) fn of(command: &mut Command, transcript: &Path) -> Result<Self> {
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
        let line = format!("{} {}", program.to_string_lossy(), words.join(" "));
        let files = ["out", "err"].map(|kind| transcript.with_extension(kind));
        let ended = run(command, &files).with_context(|| format!("`{line}`"));
        let [out, err] = files.map(|file| {
            let bytes = fs::read(file).unwrap_or_default();
            String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
        });
        let code = ended.as_ref().ok().and_then(ExitStatus::code);
        let exit = code.map_or_else(|| "killed".to_owned(), |code| format!("exit {code}"));
        let mut all = File::options().create(true).append(true).open(transcript)?;
        writeln!(all, "$ {line}\n{out}{err}{exit}\n")?;
        ended?;
        Ok(Self { out, err, exit })
    }

    /// What it said, and below it how it ended.
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.out, self.err, self.exit)
    }
}

/// Runs the command with a file for each of its streams, until it ends or has had its time.
fn run(command: &mut Command, [out, err]: &[impl AsRef<Path>; 2]) -> Result<ExitStatus> {
    let (out, err) = (File::create(out)?, File::create(err)?);
    let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
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
        let transcript = folder.join("transcript.txt");
        let good = Ran::of(Command::new("cargo").arg("--version"), &transcript).unwrap();
        assert!(good.out.starts_with("cargo "), "{}", good.out);
        assert!(good.text().ends_with("\nexit 0"), "{}", good.text());
        let bad = Ran::of(Command::new("cargo").arg("no-such-command"), &transcript).unwrap();
        assert!(bad.out.is_empty() && bad.exit == "exit 101", "{}", bad.text());
        assert!(bad.text().contains("no-such-command"), "{}", bad.text());
        assert!(Ran::of(&mut Command::new("no-such-program"), &transcript).is_err());
        let all = std::fs::read_to_string(&transcript).unwrap();
        assert!(all.starts_with("$ cargo --version\ncargo "), "{all}");
        assert!(all.contains("exit 0\n\n$ cargo no-such-command\n"), "{all}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
