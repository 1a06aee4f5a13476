//! Commands about single files in the cloud: one call each.

use std::{io, path::Path};

use qc_files::{
    Client, ErrorKind, FileName, Invalid, Project, ProjectFiles, RemoteName, qc_proto::ServerTime,
};
use qc_sync::{Folder, Thousands, delete_file, is_unresolved, put_file, read_plain, with_control};
use serde_json::json;

use super::told;
use crate::{
    arguments::There,
    exit::Exit,
    paths,
    printer::{Printer, failed_call, shown},
    settings::{self, SettingsError},
    style,
};

pub(crate) async fn list(
    client: &Client,
    printer: &Printer,
    there: &There,
) -> anyhow::Result<Exit> {
    let files = settings::project(client, there).await?.read_all().await?;
    for unreadable in &files.unreadable {
        printer.note(format_args!("{unreadable}"));
    }
    let data: Vec<_> = files
        .files
        .iter()
        .map(|file| json!({ "name": file.name, "bytes": file.content.len(), "modified": file.modified }))
        .collect();
    printer.data(&data, |out| {
        for file in &files {
            let modified = file.modified.as_ref().map_or("", ServerTime::as_str);
            let (bytes, name) = (file.content.len(), shown(file.name.as_str()));
            writeln!(out, "{bytes:>8}  {:<19}  {name}", shown(modified))?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// The content as it is, to the byte: it may go into a file.
pub(crate) async fn print(
    client: &Client,
    printer: &Printer,
    name: &str,
    there: &There,
) -> anyhow::Result<Exit> {
    // Whatever the service has may be looked at.
    let name = RemoteName::from_service(named(there, name)?);
    let file = settings::project(client, there).await?.read(name).await?;
    if printer.wants_json() {
        let data = json!({
            "name": file.name,
            "content": file.content,
            "modified": file.modified,
        });
        printer.data(&data, |_| Ok(()))?;
    } else {
        printer.raw(file.content.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// Returns the project's name for what was typed: relative to where one is in the project's folder, unless a project is
/// named.
fn named(there: &There, typed: &str) -> anyhow::Result<String> {
    if there.project.is_some() {
        return Ok(typed.to_owned());
    }
    let (root, _) = settings::folder(&there.here.directory)?;
    Ok(paths::name(&root, &there.here.directory, Path::new(typed))?)
}

/// Returns the folder whose history keeps what is replaced. None where a project is named.
fn folder(there: &There) -> anyhow::Result<Option<Folder>> {
    if there.project.is_some() {
        return Ok(None);
    }
    Ok(Some(Folder::open(settings::folder(&there.here.directory)?.0)?))
}

/// In a project's folder two requests, so that the history has what was there; else one or two.
pub(crate) async fn put(
    client: &Client,
    printer: &Printer,
    typed: &str,
    from: Option<&Path>,
    allow_empty: bool,
    there: &There,
) -> anyhow::Result<Exit> {
    let name = FileName::new(named(there, typed)?)?;
    let here = there.here.directory.join(typed);
    let from = from.unwrap_or(&here);
    let content = read(from)?;
    if from == Path::new("-") && content.is_empty() && !allow_empty {
        let why = "is needed where standard input is empty: the file would be emptied";
        return Err(Invalid::new("--allow-empty", why).into());
    }
    if is_unresolved(&content) {
        return Err(SettingsError::Unresolved(from.to_owned()).into());
    }
    let (project, known) = settings::source_project(client, there).await?;
    let size = format!("{name} has {} characters", Thousands(content.chars().count()));
    if let Some(max) = known.and_then(|known| max_file_chars(&known))
        && content.chars().nth(max).is_some()
    {
        let max = Thousands(max);
        let line =
            format!("{size}, and the project takes {max} a file: the service will refuse that");
        printer.mark(style::CAUTION, "caution", line);
    }
    let put = match folder(there)? {
        Some(folder) => {
            let options = told::options(printer, "put");
            put_file(&folder, &project, &name, &content, &options).await.map_err(Into::into)
        }
        None => put_unseen(&project, &name, content).await,
    };
    let created = put.map_err(|error: anyhow::Error| match failed_call(&error) {
        Some(call) if call.kind() == ErrorKind::TooLarge => error.context(size),
        _ => error,
    })?;
    printer.report(&json!({ "name": name, "created": created }), |out| {
        writeln!(out, "{} {name}", if created { "create" } else { "update" })
    })?;
    Ok(Exit::Done)
}

/// What the service says the project takes. A KB is 1,000 characters.
fn max_file_chars(project: &Project) -> Option<usize> {
    usize::try_from(project.max_file_size?).ok()?.checked_mul(1000)
}

/// Returns whether the file was created.
async fn put_unseen(
    project: &ProjectFiles,
    name: &FileName,
    content: String,
) -> anyhow::Result<bool> {
    if content.is_empty() {
        // The service takes no empty content: an empty file is one that is created without any.
        match project.delete(name).await {
            Err(error) if error.kind() != ErrorKind::FileNotFound => return Err(error.into()),
            _ => project.create_empty(name).await?,
        }
        return Ok(true);
    }
    match project.update(name, content.as_str()).await {
        Err(error) if error.kind() == ErrorKind::FileNotFound => {
            project.create(name, content).await?;
            Ok(true)
        }
        updated => Ok(updated.map(|()| false)?),
    }
}

pub(crate) async fn rename(
    client: &Client,
    printer: &Printer,
    typed: &str,
    new: &str,
    there: &There,
) -> anyhow::Result<Exit> {
    let (name, new_name) = (named(there, typed)?, FileName::new(named(there, new)?)?);
    let project = settings::project(client, there).await?;
    let old_name = RemoteName::from_service(name.as_str());
    with_control(&project, async || project.rename(old_name.clone(), &new_name).await).await?;
    printer.report(&json!({ "name": name, "newName": new_name }), |out| {
        writeln!(out, "rename {} to {}", shown(&name), shown(new_name.as_str()))
    })?;
    Ok(Exit::Done)
}

/// In a project's folder three requests, so that the history has what was there; else one.
pub(crate) async fn remove(
    client: &Client,
    printer: &Printer,
    typed: &str,
    there: &There,
) -> anyhow::Result<Exit> {
    let name = named(there, typed)?;
    let project = settings::project(client, there).await?;
    match (folder(there)?, FileName::new(name.as_str())) {
        (Some(folder), Ok(name)) => {
            delete_file(&folder, &project, &name, &told::options(printer, "rm")).await?;
        }
        _ => project.delete(RemoteName::from_service(name.as_str())).await?,
    }
    printer.report(&json!({ "name": name }), |out| writeln!(out, "delete {}", shown(&name)))?;
    Ok(Exit::Done)
}

pub(crate) async fn patch(
    client: &Client,
    printer: &Printer,
    from: &Path,
    there: &There,
) -> anyhow::Result<Exit> {
    let patch = read(from)?;
    let (project, _) = settings::source_project(client, there).await?;
    with_control(&project, async || project.patch(patch.as_str()).await).await?;
    printer.report(&json!({ "patched": true }), |out| writeln!(out, "patched"))?;
    Ok(Exit::Done)
}

/// A file's text, or standard input's.
fn read(from: &Path) -> Result<String, SettingsError> {
    let read = || {
        if from == Path::new("-") {
            return io::read_to_string(io::stdin().lock());
        }
        String::from_utf8(read_plain(from)?)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
    };
    read().map_err(|why| SettingsError::Unreadable(from.to_owned(), why))
}
