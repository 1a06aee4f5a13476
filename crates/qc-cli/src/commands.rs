//! What each command does. A command makes one report and prints it; the exit code says how it went.

mod account;
mod cloud;
mod compile;
mod create;
mod download;
mod folder;
mod local;
mod mcp;
mod workspace;

use crate::{
    arguments::{Arguments, Command},
    exit::Exit,
    output::printer::Printer,
};

/// Runs the command that was asked for.
pub(crate) async fn run(
    arguments: &Arguments,
    command: &Command,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    match command {
        Command::Account(command) => account::run(arguments, command, printer).await,
        Command::Folder(command) => folder::run(arguments, command, printer).await,
        Command::Cloud(command) => cloud::run(arguments, command, printer).await,
        Command::Local(command) => local::run(command, printer).await,
    }
}
