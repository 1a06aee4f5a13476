//! `qc clone`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qc_files::{Client, FileName};
use qc_sync::{Folder, pull_folder};
use serde_json::json;

use crate::{
    commands::told::{self, tell_refused},
    exit::Exit,
    link::Link,
    printer::{Printer, shown},
    settings::{self, SettingsError},
};

/// Costs two requests: the project, then its files.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    asked: &str,
    directory: Option<&Path>,
) -> anyhow::Result<Exit> {
    let project = settings::find(client, asked).await?;
    let directory = match directory {
        Some(directory) => directory.to_owned(),
        None => default_directory(&project.name)?,
    };
    make_empty(&directory)?;
    let folder = Folder::open(&directory)?;
    // Known as the project's before anything is in it: a clone that is cut off is gone on with by `qc pull`.
    Link::write(&directory, &project)
        .with_context(|| format!("cannot write {}", directory.join("config.json").display()))?;
    let files = client.project(project.project_id)?;
    let pulled = pull_folder(&folder, &files, &told::options(printer)).await?;

    let written = pulled.pulled.base.len();
    let data = json!({
        "projectId": project.project_id,
        "name": project.name,
        "directory": directory,
        "files": written,
        "refused": told::refused(&pulled.refused),
    });
    printer.report(&data, |out| {
        let name = shown(&project.name);
        let files = if written == 1 { "file" } else { "files" };
        writeln!(out, "cloned {name} into {}: {written} {files}", directory.display())
    })?;
    Ok(tell_refused(printer, &pulled.refused).unwrap_or(Exit::Done))
}

/// The last part of the name, which comes from the service and may be anything.
fn default_directory(name: &str) -> Result<PathBuf, SettingsError> {
    let last = name.rsplit('/').next().unwrap_or_default().trim();
    match FileName::new(last) {
        Ok(clean) if !last.starts_with(['.', '-']) && shown(last) == last => {
            Ok(PathBuf::from(clean.as_str()))
        }
        _ => Err(SettingsError::NameAFolder(name.to_owned())),
    }
}

fn make_empty(directory: &Path) -> anyhow::Result<()> {
    match fs::read_dir(directory) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(SettingsError::Taken(directory.to_owned()).into()),
        },
        Err(why) if why.kind() == io::ErrorKind::NotFound => fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display())),
        Err(_) => Err(SettingsError::Taken(directory.to_owned()).into()),
    }
}
