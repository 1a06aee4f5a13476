//! `qc pull`.

use qc_files::Client;
use qc_sync::{Folder, Merge, Selection, Write};
use serde_json::json;

use super::{
    libraries,
    told::{self, Line},
};
use crate::{
    arguments::{Go, Libraries},
    exit::Exit,
    printer::{Printer, shown},
    settings, style,
};

/// Costs one request, and those for libraries.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    go: &Go,
    merge: bool,
    force: bool,
    libraries: Libraries,
) -> anyhow::Result<Exit> {
    let (root, id) = settings::source_folder(&go.here.directory)?;
    let mut options = told::chosen(printer, command(merge, force, go), go, &root)?;
    options.merge = merge;
    if force {
        options.theirs = Selection::all();
    }
    let (folder, project) = (Folder::open(root)?, client.project(id)?);
    if go.dry_run {
        let plan = qc_sync::status(&folder, &project, &options).await?.plan;
        return told::tell_dry(printer, &plan.pull, &plan.conflicts);
    }
    let mut pull = qc_sync::pull(&folder, &project, &options).await?;
    let brought = if libraries.with_libraries {
        libraries::bring(client, &folder, &project, &mut pull.refused).await?
    } else {
        Vec::new()
    };
    let merged = &pull.merged;
    let came = |write: &&Write| {
        let name = write.name().as_str();
        !pull.refused.iter().any(|refused| refused.name == name)
    };
    let is_merged = |write: &&Write| merged.iter().any(|merge| merge.name == *write.name());
    let done: Vec<&Write> =
        pull.writes.iter().filter(came).filter(|write| !is_merged(write)).collect();
    let data = json!({
        "done": done.iter().map(|write| told::written(write)).collect::<Vec<_>>(),
        "merged": merged.iter().map(|Merge { name, overlaps }| {
            json!({ "name": name, "overlaps": overlaps })
        }).collect::<Vec<_>>(),
        "conflicts": told::conflicts(&pull.conflicts),
        "libraries": brought,
        "refused": told::refused(&pull.refused),
    });
    let lines: Vec<Line> = done.iter().map(|write| told::written_line(write)).collect();
    printer.report(&data, |out| {
        if !lines.is_empty() || merged.is_empty() {
            told::lines(out, &lines, "nothing new in the cloud")?;
        }
        for Merge { name, .. } in merged {
            let style = style::MADE;
            writeln!(out, "{style}merge{style:#} {}", shown(name.as_str()))?;
        }
        libraries::tell(out, &brought)
    })?;
    let overlap = tell_overlaps(printer, merged);
    let partly = told::tell_refused(printer, &pull.refused);
    let conflict = told::tell_conflicts(printer, &pull.conflicts);
    let not_kept = pull.not_kept.as_ref().map(|error| told::tell_not_kept(printer, error));
    let names = pull.base.keys().chain(pull.conflicts.iter().map(|conflict| &conflict.name));
    let unmatched = told::tell_unmatched(printer, &options, names);
    Ok(overlap.or(conflict).or(not_kept).or(partly).or(unmatched).unwrap_or(Exit::Done))
}

/// As the history names it.
fn command(merge: bool, force: bool, go: &Go) -> &'static str {
    match (merge, force, go.theirs.is_empty()) {
        (true, ..) => "pull --merge",
        (_, true, _) => "pull --force",
        (.., false) => "pull --theirs",
        _ => "pull",
    }
}

fn tell_overlaps(printer: &Printer, merged: &[Merge]) -> Option<Exit> {
    let overlaps: Vec<&Merge> = merged.iter().filter(|merge| merge.overlaps).collect();
    for Merge { name, .. } in &overlaps {
        let name = shown(name.as_str());
        printer.mark(
            style::ALARM,
            "conflict",
            format_args!(
                "both sides changed the same lines of {name}: choose between the markers in it, remove these, then \
                 `qc push`; `qc undo` takes the merge back"
            ),
        );
    }
    (!overlaps.is_empty()).then_some(Exit::Conflict)
}
