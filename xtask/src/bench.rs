//! What calls and commands cost, measured by criterion, gungraun and hyperfine; benches/ says what is measured.

use std::ffi::OsString;

use anyhow::Result;

use crate::process::{self, Missing, answers};
use crate::workspace::Workspace;
use crate::{conformance, docs};

/// How the runner comes here: in the version of the library, see the root manifest.
const RUNNER: &str = "run `cargo install gungraun-runner --version 0.20.0 --locked`";

/// Measures all of it and writes docs/benchmarks.md.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    require(workspace, "python3", "install Python 3.10 or newer")?;
    require(workspace, "hyperfine", "run `cargo install hyperfine --locked`")?;
    check(workspace)?;
    process::run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "qc-cli"]))?;
    let official = conformance::programs(workspace);
    if let Err(why) = &official {
        println!("without the official tool: {why:#}");
    }
    let program = |name| official.iter().map(move |programs| programs.join(name).into_os_string());

    let mut calls = workspace.cargo(&["bench", "--package", "qc-benches", "--bench", "calls"]);
    calls.envs(program("python").map(|python| ("QC_BENCH_PYTHON", python)));
    process::run(&mut calls)?;

    let target = workspace.target();
    let script = |name: &str, arguments: [OsString; 2]| {
        let mut command = workspace.command("python3");
        command.arg(workspace.path("benches").join(name)).args(arguments);
        command
    };
    let qc = target.join(format!("dist/qc{}", std::env::consts::EXE_SUFFIX));
    let mut commands = script("commands.py", [qc.into(), target.join("bench").into()]);
    process::run(commands.args(program("lean")))?;
    let page = workspace.path("docs/benchmarks.md");
    process::run(&mut script("page.py", [target.into(), page.into()]))?;
    docs::write_made(workspace)
}

/// Counts instructions and allocations; fails where one exceeds its limit in benches/counts.rs.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    require(workspace, "valgrind", "install it (Debian: valgrind)")?;
    require(workspace, "gungraun-runner", RUNNER)?;
    let mut counts = workspace.cargo(&["bench", "--package", "qc-benches", "--bench", "counts"]);
    process::run(counts.env("GUNGRAUN_SAVE_SUMMARY", "json"))
}

fn require(workspace: &Workspace, program: &str, how: &str) -> Result<()> {
    if answers(workspace.command(program).arg("--version")) {
        return Ok(());
    }
    Err(Missing(format!("{program} is missing: {how}")).into())
}
