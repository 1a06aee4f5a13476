//! `qc status`, `qc pull` and `qc push`.

use std::io;

use qc_files::{Client, FileName};
use qc_sync::{
    Change, Conflict, Failed, Folder, Options, Plan, Refused, Side, Write, pull_folder, push_folder,
};
use serde_json::{Value, json};

use crate::{
    arguments::{Go, Here},
    exit::Exit,
    printer::{Printer, shown},
    settings,
};

pub(crate) async fn status(
    client: &Client,
    printer: &Printer,
    here: &Here,
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&here.directory)?;
    let folder = Folder::open(root)?;
    let status = qc_sync::status(&folder, &client.project(id)?, &Options::default()).await?;
    tell_plan(printer, &status.plan)?;
    let partly = tell_refused(printer, &status.refused);
    Ok(match (status.plan.conflicts.is_empty(), status.plan.is_empty()) {
        (false, _) => Exit::Conflict,
        (true, false) => Exit::Differences,
        (true, true) => partly.unwrap_or(Exit::Done),
    })
}

pub(crate) async fn pull(
    client: &Client,
    printer: &Printer,
    go: &Go,
    theirs: &[FileName],
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&go.here.directory)?;
    let (folder, project, options) =
        (Folder::open(root)?, client.project(id)?, options(go, &[], theirs));
    if go.dry_run {
        let plan = qc_sync::status(&folder, &project, &options).await?.plan;
        return tell_dry(printer, plan.pull, &plan.conflicts);
    }
    let pulled = pull_folder(&folder, &project, &options).await?;
    let refused = |write: &&Write| {
        let name = target(write);
        !pulled.refused.iter().any(|refused| refused.name == name)
    };
    let done: Vec<String> = pulled.pulled.writes.iter().filter(refused).map(written).collect();
    let data = json!({
        "done": done,
        "conflicts": conflicts(&pulled.pulled.conflicts),
        "refused": pulled.refused.iter().map(|refused| &refused.name).collect::<Vec<_>>(),
    });
    printer.report(&data, |out| lines(out, &done, "nothing new in the cloud"))?;
    let partly = tell_refused(printer, &pulled.refused);
    Ok(tell_conflicts(printer, &pulled.pulled.conflicts).or(partly).unwrap_or(Exit::Done))
}

pub(crate) async fn push(
    client: &Client,
    printer: &Printer,
    go: &Go,
    ours: &[FileName],
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&go.here.directory)?;
    let (folder, project, options) =
        (Folder::open(root)?, client.project(id)?, options(go, ours, &[]));
    if go.dry_run {
        let plan = qc_sync::status(&folder, &project, &options).await?.plan;
        return tell_dry(printer, plan.push, &plan.conflicts);
    }
    let push = push_folder(&folder, &project, &options).await?;
    let done: Vec<String> = push.pushed.done.iter().map(shown_change).collect();
    let data = json!({
        "done": done,
        "failed": push.pushed.failed.iter().map(|failed| shown_change(&failed.change)).collect::<Vec<_>>(),
        "conflicts": conflicts(&push.pushed.conflicts),
        "refused": push.refused.iter().map(|refused| &refused.name).collect::<Vec<_>>(),
    });
    printer.report(&data, |out| lines(out, &done, "nothing to push"))?;
    let partly = tell_refused(printer, &push.refused);
    let failed = tell_failed(printer, &push.pushed.failed);
    let incoming = push.pushed.incoming.len();
    if incoming > 0 {
        printer.note(format_args!("{incoming} changed in the cloud: `qc pull` brings them here"));
    }
    let conflict = tell_conflicts(printer, &push.pushed.conflicts);
    Ok(failed.or(conflict).or(partly).unwrap_or(Exit::Done))
}

fn options(go: &Go, ours: &[FileName], theirs: &[FileName]) -> Options {
    let mut options = Options::default();
    options.accept_empty = go.accept_empty;
    options.ours = ours.to_vec().into();
    options.theirs = theirs.to_vec().into();
    options
}

fn shown_change(change: &Change) -> String {
    shown(&change.to_string())
}

fn target(write: &Write) -> &str {
    match write {
        Write::Rename { to, .. } => to.as_str(),
        Write::Put { name, .. } | Write::Remove(name) => name.as_str(),
    }
}

