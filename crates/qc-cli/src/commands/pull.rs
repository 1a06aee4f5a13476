//! `qc pull`.

use qc_files::Client;
use qc_sync::{Folder, Merge, Selection, Write, pull_folder};
use serde_json::json;

use super::told::{self, Line};
use crate::{
    arguments::Go,
    exit::Exit,
    printer::{Printer, shown},
    settings, style,
};

/// Costs one request.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    go: &Go,
    merge: bool,
    force: bool,
) -> anyhow::Result<Exit> {
    let (root, id) = settings::folder(&go.here.directory)?;
    let mut options = told::chosen(printer, go, &root)?;
    options.merge = merge;
    if force {
        options.theirs = Selection::all();
    }
    let (folder, project) = (Folder::open(root)?, client.project(id)?);
    if go.dry_run {
        let plan = qc_sync::status(&folder, &project, &options).await?.plan;
        return told::tell_dry(printer, &plan.pull, &plan.conflicts);
    }
    let pull = pull_folder(&folder, &project, &options).await?;
    let (pulled, merged) = (&pull.pulled, &pull.merged);
    let came = |write: &&Write| {
        let name = write.name().as_str();
        !pull.refused.iter().any(|refused| refused.name == name)
    };
    let is_merged = |write: &&Write| merged.iter().any(|merge| merge.name == *write.name());
    let done: Vec<&Write> =
        pulled.writes.iter().filter(came).filter(|write| !is_merged(write)).collect();
    let data = json!({
        "done": done.iter().map(|write| told::written(write)).collect::<Vec<_>>(),
        "merged": merged.iter().map(|Merge { name, overlaps }| {
            json!({ "name": name, "overlaps": overlaps })
        }).collect::<Vec<_>>(),
        "conflicts": told::conflicts(&pulled.conflicts),
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
        Ok(())
    })?;
    let overlap = tell_overlaps(printer, merged);
    let partly = told::tell_refused(printer, &pull.refused);
    let conflict = told::tell_conflicts(printer, &pulled.conflicts);
    let names = pulled.base.keys().chain(pulled.conflicts.iter().map(|conflict| &conflict.name));
    let unmatched = told::tell_unmatched(printer, &options, names);
    Ok(overlap.or(conflict).or(partly).or(unmatched).unwrap_or(Exit::Done))
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
                 `qc push`"
            ),
        );
    }
    (!overlaps.is_empty()).then_some(Exit::Conflict)
}
