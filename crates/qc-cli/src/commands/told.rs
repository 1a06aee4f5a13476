//! How changes, conflicts and failures are told, to people and to programs.

use std::{io, sync::Arc};

use anstyle::Style;
use qc_files::{ErrorKind, FileName, Runtime as _, qc_transport::TokioRuntime};
use qc_sync::{
    Caution, Change, Conflict, Failed, FolderError, Options, Reason, Refused, Side, Thousands,
    Write,
};
use serde_json::{Value, json};

use crate::{
    arguments::Go,
    exit::{Exit, next_step, said},
    paths,
    printer::{Printer, shown},
    progress::Shown,
    settings::SettingsError,
    style,
};

/// Nothing settled, and each step shown. The history names the operation by `command`.
pub(crate) fn options(printer: &Printer, command: &str) -> Options {
    let mut options = Options::new(now());
    options.command = command.to_owned();
    options.observer = Arc::new(Shown(printer.clone()));
    options
}

/// Returns the present time, in seconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    TokioRuntime::new().now().wall.as_secs()
}

/// As the person wants it.
pub(crate) fn chosen(
    printer: &Printer,
    command: &str,
    go: &Go,
    root: &std::path::Path,
) -> Result<Options, SettingsError> {
    let mut options = options(printer, command);
    options.delete_many = go.delete_many;
    options.accept_empty = go.accept_empty;
    options.ours = paths::named(root, &go.here.directory, &go.ours)?;
    options.theirs = paths::named(root, &go.here.directory, &go.theirs)?;
    Ok(options)
}

/// A word and what it is about, coloured by what it means.
pub(crate) struct Line {
    style: Style,
    word: &'static str,
    about: String,
}

impl Line {
    pub(crate) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { style, word, about } = self;
        writeln!(out, "{style}{word}{style:#} {}", shown(about))
    }
}

pub(crate) fn line(change: &Change) -> Line {
    let (style, word, about) = match change {
        Change::Create(name) => (style::MADE, "create", name.to_string()),
        Change::Update(name) => (style::CHANGED, "update", name.to_string()),
        Change::Rename { from, to } => (style::MOVED, "rename", format!("{from} to {to}")),
        Change::Delete(name) => (style::REMOVED, "delete", name.to_string()),
    };
    Line { style, word, about }
}

pub(crate) fn written_line(write: &Write) -> Line {
    let (style, word, about) = match write {
        Write::Put { name, .. } => (style::CHANGED, "write", name.to_string()),
        Write::Rename { from, to, .. } => (style::MOVED, "rename", format!("{from} to {to}")),
        Write::Remove(name) => (style::REMOVED, "remove", name.to_string()),
    };
    Line { style, word, about }
}

pub(crate) fn lines(out: &mut dyn io::Write, lines: &[Line], otherwise: &str) -> io::Result<()> {
    if lines.is_empty() {
        return writeln!(out, "{otherwise}");
    }
    lines.iter().try_for_each(|line| line.write(out))
}

pub(crate) fn change(change: &Change) -> Value {
    match change {
        Change::Create(name) => json!({ "action": "create", "name": name }),
        Change::Update(name) => json!({ "action": "update", "name": name }),
        Change::Rename { from, to } => json!({ "action": "rename", "from": from, "name": to }),
        Change::Delete(name) => json!({ "action": "delete", "name": name }),
    }
}

pub(crate) fn changes(all: &[Change]) -> Vec<Value> {
    all.iter().map(change).collect()
}

pub(crate) fn written(write: &Write) -> Value {
    match write {
        Write::Put { name, .. } => json!({ "action": "write", "name": name }),
        Write::Rename { from, to, .. } => json!({ "action": "rename", "from": from, "name": to }),
        Write::Remove(name) => json!({ "action": "remove", "name": name }),
    }
}

pub(crate) fn refused(all: &[Refused]) -> Vec<Value> {
    all.iter().map(|Refused { name, why }| json!({ "name": name, "why": why })).collect()
}

pub(crate) fn failed(all: &[Failed]) -> Vec<Value> {
    let data = |failed: &Failed| {
        let mut data = change(&failed.change);
        data["error"] = json!(why(failed));
        data
    };
    all.iter().map(data).collect()
}

/// Why it did not come about; none where it was not tried.
fn why(failed: &Failed) -> Option<String> {
    match &failed.reason {
        Reason::Request(error) => Some(match failed.chars {
            Some(chars) if error.kind() == ErrorKind::TooLarge => {
                format!("{}; it has {} characters", said(error), Thousands(chars))
            }
            _ => said(error),
        }),
        Reason::ChangedHere => {
            Some("the file was changed here in the meantime: push again".to_owned())
        }
        Reason::Contended => Some(
            "others changed the file in the cloud each time before it arrived: push again"
                .to_owned(),
        ),
        _ => None,
    }
}

