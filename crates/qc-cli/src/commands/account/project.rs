//! `qc project`: a project as a whole.

mod show;

use std::io::{self, IsTerminal as _};

use qc_files::{Client, ErrorKind, Invalid, Project, ProjectId, qc_proto::UpdateProject};
use serde::Serialize;

use crate::{
    arguments::ProjectCommand,
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
    },
    place::{
        folder::ProjectFolder,
        project::{self, bare, url},
    },
    text::escape,
};

pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    command: &ProjectCommand,
) -> anyhow::Result<Exit> {
    match command {
        ProjectCommand::Show { project } => {
            let _progress = Progress::begin(printer);
            let project = find(client, project.as_deref()).await?;
            printer.show(&show::ShowReport::new(&project))?;
            Ok(Exit::Done)
        }
        ProjectCommand::Rename { project, new_name } => {
            let _progress = Progress::begin(printer);
            rename(client, printer, project.as_deref(), new_name).await
        }
        ProjectCommand::Delete { project, yes } => {
            delete(client, printer, project.as_deref(), *yes).await
        }
    }
}

/// Finds the project that is named, or the folder's. Costs one request.
async fn find(client: &Client, asked: Option<&str>) -> anyhow::Result<Project> {
    match asked {
        Some(asked) => project::find(client, asked).await,
        None => Ok(client.read_project(ProjectFolder::find()?.project_id()).await?),
    }
}

/// What a rename did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenameReport<'a> {
    project_id: ProjectId,
    url: String,
    from: &'a str,
    name: &'a str,
}

impl Report for RenameReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "renamed {} to {}", escape(self.from), escape(self.name))
    }
}

/// Costs two requests, and one more to say why the service refused the name.
async fn rename(
    client: &Client,
    printer: &Printer,
    asked: Option<&str>,
    name: &str,
) -> anyhow::Result<Exit> {
    let project = find(client, asked).await?;
    let mut update = UpdateProject::new(project.project_id);
    update.name = Some(name.to_owned());
    if let Err(error) = client.update_project(update).await {
        if error.kind() != ErrorKind::Refused {
            return Err(error.into());
        }
        // How the service says that a name is taken is not known.
        let projects = client.projects().await?.projects;
        let has_it = |other: &&Project| {
            other.project_id != project.project_id && bare(&other.name) == bare(name)
        };
        return Err(match projects.iter().find(has_it) {
            Some(other) => {
                let project = other.project_id.to_string();
                CliError::NameTaken { name: name.to_owned(), project }.into()
            }
            None => error.into(),
        });
    }
    printer.show_done(&RenameReport {
        project_id: project.project_id,
        url: url(project.project_id),
        from: &project.name,
        name,
    })?;
    Ok(Exit::Done)
}

/// What a deletion did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeleteReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    /// False if it was in the recycle bin before.
    deleted: bool,
}

impl Report for DeleteReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let name = escape(self.name);
        if self.deleted {
            writeln!(out, "{name} is in the recycle bin now: `qc projects --all` lists it")
        } else {
            writeln!(out, "{name} was in the recycle bin before: nothing was done")
        }
    }
}

/// Costs two requests.
async fn delete(
    client: &Client,
    printer: &Printer,
    asked: Option<&str>,
    yes: bool,
) -> anyhow::Result<Exit> {
    let is_interactive = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !yes && !is_interactive {
        return Err(
            Invalid::new("--yes", "is needed to delete a project without a terminal").into()
        );
    }
    let project = find(client, asked).await?;
    let deleted = !project.is_in_recycle_bin();
    if deleted {
        if !yes {
            confirm(&project.name)?;
        }
        let _progress = Progress::begin(printer);
        client.delete_project(project.project_id).await?;
    }
    printer.show_done(&DeleteReport {
        project_id: project.project_id,
        name: &project.name,
        deleted,
    })?;
    let root = ProjectFolder::find().ok().filter(|at| at.project_id() == project.project_id);
    if let (Some(folder), true) = (root, deleted) {
        printer.note(format_args!("its folder stays: {}", folder.root.display()));
    }
    Ok(Exit::Done)
}

/// Asks for the project's name, so that nobody deletes another one by mistake.
fn confirm(name: &str) -> Result<(), CliError> {
    let question = format!("Type the name of the project to delete it, {}:", escape(name));
    let typed = inquire::Text::new(&question).prompt()?;
    if bare(typed.trim()) == bare(name) {
        return Ok(());
    }
    Err(CliError::Declined("that is not the name of the project"))
}
