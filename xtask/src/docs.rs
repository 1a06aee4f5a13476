//! Everything that is written for readers: rustdoc, the links between pages, the charts, and the pages as a site.

mod charts;
mod links;
mod site;
mod tables;

use std::fs;

use anyhow::{Result, bail};

pub(crate) use crate::docs::site::run as site;
use crate::process;
use crate::workspace::Workspace;

/// The flag that writes what follows from other files.
const WRITE: &str = "--write";

/// The arguments of rustdoc for every library. A warning is an error.
const RUSTDOC: [&str; 5] = ["doc", "--workspace", "--lib", "--no-deps", "--all-features"];

/// Checks every page, then rustdoc. What follows from other files is written first if that is asked for.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let writes = match arguments {
        [] => false,
        [flag] if flag == WRITE => true,
        _ => bail!("`docs` takes `{WRITE}` or nothing, not `{}`", arguments.join(" ")),
    };
    if writes {
        write_made(workspace)?;
    }
    let mut problems = Vec::new();
    for (path, content) in made(workspace)? {
        if fs::read_to_string(workspace.path(&path)).ok() != Some(content) {
            problems.push(format!("{path} is out of date: run `cargo xtask docs {WRITE}`"));
        }
    }
    problems.extend(links::problems(workspace)?);
    process::verdict(&problems)?;
    process::run(workspace.cargo(&RUSTDOC).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Writes what follows from other files.
pub(crate) fn write_made(workspace: &Workspace) -> Result<()> {
    for (path, content) in made(workspace)? {
        fs::write(workspace.path(&path), content)?;
    }
    Ok(())
}

/// Each file that follows from others, and what it should hold.
fn made(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let mut made = charts::all(workspace)?;
    made.push(tables::contributing(workspace)?);
    Ok(made)
}
