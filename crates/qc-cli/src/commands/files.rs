//! Commands about single files in the cloud: one call each.

use std::{fs, io, path::Path};

use qc_files::{Client, ErrorKind, FileName, RemoteName, qc_proto::ServerTime};
use serde_json::json;

use crate::{
    arguments::There,
    exit::Exit,
    printer::{Printer, shown},
    settings::{self, SettingsError},
};

pub(crate) async fn list(
    client: &Client,
    printer: &Printer,
    there: &There,
) -> anyhow::Result<Exit> {
    let files = settings::project(client, there).await?.read_all().await?;
    let data: Vec<_> = files
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
    let name = RemoteName::from_service(name);
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

/// An update where the file is there, else it is made: one request, or two.
pub(crate) async fn put(
    client: &Client,
    printer: &Printer,
    name: &FileName,
    from: &Path,
    there: &There,
) -> anyhow::Result<Exit> {
    let project = settings::project(client, there).await?;
    let content = read(from)?;
    let created = if content.is_empty() {
        // The service takes no empty content: an empty file is one made without any.
        match project.delete(name).await {
            Err(error) if error.kind() != ErrorKind::FileNotFound => return Err(error.into()),
            _ => project.create_empty(name).await?,
        }
        true
    } else {
        match project.update(name, content.as_str()).await {
            Err(error) if error.kind() == ErrorKind::FileNotFound => {
                project.create(name, content).await?;
                true
            }
            updated => {
                updated?;
                false
            }
        }
    };
    printer.report(&json!({ "name": name, "created": created }), |out| {
        writeln!(out, "{} {name}", if created { "create" } else { "update" })
    })?;
    Ok(Exit::Done)
}

pub(crate) async fn rename(
    client: &Client,
    printer: &Printer,
    name: &str,
    new_name: &FileName,
    there: &There,
) -> anyhow::Result<Exit> {
    let project = settings::project(client, there).await?;
    project.rename(RemoteName::from_service(name), new_name).await?;
    printer.report(&json!({ "name": name, "newName": new_name }), |out| {
        writeln!(out, "rename {} to {new_name}", shown(name))
    })?;
    Ok(Exit::Done)
}

pub(crate) async fn remove(
    client: &Client,
    printer: &Printer,
    name: &str,
    there: &There,
) -> anyhow::Result<Exit> {
    settings::project(client, there).await?.delete(RemoteName::from_service(name)).await?;
    printer.report(&json!({ "name": name }), |out| writeln!(out, "delete {}", shown(name)))?;
    Ok(Exit::Done)
}

pub(crate) async fn patch(
    client: &Client,
    printer: &Printer,
    from: &Path,
    there: &There,
) -> anyhow::Result<Exit> {
    settings::project(client, there).await?.patch(read(from)?).await?;
    printer.report(&json!({ "patched": true }), |out| writeln!(out, "patched"))?;
    Ok(Exit::Done)
}

/// A file's text, or standard input's.
fn read(from: &Path) -> Result<String, SettingsError> {
    let read = || {
        if from == Path::new("-") {
            return io::read_to_string(io::stdin().lock());
        }
        fs::read_to_string(from)
    };
    read().map_err(|why| SettingsError::Unreadable(from.to_owned(), why))
}
