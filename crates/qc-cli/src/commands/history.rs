//! `qc undo`, `qc restore` and `qc history`: the way back, on this machine alone.

use std::{collections::BTreeMap, io, path::PathBuf};

use jiff::Timestamp;
use qc_files::{Client, FileName, Invalid};
use qc_sync::{Folder, Local as _, Operation, Refused, Replaced, Selection, Source};
use serde_json::{Value, json};

use super::told;
use crate::{
    arguments::Here,
    exit::Exit,
    paths,
    printer::{Printer, shown},
    settings, style,
};

pub(crate) fn undo(printer: &Printer, here: &Here, id: Option<u64>) -> anyhow::Result<Exit> {
    let (root, project) = settings::folder(&here.directory)?;
    let folder = Folder::open(root)?;
    let undone = qc_sync::undo(&folder, project, id, told::now())?;
    let Operation { id, command, .. } = &undone.operation;
    let data = json!({
        "undone": { "id": id, "command": command },
        "files": undone.files,
        "left": told::refused(&undone.left),
    });
    printer.report(&data, |out| {
        writeln!(out, "undid operation {id}, {}", shown(command))?;
        files(out, &undone.files)
    })?;
    Ok(told::tell_refused(printer, &undone.left).unwrap_or(Exit::Done))
}

pub(crate) fn restore(
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
    from: Option<&str>,
) -> anyhow::Result<Exit> {
    let source = match from {
        None => Source::Default,
        Some("base") => Source::Base,
        Some(id) => match id.parse() {
            Ok(id) => Source::Operation(id),
            Err(_) => return Err(Invalid::new("--from", "must be base, cloud or a number").into()),
        },
    };
    let (root, _) = settings::folder(&here.directory)?;
    let names = paths::named(&root, &here.directory, only)?;
    restored(printer, here, &names, source)
}

/// Costs one request.
pub(crate) async fn restore_from_cloud(
    client: &Client,
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
) -> anyhow::Result<Exit> {
    let (root, id) = settings::source_folder(&here.directory)?;
    let names = paths::named(&root, &here.directory, only)?;
    let mut texts = BTreeMap::new();
    for file in client.project(id)?.read_all().await? {
        if let Ok(name) = file.name.clean()
            && names.contains(&name)
        {
            texts.insert(name, file.content);
        }
    }
    restored(printer, here, &names, Source::Texts(texts))
}

fn restored(
    printer: &Printer,
    here: &Here,
    names: &Selection,
    source: Source,
) -> anyhow::Result<Exit> {
    let (root, project) = settings::folder(&here.directory)?;
    let folder = Folder::open(root)?;
    let restored = qc_sync::restore(&folder, project, names, source, told::now())?;
    let left: &[Refused] = &restored.left;
    let data = json!({ "files": restored.files, "left": told::refused(left) });
    printer.report(&data, |out| {
        if restored.files.is_empty() && left.is_empty() {
            return writeln!(out, "nothing to restore");
        }
        files(out, &restored.files)
    })?;
    Ok(told::tell_refused(printer, left).unwrap_or(Exit::Done))
}

fn files(out: &mut dyn io::Write, names: &[FileName]) -> io::Result<()> {
    let style = style::CHANGED;
    for name in names {
        writeln!(out, "{style}restore{style:#} {}", shown(name.as_str()))?;
    }
    Ok(())
}

pub(crate) fn list(
    printer: &Printer,
    here: &Here,
    only: &[PathBuf],
    keep_days: Option<u64>,
    keep_mb: Option<u64>,
) -> anyhow::Result<Exit> {
    let (root, _) = settings::folder(&here.directory)?;
    let names = paths::selection(&root, &here.directory, only)?;
    let folder = Folder::open(root)?;
    if keep_days.is_some() || keep_mb.is_some() {
        let mut limits = folder.history_limits()?;
        limits.days = keep_days.unwrap_or(limits.days);
        limits.megabytes = keep_mb.unwrap_or(limits.megabytes);
        folder.set_history_limits(limits)?;
    }
    let mut operations = folder.history()?;
    operations.reverse();
    for operation in &mut operations {
        operation.here.retain(|file| names.contains(&file.name));
        operation.cloud.retain(|file| names.contains(&file.name));
    }
    operations.retain(|operation| !operation.is_empty());
    let data: Vec<_> = operations.iter().map(described).collect();
    printer.data(&data, |out| {
        if operations.is_empty() {
            writeln!(out, "nothing was replaced or deleted so far")?;
        }
        for operation in &operations {
            let Operation { id, command, .. } = operation;
            let heading = style::HEADING;
            writeln!(out, "{heading}{id:>4}  {}  {}{heading:#}", time(operation), shown(command))?;
            for (place, files) in [("here", &operation.here), ("in the cloud", &operation.cloud)] {
                for file in files {
                    writeln!(out, "      {} {} {place}", verb(file), shown(file.name.as_str()))?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

fn described(operation: &Operation) -> Value {
    let files = |files: &[Replaced]| -> Vec<Value> {
        let described = |file: &Replaced| json!({ "name": file.name, "action": verb(file) });
        files.iter().map(described).collect()
    };
    json!({
        "id": operation.id,
        "at": time(operation),
        "command": operation.command,
        "here": files(&operation.here),
        "cloud": files(&operation.cloud),
    })
}

fn verb(file: &Replaced) -> &'static str {
    match (file.before, file.after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    }
}

/// In UTC, as RFC 3339 writes it.
fn time(operation: &Operation) -> String {
    let at = i64::try_from(operation.at).ok().and_then(|at| Timestamp::from_second(at).ok());
    at.map_or_else(String::new, |at| at.to_string())
}
