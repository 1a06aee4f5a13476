//! What a call, a command and the emulator cost, beside what people would use instead.
//!
//! `cargo xtask bench` measures all of it and writes docs/benchmarks.md; `cargo xtask bench --check` counts what does not
//! depend on the machine's mood and compares it with xtask/bench.baseline.

mod baseline;
mod builds;
mod calls;
mod commands;
mod copies;
mod counts;
mod growth;
mod lab;
mod large;
mod page;
mod rounds;
mod servers;
mod spread;
mod start;
mod sync;

use anyhow::{Result, bail};

use crate::clients;
use crate::workspace::Workspace;
use lab::Lab;
use page::Page;

/// The flag that only counts and compares.
const CHECK: &str = "--check";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    match arguments {
        [] => measure(workspace),
        [flag] if flag == CHECK => check(workspace),
        _ => bail!("`bench` takes `{CHECK}` or nothing, not `{}`", arguments.join(" ")),
    }
}

/// Counts with the profile that is built fast, and compares.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let lab = Lab::counted(workspace)?;
    baseline::compare(workspace, &counts::own(&lab)?)
}

fn measure(workspace: &Workspace) -> Result<()> {
    let lab = Lab::released(workspace)?;
    let mut page = Page::new(&lab)?;
    // Where Python is not at hand, the page says so.
    let official = clients::time(workspace, rounds::ROUNDS, sync::LATENCY);
    counts::tell(&lab, &mut page)?;
    calls::tell(&lab, &mut page, &official)?;
    start::tell(&lab, &mut page)?;
    sync::tell(&lab, &mut page, &official)?;
    copies::tell(&lab, &mut page)?;
    large::tell(&lab, &mut page)?;
    servers::tell(&lab, &mut page)?;
    growth::tell(&lab, &mut page)?;
    builds::tell(&lab, &mut page)?;
    page.write(workspace)
}
