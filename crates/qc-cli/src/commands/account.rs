//! Commands about the user and all projects.

mod clone;
mod doctor;
mod link;
mod login;
mod new;
mod project;
mod projects;

pub(crate) use projects::open;

use crate::{
    arguments::{AccountCommand, Arguments},
    commands::mcp,
    exit::{Exit, or_interrupted},
    output::{printer::Printer, progress::Progress},
    place::connect,
};

pub(crate) async fn run(
    arguments: &Arguments,
    command: &AccountCommand,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let client = || connect::client(arguments, printer);
    match command {
        AccountCommand::Login { user_id, api_token_stdin, yes } => {
            login::login(arguments, printer, *user_id, *api_token_stdin, *yes).await
        }
        AccountCommand::Mcp(settings) => mcp::run(arguments, settings, printer).await,
        AccountCommand::Logout => login::logout(arguments, printer),
        AccountCommand::Whoami => {
            let _progress = Progress::begin(printer);
            projects::whoami(arguments, &client()?, printer).await
        }
        AccountCommand::Doctor { project } => {
            let _progress = Progress::begin(printer);
            or_interrupted(doctor::run(arguments, printer, project.as_deref())).await
        }
        AccountCommand::Projects { filter, organization, all } => {
            let _progress = Progress::begin(printer);
            let only = projects::Filter {
                text: filter.as_deref(),
                organization: organization.as_deref(),
                deleted: *all,
            };
            projects::list(&client()?, printer, &only).await
        }
        AccountCommand::New(new) => or_interrupted(new::run(&client()?, printer, new)).await,
        AccountCommand::Project { command } => {
            or_interrupted(project::run(&client()?, printer, command)).await
        }
        AccountCommand::Clone { project, directory, libraries } => {
            let (project, directory) = (project.as_deref(), directory.as_deref());
            or_interrupted(clone::run(&client()?, printer, project, directory, *libraries)).await
        }
        AccountCommand::Link { project, replace } => {
            link::run(&client()?, printer, project.as_deref(), *replace).await
        }
    }
}
