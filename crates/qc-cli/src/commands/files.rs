//! Commands about single files in the cloud: one call each.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

use anyhow::Context as _;
use qc_files::{Client, ErrorKind, FileName, RemoteName};
use serde_json::json;

use crate::{
    arguments::There,
    exit::Exit,
    printer::{Printer, shown},
    settings,
};

pub(crate) async fn list(
    client: &Client,
    printer: &Printer,
    there: &There,
) -> anyhow::Result<Exit> {
    let files = settings::project(client, there)?.read_all().await?;
    let data: Vec<_> = files
        .iter()
        .map(|file| json!({ "name": file.name, "bytes": file.content.len(), "modified": file.modified }))
        .collect();
    printer.data(&data, |out| {
        for file in &files {
            writeln!(out, "{:>8}  {}", file.content.len(), shown(file.name.as_str()))?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

/// The content as it is, to the byte: it may go into a file.
pub(crate) async fn print(client: &Client, name: &str, there: &There) -> anyhow::Result<Exit> {
    // Whatever the service has may be looked at.
    let name = RemoteName::from_service(name);
    let file = settings::project(client, there)?.read(name).await?;
    match io::stdout().lock().write_all(file.content.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}

/// An update where the file is there, else it is made: one request, or two.
pub(crate) async fn put(
    client: &Client,
    printer: &Printer,
    name: &FileName,
    from: &Path,
    there: &There,
) -> anyhow::Result<Exit> {
    let project = settings::project(client, there)?;
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
    let project = settings::project(client, there)?;
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
    settings::project(client, there)?.delete(RemoteName::from_service(name)).await?;
    printer.report(&json!({ "name": name }), |out| writeln!(out, "delete {}", shown(name)))?;
    Ok(Exit::Done)
}

pub(crate) async fn patch(
    client: &Client,
    printer: &Printer,
    from: &Path,
    there: &There,
) -> anyhow::Result<Exit> {
    settings::project(client, there)?.patch(read(from)?).await?;
    printer.report(&json!({ "patched": true }), |out| writeln!(out, "patched"))?;
    Ok(Exit::Done)
}

/// A file's text, or standard input's.
fn read(from: &Path) -> anyhow::Result<String> {
    if from == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).context("standard input is no UTF-8 text")?;
        return Ok(text);
    }
    fs::read_to_string(from).with_context(|| format!("cannot read {}", from.display()))
}
