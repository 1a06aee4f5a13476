//! Commands that need neither an account nor a project.

mod demo;
mod emulator;

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::{
    arguments::{Arguments, LocalCommand},
    completion::{SHELLS, VARIABLE},
    exit::Exit,
    output::printer::Printer,
};

const ZSH_AUTOLOADED: &str =
    "if [[ \"$funcstack[1]\" = _qc ]]; then _clap_dynamic_completer_qc \"$@\"; fi\n";

pub(crate) async fn run(command: &LocalCommand, printer: &Printer) -> anyhow::Result<Exit> {
    match command {
        LocalCommand::Demo => demo::run(printer).await,
        LocalCommand::Emulator(settings) => emulator::run(settings, printer).await,
        LocalCommand::Completions { shell } => print_completions(*shell, printer),
        LocalCommand::Man { directory } => print_manual(directory.as_deref(), printer),
    }
}

/// Prints the script that asks `qc` for completions, or the one that knows commands and options only.
fn print_completions(shell: clap_complete::Shell, printer: &Printer) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    match SHELLS.completer(&shell.to_string()) {
        Some(asks) => asks.write_registration(VARIABLE, "qc", "qc", "qc", &mut script)?,
        None => clap_complete::generate(shell, &mut Arguments::command(), "qc", &mut script),
    }
    if shell == clap_complete::Shell::Zsh {
        // Found by its name in a folder of functions, the script is to complete the line for which it was read.
        script.extend_from_slice(ZSH_AUTOLOADED.as_bytes());
    }
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
