//! The `qc` command.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to the person who typed it, through `output/printer.rs`"
)]

mod advice;
mod arguments;
mod commands;
mod completion;
mod error;
mod exit;
mod output;
mod place;
mod report;
mod text;

use std::{env, process::ExitCode};

use clap::{CommandFactory as _, Parser as _};

use crate::{
    arguments::{Arguments, Command},
    error::CliError,
    exit::Exit,
    output::printer::Printer,
};

fn main() -> ExitCode {
    if completion::answers() {
        return Exit::Done.into();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked) => {
            // Help and version are no mistake.
            let exit = if asked.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = asked.print();
            if let Some(hint) = arguments::foreign::hint(&asked) {
                eprintln!("{hint}");
            }
            return exit.into();
        }
    };
    let Some(command) = &arguments.command else {
        let _ = Arguments::command().print_help();
        return Exit::Done.into();
    };
    let printer = Printer::new(&arguments);
    match run(&arguments, command, &printer) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let exit = Exit::from_error(&error);
            printer.error(&error, exit);
            exit.into()
        }
    }
}

// Whatever needs no command needs no runtime either.
#[tokio::main(flavor = "current_thread")]
async fn run(arguments: &Arguments, command: &Command, printer: &Printer) -> anyhow::Result<Exit> {
    if let Some(directory) = &arguments.working_directory {
        env::set_current_dir(directory)
            .map_err(|why| CliError::NoDirectory { path: directory.clone(), why })?;
    }
    let work = commands::run(arguments, command, printer);
    let Some(timeout) = arguments.timeout else { return work.await };
    match tokio::time::timeout(timeout, work).await {
        Ok(result) => result,
        Err(_) => Err(CliError::TimedOut(text::span(timeout)).into()),
    }
}
