//! `qc push`.

use qc_files::{Client, FileName};
use qc_sync::{Folder, FolderPush, Selection, push_folder};
use serde_json::{Value, json};

use super::told::{self, Line};
use crate::{arguments::Go, exit::Exit, printer::Printer, progress::Shown, settings};

/// Costs one request where nothing was done here, else two and those for the changes.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    go: &Go,
    force: bool,
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&go.here.directory)?;
    let mut options = told::chosen(printer, go, &root)?;
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
    let push = push_folder(&folder, &project, &options).await?;
    let lines: Vec<Line> = push.pushed.done.iter().map(told::line).collect();
    printer.report(&data(&push), |out| told::lines(out, &lines, "nothing to push"))?;
    let exit = tell(printer, &push);
    let incoming = push.pushed.incoming.len();
    if incoming > 0 && !printer.is_quiet() {
        printer.note(format_args!("{incoming} changed in the cloud: `qc pull` brings them here"));
    }
    let renamed = push.pushed.incoming.iter().map(qc_sync::Change::name);
    let names = push.pushed.base.keys().chain(conflict_names(&push)).chain(renamed);
    let unmatched = told::tell_unmatched(printer, &options, names.chain(&push.unresolved));
    Ok(exit.or(unmatched).unwrap_or(Exit::Done))
}

fn conflict_names(push: &FolderPush) -> impl Iterator<Item = &FileName> + Clone {
    push.pushed.conflicts.iter().map(|conflict| &conflict.name)
}

/// What came of a push, for programs.
pub(crate) fn data(push: &FolderPush) -> Value {
    json!({
        "done": told::changes(&push.pushed.done),
        "failed": told::failed(&push.pushed.failed),
        "conflicts": told::conflicts(&push.pushed.conflicts),
        "unresolved": push.unresolved,
        "refused": told::refused(&push.refused),
    })
}

/// What did not come of it, for people.
pub(crate) fn tell(printer: &Printer, push: &FolderPush) -> Option<Exit> {
    let partly = told::tell_refused(printer, &push.refused);
    let failed = told::tell_failed(printer, &push.pushed.failed);
    let unresolved = told::tell_unresolved(printer, &push.unresolved);
    let conflict = told::tell_conflicts(printer, &push.pushed.conflicts);
    failed.or(unresolved).or(conflict).or(partly)
}
