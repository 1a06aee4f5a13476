//! One client, which updates a file of 2 KB over and over: `contender WHO COUNT IN_FLIGHT`.
//!
//! It is told where and as whom by the environment, and prints the seconds that it took as JSON.
#![allow(clippy::print_stdout, reason = "a program says what it measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

mod contender {
    pub(crate) mod facade;
    pub(crate) mod floor;
    #[cfg(feature = "others")]
    pub(crate) mod others;
    pub(crate) mod task;
}

use std::{env, time::Instant};

use anyhow::{Context as _, Result, bail};

#[cfg(feature = "others")]
use crate::contender::others;
use crate::contender::{facade, floor, task::Task};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [who, count, in_flight] = arguments.as_slice() else {
        bail!("contender WHO COUNT IN_FLIGHT");
    };
    let task = Task::from_environment(count.parse()?, in_flight.parse()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = Instant::now();
    match who.as_str() {
        // A warm-up call is part of none: one call more or less is the same for all.
        "floor" => runtime.block_on(floor::run(&task))?,
        "floor-read" => runtime.block_on(floor::read(&task))?,
        "facade" => runtime.block_on(facade::run(&task))?,
        "blocking" => facade::run_blocking(&task)?,
        #[cfg(feature = "others")]
        "reqwest" => runtime.block_on(others::reqwest(&task))?,
        #[cfg(feature = "others")]
        "ureq" => others::ureq(&task)?,
        other => bail!("nobody is called {other}"),
    }
    let seconds = began.elapsed().as_secs_f64();
    let line = serde_json::json!({ "seconds": seconds, "calls": task.count });
    println!("{}", serde_json::to_string(&line).context("a number that is none")?);
    Ok(())
}
