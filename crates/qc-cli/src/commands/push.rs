//! `qc push`.

use qc_files::{Client, FileName, qc_proto::Tier};
use qc_sync::{Folder, Push, Selection, SyncError};
use serde_json::{Value, json};

use super::told::{self, Line};
use crate::{
    arguments::Go,
    exit::Exit,
    printer::{Printer, shown},
    progress::Shown,
    settings, style,
};

/// Costs one request where nothing was done here, else two and those for the changes.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    go: &Go,
    force: bool,
    tier: Option<Tier>,
) -> anyhow::Result<Exit> {
    let (root, id) = settings::source_folder(&go.here.directory)?;
    let mut options =
        told::chosen(printer, if force { "push --force" } else { "push" }, go, &root)?;
    options.tier = tier;
    if force {
        options.ours = Selection::all();
    }
    let (folder, project) = (Folder::open(root)?, client.project(id)?);
    if go.dry_run {
        let status = qc_sync::status(&folder, &project, &options).await?;
        let shown = Shown(printer.clone());
        for caution in &status.cautions {
            qc_sync::Observer::caution(&shown, caution);
        }
        return told::tell_dry(printer, &status.plan.push, &status.plan.conflicts);
    }
    let push = qc_sync::push(&folder, &project, &options).await?;
    let lines: Vec<Line> = push.done.iter().map(told::line).collect();
    printer.report(&data(&push), |out| {
        // What was not done is told on stderr, and nothing was not all that there was to push.
        if lines.is_empty() && !is_whole(&push) {
            return Ok(());
        }
        told::lines(out, &lines, "nothing to push")
    })?;
    let exit = tell(printer, &push);
    tell_incoming(printer, &push);
    let incoming = push.incoming.iter().map(qc_sync::Change::name);
    let names = push.base.keys().chain(conflict_names(&push)).chain(incoming);
    let unmatched = told::tell_unmatched(printer, &options, names.chain(&push.unresolved));
    Ok(exit.or(unmatched).unwrap_or(Exit::Done))
}

/// Whether everything that was to be pushed was.
fn is_whole(push: &Push) -> bool {
    push.failed.is_empty()
        && push.conflicts.is_empty()
        && push.unresolved.is_empty()
        && push.refused.is_empty()
        && push.unchecked.is_none()
}

fn conflict_names(push: &Push) -> impl Iterator<Item = &FileName> + Clone {
    push.conflicts.iter().map(|conflict| &conflict.name)
}

/// What came of a push, for programs.
pub(crate) fn data(push: &Push) -> Value {
    json!({
        "done": told::changes(&push.done),
        "failed": told::failed(&push.failed),
        "conflicts": told::conflicts(&push.conflicts),
        "unresolved": push.unresolved,
        "refused": told::refused(&push.refused),
        "incoming": told::changes(&push.incoming),
    })
}

/// What did not come of it, for people.
pub(crate) fn tell(printer: &Printer, push: &Push) -> Option<Exit> {
    let partly = told::tell_refused(printer, &push.refused);
    let failed = told::tell_failed(printer, &push.failed);
    let unresolved = told::tell_unresolved(printer, &push.unresolved);
    let conflict = told::tell_conflicts(printer, &push.conflicts);
    let not_kept = push.not_kept.as_ref().map(|error| told::tell_not_kept(printer, error));
    let unchecked = push.unchecked.as_ref().map(|error| {
        if let SyncError::Folder(error) = error {
            return told::tell_not_kept(printer, error);
        }
        printer.mark(
            style::ALARM,
            "not checked",
            format_args!("what came of the push is not known: {}", shown(&error.to_string())),
        );
        Exit::of_sync(error)
    });
    unchecked.or(failed).or(unresolved).or(conflict).or(not_kept).or(partly)
}

/// Says what changed in the cloud meanwhile.
pub(crate) fn tell_incoming(printer: &Printer, push: &Push) {
    if push.incoming.is_empty() || printer.is_quiet() {
        return;
    }
    printer.note("changed in the cloud, and not here (`qc pull` brings it):");
    for change in &push.incoming {
        printer.note(format_args!("  {}", shown(&change.to_string())));
    }
}
