//! Commands on a project's folder.

pub(crate) mod diff;
mod history;
pub(crate) mod libraries;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod sync;
mod watch;

use crate::{
    arguments::{Arguments, FolderCommand},
    commands::{create, workspace},
    error::CliError,
    exit::{Exit, or_interrupted},
    output::{printer::Printer, progress::Progress},
    place::{connect, folder::ProjectFolder, untied::UntiedFolder},
};

pub(crate) async fn run(
    arguments: &Arguments,
    command: &FolderCommand,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let client = || connect::client(arguments, printer);
    if let Some(action) = workspace::Action::of(command)? {
        let client = client()?;
        let _progress = Progress::begin(printer);
        return or_interrupted(workspace::run(&client, printer, &action)).await;
    }
    // Whoever is in the wrong folder is told so before anything else.
    let folder = match command {
        FolderCommand::Undo { .. } | FolderCommand::History { .. } => ProjectFolder::find()?,
        FolderCommand::Restore { from, .. } if from.as_deref() != Some("cloud") => {
            ProjectFolder::find()?
        }
        FolderCommand::Push { create, sync, .. } => match ProjectFolder::find_source() {
            Err(none @ CliError::NoFolder(_)) if !sync.dry_run => {
                let untied = UntiedFolder::find(*create)?.ok_or(none)?;
                create::confirm(&untied, *create)?;
                let client = client()?;
                let _progress = Progress::begin(printer);
                or_interrupted(create::tie(&client, printer, &untied)).await?;
                ProjectFolder::find_source()?
            }
            found => found?,
        },
        _ => ProjectFolder::find_source()?,
    };
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
        FolderCommand::Status { quota, short, ignored, paths, .. } => {
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
        FolderCommand::Pull { sync, merge, force, libraries, .. } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            let how = pull::How { merge: *merge, force: *force, libraries: *libraries };
            or_interrupted(pull::run(&client, printer, &folder, sync, how)).await
        }
        FolderCommand::Push { sync, force, compile, build, quota, .. } => {
            let client = client()?;
            let _progress = Progress::begin(printer);
            let tier = connect::tier(*quota)?;
            let annotations = build.annotations;
            let how = push::How { force: *force, compile: *compile, annotations, tier };
            or_interrupted(push::run(&client, printer, &folder, sync, how)).await
        }
        FolderCommand::Watch { poll, pull, compile, quota } => {
            let tier = connect::tier(*quota)?;
            let how = watch::How { poll: *poll, pull: *pull, compile: *compile, tier };
            watch::run(&client()?, printer, &folder, how).await
        }
    }
}
