//! Runs a command and prints what it took as JSON: `measured COMMAND ARGUMENTS…`.
#![allow(clippy::print_stdout, reason = "a program says what it measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::{
    env,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result};
use nix::sys::resource::{UsageWho, getrusage};

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let mut command = Command::new(arguments.next().context("measured COMMAND ARGUMENTS…")?);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    let began = Instant::now();
    let status = command.status()?;
    let seconds = began.elapsed().as_secs_f64();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let line = serde_json::json!({
        "code": status.code(),
        "seconds": seconds,
        "cpu": cpu(used.user_time()) + cpu(used.system_time()),
        // In kilobytes on Linux.
        "peak_bytes": used.max_rss() * 1024,
    });
    println!("{line}");
    Ok(())
}
