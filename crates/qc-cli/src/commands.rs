//! What each command does. A command makes one report and prints it; the exit code says how it went.

mod clone;
mod completions;
mod demo;
mod diff;
mod emulator;
mod files;
mod history;
mod libraries;
mod link;
mod login;
mod projects;
mod pull;
mod push;
mod status;
mod sync;
mod watch;

use qc_files::Client;

use crate::{
    arguments::{AccountCommand, Arguments, CloudCommand, Command, FolderCommand, LocalCommand},
    exit::Exit,
    interrupt::or_interrupted,
    output::{printer::Printer, progress::Progress},
    place::{connect, folder::ProjectFolder},
};

/// Runs the command that was asked for.
pub(crate) async fn run(
    arguments: &Arguments,
    command: &Command,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    match command {
        Command::Local(command) => local(command, printer).await,
        Command::Account(AccountCommand::Login { user_id, api_token_stdin, yes }) => {
            login::login(arguments, printer, *user_id, *api_token_stdin, *yes).await
        }
        Command::Account(AccountCommand::Logout) => login::logout(arguments, printer),
        Command::Account(command) => {
            let client = connect::client(arguments, printer)?;
            account(arguments, command, &client, printer).await
        }
        Command::Folder(command) => on_folder(arguments, command, printer).await,
        Command::Cloud(command) => in_cloud(arguments, command, printer).await,
    }
}

async fn local(command: &LocalCommand, printer: &Printer) -> anyhow::Result<Exit> {
    match command {
        LocalCommand::Demo => demo::run(printer).await,
        LocalCommand::Emulator(settings) => emulator::run(settings, printer).await,
        LocalCommand::Completions { shell } => completions::completions(*shell, printer),
        LocalCommand::Man { directory } => completions::man(directory.as_deref(), printer),
    }
}

async fn account(
    arguments: &Arguments,
    command: &AccountCommand,
    client: &Client,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    match command {
        AccountCommand::Whoami => {
            let _progress = Progress::begin(printer);
            projects::whoami(arguments, client, printer).await
        }
        AccountCommand::Projects { filter, organization, all } => {
            let _progress = Progress::begin(printer);
            let only = projects::Filter {
                text: filter.as_deref(),
                organization: organization.as_deref(),
                deleted: *all,
            };
            projects::list(client, printer, &only).await
        }
        AccountCommand::Clone { project, directory, libraries } => {
            let (project, directory) = (project.as_deref(), directory.as_deref());
            or_interrupted(clone::run(client, printer, project, directory, *libraries)).await
        }
        AccountCommand::Link { project, replace } => {
            link::run(client, printer, project.as_deref(), *replace).await
        }
        // They need no client.
        AccountCommand::Login { .. } | AccountCommand::Logout => Ok(Exit::Done),
    }
}

async fn on_folder(
    arguments: &Arguments,
    command: &FolderCommand,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    // Whoever is in the wrong folder is told so before anything else.
    let folder = match command {
        FolderCommand::Undo { .. } | FolderCommand::History { .. } => ProjectFolder::find()?,
        FolderCommand::Restore { from, .. } if from.as_deref() != Some("cloud") => {
            ProjectFolder::find()?
        }
        _ => ProjectFolder::find_source()?,
    };
    let client = || connect::client(arguments, printer);
    match command {
        FolderCommand::Undo { operation } => history::undo(printer, &folder, *operation),
        FolderCommand::Restore { paths, from } if from.as_deref() != Some("cloud") => {
            history::restore(printer, &folder, paths, from.as_deref())
        }
        FolderCommand::Restore { paths, .. } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            history::restore_from_cloud(&client, printer, &folder, paths).await
        }
        FolderCommand::History { paths, keep_days, keep_mb } => {
            history::list(printer, &folder, paths, *keep_days, *keep_mb)
        }
        FolderCommand::Status { quota, short, ignored, paths } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            let shows = status::Shows { short: *short, ignored: *ignored };
            status::run(&client, printer, &folder, paths, connect::tier(*quota)?, shows).await
        }
        FolderCommand::Diff { stat, name_only, paths } => {
            let client = client()?;
            let progress = Progress::begin(printer);
            diff::run(
                &client,
                printer,
                &folder,
                paths,
                diff::Form::new(*stat, *name_only),
                progress,
            )
            .await
        }
        FolderCommand::Pull { sync, merge, force, libraries } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            let how = pull::How { merge: *merge, force: *force, libraries: *libraries };
            or_interrupted(pull::run(&client, printer, &folder, sync, how)).await
        }
        FolderCommand::Push { sync, force, quota } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            let tier = connect::tier(*quota)?;
            or_interrupted(push::run(&client, printer, &folder, sync, *force, tier)).await
        }
        FolderCommand::Watch { poll, pull, quota } => {
            watch::run(&client()?, printer, &folder, *poll, *pull, connect::tier(*quota)?).await
        }
    }
}

async fn in_cloud(
    arguments: &Arguments,
    command: &CloudCommand,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let (CloudCommand::Ls { project, .. }
    | CloudCommand::Cat { project, .. }
    | CloudCommand::Put { project, .. }
    | CloudCommand::Mv { project, .. }
    | CloudCommand::Rm { project, .. }
    | CloudCommand::Patch { project, .. }
    | CloudCommand::Open { project, .. }) = command;
    if project.project.is_none() {
        ProjectFolder::find()?;
    }
    let client = connect::client(arguments, printer)?;
    let _progress = Progress::begin(printer);
    match command {
        CloudCommand::Ls { folder, project } => {
            files::list(&client, printer, folder.as_deref(), project).await
        }
        CloudCommand::Cat { names, project } => {
            files::print(&client, printer, names, project).await
        }
        CloudCommand::Put { name, from, allow_empty, project, .. } => {
            files::put(&client, printer, name, from.as_deref(), *allow_empty, project).await
        }
        CloudCommand::Mv { name, new_name, project, .. } => {
            files::rename(&client, printer, name, new_name, project).await
        }
        CloudCommand::Rm { names, project, .. } => {
            files::remove(&client, printer, names, project).await
        }
        CloudCommand::Patch { from, project, .. } => {
            files::patch(&client, printer, from, project).await
        }
        CloudCommand::Open { project, print } => {
            projects::open(&client, printer, project, *print).await
        }
    }
}
