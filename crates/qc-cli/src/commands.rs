//! What each command does.

mod about;
mod clone;
mod demo;
mod diff;
mod files;
mod login;
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
    match &arguments.command {
        // Those that need no credentials.
        Command::Demo => return demo::run(printer).await,
        Command::Login { user_id, api_token_stdin } => {
            return login::login(arguments, printer, *user_id, *api_token_stdin).await;
        }
        Command::Logout => return login::logout(printer),
        Command::Completions { shell } => return about::completions(*shell),
        Command::Man => return about::man(),
        _ => {}
    }
    let client = settings::client(arguments)?;
    match &arguments.command {
        Command::Whoami => projects::whoami(&client, printer).await,
        Command::Projects => projects::list(&client, printer).await,
        Command::Clone { project, directory } => {
            clone::run(&client, printer, project, directory.as_deref()).await
        }
        Command::Status(here) => sync::status(&client, printer, here).await,
        Command::Diff { here, names } => diff::run(&client, printer, here, names).await,
        Command::Pull { go, theirs } => sync::pull(&client, printer, go, theirs).await,
        Command::Push { go, ours } => sync::push(&client, printer, go, ours).await,
        Command::Ls(there) => files::list(&client, printer, there).await,
        Command::Cat { name, there } => files::print(&client, name, there).await,
        Command::Put { name, from, there } => files::put(&client, printer, name, from, there).await,
        Command::Mv { name, new_name, there } => {
            files::rename(&client, printer, name, new_name, there).await
        }
        Command::Rm { name, there } => files::remove(&client, printer, name, there).await,
        Command::Patch { from, there } => files::patch(&client, printer, from, there).await,
        Command::Demo
        | Command::Login { .. }
        | Command::Logout
        | Command::Completions { .. }
        | Command::Man => Ok(Exit::Done),
    }
}
