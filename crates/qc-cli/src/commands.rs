//! What each command does.

mod clone;
mod files;
mod projects;
mod sync;

use crate::{
    arguments::{Arguments, Command},
    exit::Exit,
    printer::Printer,
    settings,
};

/// Runs the command that was asked for.
pub(crate) async fn run(arguments: &Arguments, printer: &Printer) -> anyhow::Result<Exit> {
    let client = settings::client(arguments)?;
    match &arguments.command {
        Command::Whoami => projects::whoami(&client, printer).await,
        Command::Projects => projects::list(&client, printer).await,
        Command::Clone { project, directory } => {
            clone::run(&client, printer, project, directory.as_deref()).await
        }
        Command::Status(here) => sync::status(&client, printer, here).await,
        Command::Pull { go, theirs } => sync::pull(&client, printer, go, theirs).await,
        Command::Push { go, ours } => sync::push(&client, printer, go, ours).await,
        Command::Ls(there) => files::list(&client, printer, there).await,
        Command::Cat { name, there } => files::print(&client, name, there).await,
    }
}
