//! Fuzzing: every target of `fuzz/`, one after the other, for as long as it is told.

use std::fs;
use std::num::NonZeroU32;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{self, answers};
use crate::workspace::Workspace;

/// Seconds for each target, unless told otherwise.
const SECONDS: &str = "60";

/// No sanitizer: our code is `forbid(unsafe_code)`, and without one it runs twice as often.
const BUILD: [&str; 2] = ["--sanitizer", "none"];

/// Inputs stay as small as those that are checked in; one that takes 10 seconds or 2 GB is a finding.
const LIMITS: [&str; 3] = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"];

/// Runs every target, also after one that failed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let seconds = seconds(arguments)?;
    ensure!(
        answers(cargo_fuzz(workspace).arg("--version")),
        "install what is missing: `rustup toolchain install nightly`, `cargo install cargo-fuzz --locked`"
    );
    process::run(cargo_fuzz(workspace).arg("build").args(BUILD))?;
    let mut failed = Vec::new();
    for target in process::read(cargo_fuzz(workspace).arg("list"))?.lines() {
        let [grown, corpus] = ["grown", "corpus"].map(|kind| format!("fuzz/{kind}/{target}"));
        fs::create_dir_all(workspace.path(&grown))
            .with_context(|| format!("cannot make {grown}"))?;
        let mut command = cargo_fuzz(workspace);
        // A panic and the input are told in few lines; who repeats it gets the backtrace.
        command.env("RUST_BACKTRACE", "0").arg("run").args(BUILD).args([target, &grown, &corpus]);
        command.arg("--").args(LIMITS).arg(format!("-max_total_time={seconds}"));
        if process::run(&mut command).is_err() {
            failed.push(target.to_owned());
        }
    }
    ensure!(failed.is_empty(), "{} failed, see above", failed.join(", "));
    Ok(())
}

/// The number behind `--seconds`. libFuzzer takes 0 for no end.
fn seconds(arguments: &[String]) -> Result<NonZeroU32> {
    let number = match arguments {
        [] => SECONDS,
        [flag, number] if flag == "--seconds" => number,
        _ => bail!("usage: cargo xtask fuzz [--seconds N]"),
    };
    number.parse().with_context(|| format!("`{number}` is no number of seconds"))
}

/// Cargo's subcommand, on the toolchain that can build what a fuzzer watches.
fn cargo_fuzz(workspace: &Workspace) -> Command {
    let mut command = workspace.command("rustup");
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command
}
