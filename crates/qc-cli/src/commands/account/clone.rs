//! `qc clone`.

use std::{io, path::Path};

use qc_files::{Client, ProjectId};
use serde::Serialize;

use crate::{
    arguments::LibraryArgs,
    commands::{
        download::{default_directory, download, is_free},
        folder::libraries,
    },
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        progress::Progress,
    },
    place::{folder::ProjectFolder, project},
    report::{Refused, print_refused, refused},
    text::{count, escape},
};

/// What was cloned.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CloneReport<'a> {
    project_id: ProjectId,
    name: &'a str,
    directory: &'a Path,
    files: usize,
    libraries: &'a [String],
    refused: Vec<Refused<'a>>,
}

impl Report for CloneReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let (name, directory) = (escape(self.name), self.directory.display());
        writeln!(out, "cloned {name} into {directory}: {}", count(self.files, "file"))?;
        libraries::print(out, self.libraries)
    }
}

/// Costs two requests, the project, then its files, and those for libraries. The folder is there as a whole or not at all.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    asked: Option<&str>,
    directory: Option<&Path>,
    libraries: LibraryArgs,
) -> anyhow::Result<Exit> {
    // Nobody is asked to wait while choosing.
    let progress = asked.map(|_| Progress::begin(printer));
    let project = project::require_source(project::find_or_choose(client, asked).await?)?;
    let _progress = progress.unwrap_or_else(|| Progress::begin(printer));
    let directory = match directory {
        Some(directory) => directory.to_owned(),
        None => default_directory(&project.name)
            .ok_or_else(|| CliError::NameAFolder(project.name.clone()))?,
    };
    if !is_free(&directory) {
        return Err(CliError::NotEmpty(directory).into());
    }
    warn_inside(printer);
    let made = download(client, printer, &project, &directory, libraries).await?;
    printer.show_done(&CloneReport {
        project_id: project.project_id,
        name: &project.name,
        directory: &directory,
        files: made.files,
        libraries: &made.libraries,
        refused: refused(&made.refused),
    })?;
    Ok(print_refused(printer, &made.refused).unwrap_or(Exit::Done))
}

/// Says so if the new folder is inside of another project's.
pub(super) fn warn_inside(printer: &Printer) {
    if let Ok(around) = ProjectFolder::find() {
        printer.caution(
            "caution",
            format_args!(
                "this is inside of {}, the folder of project {}; neither touches the other's files",
                around.root.display(),
                around.project_id()
            ),
        );
    }
}
