//! Commands that need neither an account nor a project.

mod demo;
mod emulator;

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::{
    arguments::{Arguments, LocalCommand},
    exit::Exit,
    output::printer::Printer,
};

pub(crate) async fn run(command: &LocalCommand, printer: &Printer) -> anyhow::Result<Exit> {
    match command {
        LocalCommand::Demo => demo::run(printer).await,
        LocalCommand::Emulator(settings) => emulator::run(settings, printer).await,
        LocalCommand::Completions { shell } => print_completions(*shell, printer),
        LocalCommand::Man { directory } => print_manual(directory.as_deref(), printer),
    }
}

fn print_completions(shell: clap_complete::Shell, printer: &Printer) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "qc", &mut script);
    printer.raw(&script)?;
    Ok(Exit::Done)
}

/// Prints the page of `qc`, or writes the pages of all commands into a folder.
fn print_manual(directory: Option<&Path>, printer: &Printer) -> anyhow::Result<Exit> {
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
