//! Commands about single files in the cloud: one call each.

use std::io::{self, Write as _};

use qc_files::{Client, RemoteName};
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
