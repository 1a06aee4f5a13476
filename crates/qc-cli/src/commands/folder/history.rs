//! `qc undo`, `qc restore` and `qc history`: the way back, on this machine alone.

use std::{collections::BTreeMap, io, path::PathBuf};

use jiff::Timestamp;
use qc_files::{Client, FileName, Invalid};
use qc_sync::{LocalHistory, Operation, Replaced, Selection, Source};
use serde::Serialize;

use crate::{
    commands::folder::sync,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        style,
    },
    place::folder::ProjectFolder,
    report::{Refused, print_refused, refused},
    text::escape,
};

/// What an undo did.
#[derive(Serialize)]
struct UndoReport<'a> {
    undone: OperationName<'a>,
    files: &'a [FileName],
    left: Vec<Refused<'a>>,
    /// The files that were not there before the operation, and so are removed.
    #[serde(skip)]
    made: Vec<&'a FileName>,
}

/// An operation, by number and command.
#[derive(Serialize)]
struct OperationName<'a> {
    id: u64,
    command: &'a str,
}

impl Report for UndoReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let (id, command) = (self.undone.id, escape(self.undone.command));
        if self.files.is_empty() {
            return writeln!(out, "nothing to undo of operation {id}, {command}");
        }
        writeln!(out, "undid operation {id}, {command}")?;
        let (made, kept): (Vec<_>, Vec<_>) =
            self.files.iter().partition(|name| self.made.contains(name));
        print_files(out, "restore", style::CHANGED, kept)?;
        print_files(out, "remove", style::REMOVED, made)
    }
}

pub(crate) fn undo(
    printer: &Printer,
    folder: &ProjectFolder,
    id: Option<u64>,
) -> anyhow::Result<Exit> {
    let local = folder.open()?;
    let undone = LocalHistory::new(&local, folder.project_id(), sync::now()).undo(id)?;
    let Operation { id, command, here, .. } = &undone.operation;
    let made = here.iter().filter(|file| file.before.is_none()).map(|file| &file.name).collect();
    printer.show_done(&UndoReport {
        undone: OperationName { id: *id, command },
        files: &undone.files,
        left: refused(&undone.left),
        made,
    })?;
    Ok(print_refused(printer, &undone.left).unwrap_or(Exit::Done))
}

pub(crate) fn restore(
    printer: &Printer,
    folder: &ProjectFolder,
    paths: &[PathBuf],
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
    restore_from(printer, folder, &folder.files_at(paths)?, source)
}

/// Costs one request.
pub(crate) async fn restore_from_cloud(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    paths: &[PathBuf],
) -> anyhow::Result<Exit> {
    let names = folder.files_at(paths)?;
    let mut texts = BTreeMap::new();
    for file in client.project(folder.project_id())?.read_all().await? {
        if let Ok(name) = file.name.clean()
            && names.contains(&name)
        {
            texts.insert(name, file.content);
        }
    }
    restore_from(printer, folder, &names, Source::Texts(texts))
}

/// What a restore did.
#[derive(Serialize)]
struct RestoreReport<'a> {
    files: &'a [FileName],
    left: Vec<Refused<'a>>,
}

impl Report for RestoreReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.files.is_empty() && self.left.is_empty() {
            return writeln!(out, "nothing to restore");
        }
        print_files(out, "restore", style::CHANGED, self.files)
    }
}

fn restore_from(
    printer: &Printer,
    folder: &ProjectFolder,
    names: &Selection,
    source: Source,
) -> anyhow::Result<Exit> {
    let local = folder.open()?;
    let history = LocalHistory::new(&local, folder.project_id(), sync::now());
    let restored = history.restore(names, source)?;
    let left = refused(&restored.left);
    printer.show_done(&RestoreReport { files: &restored.files, left })?;
    Ok(print_refused(printer, &restored.left).unwrap_or(Exit::Done))
}

fn print_files<'a>(
    out: &mut dyn io::Write,
    what: &str,
    style: anstyle::Style,
    names: impl IntoIterator<Item = &'a FileName>,
) -> io::Result<()> {
    names
        .into_iter()
        .try_for_each(|name| writeln!(out, "{style}{what}{style:#} {}", escape(name.as_str())))
}

/// One operation of the history.
#[derive(Serialize)]
struct OperationReport<'a> {
    id: u64,
    /// In UTC, as RFC 3339 writes it.
    at: String,
    command: &'a str,
    here: Vec<ReplacedReport<'a>>,
    cloud: Vec<ReplacedReport<'a>>,
}

/// What an operation did to a file.
#[derive(Serialize)]
struct ReplacedReport<'a> {
    name: &'a FileName,
    action: &'static str,
}

impl<'a> From<&'a Operation> for OperationReport<'a> {
    fn from(operation: &'a Operation) -> Self {
        let files = |files: &'a [Replaced]| -> Vec<ReplacedReport<'a>> {
            let report = |file: &'a Replaced| ReplacedReport {
                name: &file.name,
                action: match (file.before, file.after) {
                    (None, _) => "create",
                    (_, None) => "delete",
                    _ => "update",
                },
            };
            files.iter().map(report).collect()
        };
        let at = i64::try_from(operation.at).ok().and_then(|at| Timestamp::from_second(at).ok());
        Self {
            id: operation.id,
            at: at.map_or_else(String::new, |at| at.to_string()),
            command: &operation.command,
            here: files(&operation.here),
            cloud: files(&operation.cloud),
        }
    }
}

/// The history, the newest operation first.
#[derive(Serialize)]
#[serde(transparent)]
struct HistoryReport<'a>(Vec<OperationReport<'a>>);

impl Report for HistoryReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.0.is_empty() {
            writeln!(out, "nothing was replaced or deleted so far")?;
        }
        for OperationReport { id, at, command, here, cloud } in &self.0 {
            let heading = style::HEADING;
            writeln!(out, "{heading}{id:>4}  {at}  {}{heading:#}", escape(command))?;
            for (place, files) in [("here", here), ("in the cloud", cloud)] {
                for ReplacedReport { name, action } in files {
                    writeln!(out, "      {action} {} {place}", escape(name.as_str()))?;
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn list(
    printer: &Printer,
    folder: &ProjectFolder,
    paths: &[PathBuf],
    keep_days: Option<u64>,
    keep_mb: Option<u64>,
) -> anyhow::Result<Exit> {
    let names = folder.files_at_or_all(paths)?;
    let local = folder.open()?;
    if keep_days.is_some() || keep_mb.is_some() {
        let mut limits = local.history_limits()?;
        limits.days = keep_days.unwrap_or(limits.days);
        limits.megabytes = keep_mb.unwrap_or(limits.megabytes);
        local.set_history_limits(limits)?;
    }
    let mut operations = local.history()?;
    operations.reverse();
    for operation in &mut operations {
        operation.here.retain(|file| names.contains(&file.name));
        operation.cloud.retain(|file| names.contains(&file.name));
    }
    operations.retain(|operation| !operation.is_empty());
    printer.show(&HistoryReport(operations.iter().map(OperationReport::from).collect()))?;
    Ok(Exit::Done)
}
