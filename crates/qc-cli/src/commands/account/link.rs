//! `qc link`: ties a folder that is there to a project, without changing a file.

use std::{env, io};

use anyhow::Context as _;
use qc_files::{Client, ProjectId};
use qc_sync::{Config, Folder};
use serde::Serialize;

use crate::{
    error::CliError,
    exit::Exit,
    output::printer::{Printer, Report},
    place::project,
    text::escape,
};

/// The tie that was made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkReport {
    project_id: ProjectId,
    name: String,
    url: String,
}

impl Report for LinkReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(
            out,
            "this folder belongs to {} now; `qc status` shows what differs",
            escape(&self.name)
        )
    }
}

/// Costs one request.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    asked: Option<&str>,
    replace: bool,
) -> anyhow::Result<Exit> {
    let root = env::current_dir().context("cannot find the current folder")?;
    let config = Config::read(&root)?;
    let known = config.as_ref().map(Config::project).transpose()?.flatten();
    let project = project::require_source(project::find_or_choose(client, asked).await?)?;
    match known {
        Some(known) if known == project.project_id => {}
        Some(known) if !replace => {
            let project = known.to_string();
            return Err(CliError::LinkedAlready { path: root, project }.into());
        }
        _ => {
            let folder = Folder::open(root.clone())?;
            // What both sides had in common with another project says nothing of this one.
            folder.forget_project()?;
            match config {
                Some(mut config) => {
                    config.set_project(&project)?;
                    config.save()?;
                }
                None => Config::with_settings(&root, &project)?.save()?,
            }
        }
    }
    printer.show_done(&LinkReport {
        project_id: project.project_id,
        url: project::url(project.project_id),
        name: project.name,
    })?;
    Ok(Exit::Done)
}
