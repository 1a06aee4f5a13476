//! `qc new`.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_files::{Client, Project, ProjectId};
use serde::Serialize;

use crate::{
    arguments::{LibraryArgs, NewArgs},
    commands::{
        account::clone::warn_inside,
        create::create,
        download::{default_directory, download, is_free},
    },
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
    },
    place::project::url,
    report::{Refused, print_refused, refused},
    text::{count, escape},
};

/// The project that was made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    url: String,
    directory: &'a Path,
    files: usize,
    refused: Vec<Refused<'a>>,
}

impl Report for NewReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let (name, directory) = (escape(self.name), self.directory.display());
        let files = count(self.files, "file");
        writeln!(out, "created {name} in {directory}: {files}; {}", self.url)
    }
}

/// Costs three requests: the list of projects, which tells a new one from those that are there, the project and its files.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    asked: &NewArgs,
) -> anyhow::Result<Exit> {
    let NewArgs { name, directory, language, organization } = asked;
    let place = match directory {
        Some(directory) => directory.clone(),
        None => default_directory(name).ok_or_else(|| CliError::NewNameAFolder(name.clone()))?,
    };
    // Whatever could stop it is found before a project is made.
    if !is_free(&place) {
        return Err(CliError::NewNotEmpty(place).into());
    }
    warn_inside(printer);
    let _progress = Progress::begin(printer);
    let project = create(client, printer, name, (*language).into(), organization.clone()).await?;
    let directory = match directory {
        Some(directory) => directory.clone(),
        None => own_directory(&project).unwrap_or(place),
    };
    let libraries = LibraryArgs { with_libraries: false };
    let made = download(client, printer, &project, &directory, libraries).await;
    let made = made.with_context(|| {
        format!(
            "project {id} was created, and its folder was not: `qc clone {id}` makes it",
            id = project.project_id
        )
    })?;
    printer.show_done(&NewReport {
        project_id: project.project_id,
        name: &project.name,
        url: url(project.project_id),
        directory: &directory,
        files: made.files,
        refused: refused(&made.refused),
    })?;
    Ok(print_refused(printer, &made.refused).unwrap_or(Exit::Done))
}

/// The folder for the name that the project got.
fn own_directory(project: &Project) -> Option<PathBuf> {
    default_directory(&project.name).filter(|directory| is_free(directory))
}