/// What the service may refuse, and how to say what it takes.
pub(crate) fn caution(caution: &Caution) -> String {
    let hint = if caution.is_tier_known() { "" } else { ": say which with --tier or QC_TIER" };
    format!("{caution}{hint}")
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Created => "created",
        Side::Updated => "updated",
        Side::Deleted => "deleted",
    }
}

pub(crate) fn conflicts(all: &[Conflict]) -> Vec<Value> {
    let data = |conflict: &Conflict| {
        json!({
            "name": conflict.name,
            "here": side(conflict.local),
            "cloud": side(conflict.remote),
        })
    };
    all.iter().map(data).collect()
}

pub(crate) fn conflict_line(conflict: &Conflict) -> String {
    let (here, cloud) = (side(conflict.local), side(conflict.remote));
    format!("{} ({here} here, {cloud} in the cloud)", shown(conflict.name.as_str()))
}

/// What a dry run says.
pub(crate) fn tell_dry(
    printer: &Printer,
    would: &[Change],
    both: &[Conflict],
) -> anyhow::Result<Exit> {
    let data = json!({ "would": changes(would), "conflicts": conflicts(both) });
    let all: Vec<Line> = would.iter().map(line).collect();
    printer.data(&data, |out| lines(out, &all, "nothing to do"))?;
    Ok(tell_conflicts(printer, both).unwrap_or(Exit::Done))
}

pub(crate) fn tell_conflicts(printer: &Printer, all: &[Conflict]) -> Option<Exit> {
    if all.is_empty() {
        return None;
    }
    printer.mark(style::ALARM, "conflict", "changed on both sides, and left alone:");
    for conflict in all {
        printer.note(format_args!("  {}", conflict_line(conflict)));
    }
    printer.note("see what each side did with `qc diff`; then, for each of them,");
    printer.note("  qc pull --merge         brings both together, with markers where they overlap");
    printer.note("  qc push --ours NAME     keeps yours in both places");
    printer.note("  qc pull --theirs NAME   takes the cloud's in both places");
    printer.note(
        "what is replaced stays in `qc history`; `qc undo` and `qc restore NAME` bring it back",
    );
    Some(Exit::Conflict)
}

/// Names the files that a merge left markers in.
pub(crate) fn tell_unresolved(printer: &Printer, names: &[FileName]) -> Option<Exit> {
    for name in names {
        let name = shown(name.as_str());
        printer.mark(
            style::ALARM,
            "conflict",
            format_args!(
                "{name} still has the markers of a merge, and is not pushed: choose between them and remove the \
                 markers; `qc undo` takes the merge back, `qc pull --theirs {name}` takes the cloud's"
            ),
        );
    }
    (!names.is_empty()).then_some(Exit::Conflict)
}

pub(crate) fn tell_failed(printer: &Printer, failed: &[Failed]) -> Option<Exit> {
    for failed in failed {
        let change = shown(&failed.change.to_string());
        match why(failed) {
            Some(why) => {
                printer.mark(style::ALARM, "failed", format_args!("{change}: {why}"));
            }
            None => printer.mark(style::CAUTION, "not tried", change),
        }
    }
    let Some(first) = failed.iter().find_map(Failed::error) else {
        return (!failed.is_empty()).then_some(Exit::Partly);
    };
    if let Some(next) = next_step(first) {
        printer.note(next);
    }
    // What fails everything says better what is wrong than that some of it failed.
    let all = first.kind().concerns_all_files();
    Some(if all { Exit::of_call(first.kind()) } else { Exit::Partly })
}

/// Names the files that were left alone; none is no reason to say anything.
pub(crate) fn tell_refused(printer: &Printer, refused: &[Refused]) -> Option<Exit> {
    for Refused { name, why } in refused {
        printer.mark(style::CAUTION, "left alone", format_args!("{}: {why}", shown(name)));
    }
    (!refused.is_empty()).then_some(Exit::Partly)
}

/// Says so when no file is at a path that a conflict was to be settled for.
pub(crate) fn tell_unmatched<'a>(
    printer: &Printer,
    options: &Options,
    names: impl IntoIterator<Item = &'a FileName> + Clone,
) -> Option<Exit> {
    let mut unmatched = options.ours.unmatched(names.clone());
    unmatched.extend(options.theirs.unmatched(names));
    for path in &unmatched {
        printer.mark(style::CAUTION, "no such file", shown(path));
    }
    (!unmatched.is_empty()).then_some(Exit::NotFound)
}

/// Says that the folder could not note what was done.
pub(crate) fn tell_not_kept(printer: &Printer, error: &FolderError) -> Exit {
    printer.mark(
        style::CAUTION,
        "caution",
        format_args!(
            "what was done is done, but could not be noted in the folder ({}); the next push or pull finds it",
            shown(&error.to_string())
        ),
    );
    Exit::Partly
}
