//! The `qc` command.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to the person who typed it, through `printer.rs`"
)]

mod arguments;
mod commands;
mod exit;
mod interrupt;
mod link;
mod paths;
mod printer;
mod progress;
mod settings;
mod style;
mod tracing;
mod waiting;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{arguments::Arguments, exit::Exit, printer::Printer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked) => {
            // Help and version are no mistake.
            let exit = if asked.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = asked.print();
            return exit.into();
        }
    };
    let printer = Printer::new(&arguments);
    match commands::run(&arguments, &printer).await {
        Ok(exit) => exit.into(),
        Err(error) => {
            printer.error(&error);
            Exit::of(&error).into()
        }
    }
}
