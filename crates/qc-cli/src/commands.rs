//! What each command does.

mod about;
mod clone;
mod demo;
mod diff;
pub(crate) mod emulator;
mod files;
mod history;
mod libraries;
mod login;
mod projects;
mod pull;
mod push;
mod status;
pub(crate) mod told;
mod watch;

use qc_files::Client;

use crate::{
    arguments::{Arguments, Command},
    exit::Exit,
    interrupt::or_interrupted,
    printer::Printer,
    progress::Progress,
    settings,
};

/// Runs the command that was asked for.
pub(crate) async fn run(arguments: &Arguments, printer: &Printer) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Demo => demo::run(printer).await,
        Command::Login { user_id, api_token_stdin } => {
            login::login(arguments, printer, *user_id, *api_token_stdin).await
        }
        Command::Logout => login::logout(printer),
        Command::Emulator(settings) => emulator::run(settings, printer).await,
        Command::Completions { shell } => about::completions(*shell),
        Command::Undo { here, operation } => history::undo(printer, here, *operation),
        Command::Restore { here, paths, from } if from.as_deref() != Some("cloud") => {
            history::restore(printer, here, paths, from.as_deref())
        }
        Command::History { here, paths, keep_days, keep_mb } => {
            history::list(printer, here, paths, *keep_days, *keep_mb)
        }
        Command::Man => about::man(),
        _ => {
            let client = settings::client(arguments, printer)?;
            with_client(&arguments.command, &client, printer).await
        }
    }
}

/// Runs one of those that ask the service.
async fn with_client(
    command: &Command,
    client: &Client,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let _progress = match command {
        // It is there for long, and mostly waits.
        Command::Watch { .. } => None,
        _ => Some(Progress::begin(printer)),
    };
    match command {
        Command::Whoami => projects::whoami(client, printer).await,
        Command::Projects => projects::list(client, printer).await,
        Command::Clone { project, directory, libraries } => {
            let directory = directory.as_deref();
            or_interrupted(clone::run(client, printer, project, directory, *libraries)).await
        }
        Command::Status { here, quota, paths } => {
            status::run(client, printer, here, paths, settings::tier(*quota)?).await
        }
        Command::Diff { here, paths } => diff::run(client, printer, here, paths).await,
        Command::Pull { go, merge, force, libraries } => {
            or_interrupted(pull::run(client, printer, go, *merge, *force, *libraries)).await
        }
        Command::Push { go, force, quota } => {
            or_interrupted(push::run(client, printer, go, *force, settings::tier(*quota)?)).await
        }
        Command::Watch { here, poll, quota } => {
            watch::run(client, printer, here, *poll, settings::tier(*quota)?).await
        }
        Command::Restore { here, paths, .. } => {
            history::restore_from_cloud(client, printer, here, paths).await
        }
        Command::Ls(there) => files::list(client, printer, there).await,
        Command::Cat { name, there } => files::print(client, printer, name, there).await,
        Command::Put { name, from, allow_empty, there, .. } => {
            files::put(client, printer, name, from.as_deref(), *allow_empty, there).await
        }
        Command::Mv { name, new_name, there, .. } => {
            files::rename(client, printer, name, new_name, there).await
        }
        Command::Rm { name, there, .. } => files::remove(client, printer, name, there).await,
        Command::Patch { from, there, .. } => files::patch(client, printer, from, there).await,
        // Those that need no client have run.
        Command::Demo
        | Command::Login { .. }
        | Command::Logout
        | Command::Emulator(_)
        | Command::Completions { .. }
        | Command::Undo { .. }
        | Command::History { .. }
        | Command::Man => Ok(Exit::Done),
    }
}
