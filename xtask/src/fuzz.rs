//! Fuzzing: every target of `fuzz/`, one after the other, for as long as it is told.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Seconds for each target, unless told otherwise.
const SECONDS: u64 = 60;

/// No sanitizer: our code is `forbid(unsafe_code)`, and without one it runs twice as often.
const BUILD: [&str; 2] = ["--sanitizer", "none"];

/// Inputs stay as small as those that are checked in; one that takes 10 seconds or 2 GB is a finding.
const LIMITS: [&str; 3] = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"];

/// How much of a failed run's report is shown: its end, which holds the panic and the command that repeats it.
const SHOWN: usize = 60;

/// Runs every target, also after one that failed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let seconds = seconds(arguments)?;
    find_tools(workspace)?;
    let targets = targets(workspace)?;
    process::run(cargo_fuzz(workspace).arg("build").args(BUILD))?;
    let mut summary = String::from("\nsummary");
    let mut failed = Vec::new();
    for target in &targets {
        println!("\n== {target}, {seconds} s");
        let grown = format!("fuzz/grown/{target}");
        fs::create_dir_all(workspace.path(&grown))
            .with_context(|| format!("cannot make {grown}"))?;
        let mut command = cargo_fuzz(workspace);
        // A panic and the input are told in few lines; who repeats it gets the backtrace.
        command.env("RUST_BACKTRACE", "0").arg("run").args(BUILD).args([
            target,
            &grown,
            &format!("fuzz/corpus/{target}"),
        ]);
        command.arg("--").args(LIMITS).arg(format!("-max_total_time={seconds}"));
        let (succeeded, report) = process::listen(&mut command)?;
        if !succeeded {
            let lines: Vec<&str> = report.lines().collect();
            println!("{}", lines[lines.len().saturating_sub(SHOWN)..].join("\n"));
            failed.push(target.as_str());
        }
        let verdict = if succeeded { "ok" } else { "FAILED" };
        let progress = progress(&report).unwrap_or_else(|| "nothing was run".to_owned());
        let line = format!("{target:<11} {verdict:<6} {progress}");
        println!("== {line}");
        summary.push_str(&format!("\n  {line}"));
    }
    println!("{summary}");
    ensure!(failed.is_empty(), "{} failed, see above", failed.join(", "));
    Ok(())
}

/// The number behind `--seconds`.
fn seconds(arguments: &[String]) -> Result<u64> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => Ok(SECONDS),
        ["--seconds", number] => number
            .parse()
            .ok()
            .filter(|seconds| *seconds > 0)
            .with_context(|| format!("`{number}` is no number of seconds")),
        _ => bail!("usage: cargo xtask fuzz [--seconds N]"),
    }
}

/// Cargo's subcommand, on the toolchain that can build what a fuzzer watches.
fn cargo_fuzz(workspace: &Workspace) -> Command {
    let mut command = workspace.command("rustup");
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command
}

/// Says what is missing before anything is built.
fn find_tools(workspace: &Workspace) -> Result<()> {
    let answers = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    ensure!(
        answers(workspace.command("rustup").args(["run", "nightly", "rustc", "--version"])),
        "the nightly toolchain is missing: install it with `rustup toolchain install nightly`"
    );
    ensure!(
        answers(cargo_fuzz(workspace).arg("--version")),
        "cargo-fuzz is missing: install it with `cargo install cargo-fuzz --locked`"
    );
    Ok(())
}

/// The names of the targets, sorted.
fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace.path("fuzz/fuzz_targets")).context("cannot list targets")? {
        let file = entry.context("cannot list targets")?.file_name();
        names.extend(file.to_string_lossy().strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// How often the target ran, how many edges it reached and how many inputs that took, by libFuzzer's last line on it.
fn progress(report: &str) -> Option<String> {
    let last =
        report.lines().rev().find(|line| line.starts_with('#') && line.contains(" cov: "))?;
    let executions = last.strip_prefix('#')?.split_whitespace().next()?;
    let after = |label: &str| {
        let mut words = last.split_whitespace().skip_while(|word| *word != label).skip(1);
        words.next().unwrap_or("?")
    };
    let inputs = after("corp:").split('/').next().unwrap_or("?");
    Some(format!("{executions} executions, {} edges, {inputs} inputs", after("cov:")))
}

#[cfg(test)]
mod tests {
    use super::{progress, seconds};

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_seconds_are_read() {
        assert_eq!(seconds(&[]).unwrap(), super::SECONDS);
        assert_eq!(seconds(&words("--seconds 600")).unwrap(), 600);
        for refused in ["--seconds", "--seconds x", "--seconds 0", "600", "--seconds 1 2"] {
            assert!(seconds(&words(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn the_last_line_tells_the_progress() {
        let report = "\
INFO: seed corpus: files: 2
#3\tINITED cov: 120 ft: 121 corp: 2/7b exec/s: 0 rss: 43Mb
#4096\tpulse  cov: 801 ft: 1200 corp: 90/2Kb lim: 4096 exec/s: 2048 rss: 50Mb
#9000\tDONE   cov: 812 ft: 1277 corp: 93/2Kb lim: 4096 exec/s: 3000 rss: 51Mb
Done 9000 runs in 3 second(s)";
        let expected = "9000 executions, 812 edges, 93 inputs";
        assert_eq!(progress(report).as_deref(), Some(expected));
        assert_eq!(progress("error: could not compile"), None);
    }
}
