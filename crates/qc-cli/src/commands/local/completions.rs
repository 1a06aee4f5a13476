//! `qc completions` and `qc man`.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::{arguments::Arguments, exit::Exit, output::printer::Printer};

pub(crate) fn completions(shell: clap_complete::Shell, printer: &Printer) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "qc", &mut script);
    printer.raw(&script)?;
    Ok(Exit::Done)
}

/// Prints the page of `qc`, or writes the pages of all commands into a folder.
pub(crate) fn man(directory: Option<&Path>, printer: &Printer) -> anyhow::Result<Exit> {
    if let Some(directory) = directory {
        std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory))
            .with_context(|| format!("cannot write to {}", directory.display()))?;
        return Ok(Exit::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    printer.raw(&page)?;
    Ok(Exit::Done)
}