pub(crate) fn written(write: &Write) -> String {
    shown(&match write {
        Write::Rename { from, to, .. } => format!("rename {from} to {to}"),
        Write::Put { name, .. } => format!("write {name}"),
        Write::Remove(name) => format!("remove {name}"),
    })
}

fn lines(out: &mut dyn io::Write, lines: &[String], otherwise: &str) -> io::Result<()> {
    if lines.is_empty() {
        return writeln!(out, "{otherwise}");
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Created => "created",
        Side::Updated => "updated",
        Side::Deleted => "deleted",
    }
}

fn conflicts(conflicts: &[Conflict]) -> Vec<Value> {
    let data = |conflict: &Conflict| {
        json!({
            "name": conflict.name,
            "here": side(conflict.local),
            "cloud": side(conflict.remote),
        })
    };
    conflicts.iter().map(data).collect()
}

fn tell_plan(printer: &Printer, plan: &Plan) -> anyhow::Result<()> {
    let changes = |changes: &[Change]| changes.iter().map(shown_change).collect::<Vec<_>>();
    let (push, pull) = (changes(&plan.push), changes(&plan.pull));
    let data = json!({ "push": push, "pull": pull, "conflicts": conflicts(&plan.conflicts) });
    printer.data(&data, |out| {
        if plan.is_empty() {
            writeln!(out, "in step")?;
        }
        for (title, changes) in
            [("changed here (`qc push`):", &push), ("changed in the cloud (`qc pull`):", &pull)]
        {
            if !changes.is_empty() {
                writeln!(out, "{title}")?;
                changes.iter().try_for_each(|change| writeln!(out, "  {change}"))?;
            }
        }
        if !plan.conflicts.is_empty() {
            writeln!(out, "changed on both sides:")?;
        }
        plan.conflicts.iter().try_for_each(|conflict| {
            let (here, cloud) = (side(conflict.local), side(conflict.remote));
            let name = shown(conflict.name.as_str());
            writeln!(out, "  {name} ({here} here, {cloud} in the cloud)")
        })
    })
}

fn tell_dry(printer: &Printer, changes: Vec<Change>, both: &[Conflict]) -> anyhow::Result<Exit> {
    let lines_of: Vec<String> = changes.iter().map(shown_change).collect();
    let data = json!({ "would": lines_of, "conflicts": conflicts(both) });
    printer.data(&data, |out| lines(out, &lines_of, "nothing to do"))?;
    Ok(tell_conflicts(printer, both).unwrap_or(Exit::Done))
}

fn tell_conflicts(printer: &Printer, conflicts: &[Conflict]) -> Option<Exit> {
    if conflicts.is_empty() {
        return None;
    }
    printer.note("changed on both sides, and left alone:");
    for conflict in conflicts {
        let (here, cloud) = (side(conflict.local), side(conflict.remote));
        let name = shown(conflict.name.as_str());
        printer.note(format_args!("  {name} ({here} here, {cloud} in the cloud)"));
    }
    printer.note("look at theirs with `qc cat NAME`; then `qc push --ours NAME` keeps yours, and");
    printer.note("`qc pull --theirs NAME` takes theirs, and overwrites yours");
    Some(Exit::Conflict)
}

fn tell_failed(printer: &Printer, failed: &[Failed]) -> Option<Exit> {
    for Failed { change, error } in failed {
        match error {
            Some(error) => printer.note(format_args!("failed: {}: {error}", shown_change(change))),
            None => printer.note(format_args!("not tried: {}", shown_change(change))),
        }
    }
    let first = failed.iter().find_map(|failed| failed.error.as_ref());
    match (first, failed.is_empty()) {
        (_, true) => None,
        // What failed everything says what is wrong better than that some of it failed.
        (Some(error), _)
            if failed.len() > 1 && failed.iter().any(|failed| failed.error.is_none()) =>
        {
            Some(Exit::of_call(error.kind()))
        }
        _ => Some(Exit::Partly),
    }
}

/// Names the files that were left alone; none is no reason to say anything.
pub(crate) fn tell_refused(printer: &Printer, refused: &[Refused]) -> Option<Exit> {
    for Refused { name, why } in refused {
        printer.note(format_args!("left alone: {}: {why}", shown(name)));
    }
    (!refused.is_empty()).then_some(Exit::Partly)
}
