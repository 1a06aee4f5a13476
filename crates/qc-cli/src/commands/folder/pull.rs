//! `qc pull`.

use std::io;

use qc_files::{Client, FileName, Project, ProjectFiles, ProjectId};
use qc_sync::{Folder, Merge, Options, Pull, SyncError, SyncSession, Write};
use serde::Serialize;

use crate::{
    arguments::{LibraryArgs, SyncArgs},
    commands::folder::{
        libraries,
        push::{SettingsDone, show_dry_run},
        settings::{self, Outcome, print_setting_conflicts},
        sync,
    },
    exit::Exit,
    output::{
        printer::{Printer, Report},
        style,
    },
    place::{folder::ProjectFolder, project::url},
    report::{
        ChangeReport, ConflictReport, Refused, changes, conflicts, print_changes, print_conflicts,
        print_not_kept, print_refused, print_unmatched, refused,
    },
    text::escape,
};

/// How a pull goes about it.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub(crate) merge: bool,
    pub(crate) force: bool,
    pub(crate) libraries: LibraryArgs,
}

impl How {
    /// Returns the command as the history names it.
    pub(crate) fn command(self, arguments: &SyncArgs) -> &'static str {
        match (self.merge, self.force, arguments.theirs.is_empty()) {
            (true, ..) => "pull --merge",
            (_, true, _) => "pull --force",
            (.., false) => "pull --theirs",
            _ => "pull",
        }
    }
}

/// Costs two requests, sent together, and those for libraries.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    arguments: &SyncArgs,
    how: How,
) -> anyhow::Result<Exit> {
    let mut options = sync::options_from(printer, how.command(arguments), arguments, folder)?;
    options.merge = how.merge;
    if how.force {
        options.theirs = options.only.clone();
    }
    let (local, project) = (folder.open()?, client.project(folder.project_id())?);
    if arguments.dry_run {
        let plan = SyncSession::new(&local, &project, &options).status().await?.plan;
        let settings = settings::compare(printer, &local, &project, &options).await?;
        let settings = settings.map(|compared| compared.plan).unwrap_or_default();
        let settings = Outcome { done: settings.pull, conflicts: settings.conflicts };
        return show_dry_run(printer, &plan.pull, &plan.conflicts, &settings);
    }
    let (mut pull, settings) = carry_out(printer, &local, &project, &options, None).await?;
    let brought = if how.libraries.with_libraries {
        libraries::bring(client, &local, &project, &mut pull.refused).await?
    } else {
        Vec::new()
    };
    printer.show_done(&PullReport::new(&pull, &settings, folder.project_id(), &brought))?;
    let exit = print_problems(printer, &pull, &settings, how.merge);
    let names = pull.base.keys().chain(pull.conflicts.iter().map(|conflict| &conflict.name));
    let names = names.chain(pull.writes.iter().map(Write::name));
    let unmatched = print_unmatched(printer, &options, names);
    Ok(exit.or(unmatched).unwrap_or(Exit::Done))
}

/// Pulls files and settings; `known` is the project, if it was just read.
pub(crate) async fn carry_out(
    printer: &Printer,
    local: &Folder,
    project: &ProjectFiles,
    options: &Options,
    known: Option<&Project>,
) -> Result<(Pull, Outcome), SyncError> {
    // What makes no sense in `config.json` is told before anything is done.
    settings::check(local, project)?;
    let (pulled, compared) = tokio::join!(
        SyncSession::new(local, project, options).pull(),
        settings::compare_known(printer, local, project, options, known)
    );
    Ok((pulled?, settings::pull(local, project, compared?).await?))
}

/// Prints what did not come of a pull, for people.
pub(crate) fn print_problems(
    printer: &Printer,
    pull: &Pull,
    settings: &Outcome,
    merges: bool,
) -> Option<Exit> {
    let overlap = print_overlaps(printer, &pull.merged);
    let unresolved = if merges { print_unresolved(printer, pull) } else { None };
    let partly = print_refused(printer, &pull.refused);
    let conflict = print_conflicts(printer, &pull.conflicts);
    let conflict = conflict.or(print_setting_conflicts(printer, &settings.conflicts));
    let not_kept = pull.not_kept.as_ref().map(|error| print_not_kept(printer, error));
    overlap.or(unresolved).or(conflict).or(not_kept).or(partly)
}

/// A file in which both sides' edits were merged.
#[derive(Serialize)]
struct Merged<'a> {
    name: &'a FileName,
    /// Whether there are markers in it.
    overlaps: bool,
}

/// What a pull did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PullReport<'a> {
    project_id: ProjectId,
    url: String,
    done: Vec<ChangeReport<'a>>,
    merged: Vec<Merged<'a>>,
    conflicts: Vec<ConflictReport<'a>>,
    settings: SettingsDone,
    unresolved: &'a [FileName],
    libraries: &'a [String],
    refused: Vec<Refused<'a>>,
}

impl<'a> PullReport<'a> {
    pub(crate) fn new(
        pull: &'a Pull,
        settings: &Outcome,
        project_id: ProjectId,
        libraries: &'a [String],
    ) -> Self {
        let came = |write: &&Write| {
            let name = write.name().as_str();
            !pull.refused.iter().any(|refused| refused.name == name)
        };
        let is_merged =
            |write: &&Write| pull.merged.iter().any(|merge| merge.name == *write.name());
        let done = pull.writes.iter().filter(came).filter(|write| !is_merged(write));
        let merged = pull
            .merged
            .iter()
            .map(|Merge { name, overlaps, .. }| Merged { name, overlaps: *overlaps });
        Self {
            project_id,
            url: url(project_id),
            done: changes(done),
            merged: merged.collect(),
            conflicts: conflicts(&pull.conflicts),
            settings: settings.into(),
            unresolved: &pull.unresolved,
            libraries,
            refused: refused(&pull.refused),
        }
    }
}

impl Report for PullReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        // Conflicts, and what still holds markers, are told on stderr.
        let in_conflict = !(self.conflicts.is_empty()
            && self.unresolved.is_empty()
            && !self.settings.in_conflict());
        let is_idle = self.done.is_empty() && self.merged.is_empty() && self.settings.is_empty();
        if is_idle && !in_conflict {
            writeln!(out, "nothing new in the cloud")?;
        }
        print_changes(out, "", &self.done)?;
        self.settings.print(out)?;
        for Merged { name, .. } in &self.merged {
            let style = style::MADE;
            writeln!(out, "{style}merge{style:#} {}", escape(name.as_str()))?;
        }
        libraries::print(out, self.libraries)
    }
}

fn print_overlaps(printer: &Printer, merged: &[Merge]) -> Option<Exit> {
    let overlaps: Vec<&Merge> = merged.iter().filter(|merge| merge.overlaps).collect();
    for Merge { name, .. } in &overlaps {
        let name = escape(name.as_str());
        printer.alarm(
            "conflict",
            format_args!(
                "both sides changed the same lines of {name}: choose between the markers in it, remove these, then \
                 `qc push`; `qc undo` takes the merge back"
            ),
        );
    }
    (!overlaps.is_empty()).then_some(Exit::Conflict)
}

/// Names the files that an earlier merge left markers in: they are not merged again.
fn print_unresolved(printer: &Printer, pull: &Pull) -> Option<Exit> {
    for name in &pull.unresolved {
        let in_conflict = pull.conflicts.iter().any(|conflict| conflict.name == *name);
        let then = if in_conflict { "qc pull --merge" } else { "qc push" };
        let name = escape(name.as_str());
        printer.alarm(
            "conflict",
            format_args!(
                "{name} still has the markers of an earlier merge, and is not merged again: choose between them and \
                 remove the markers, then `{then}`; `qc pull --theirs {name}` takes the cloud's"
            ),
        );
    }
    (!pull.unresolved.is_empty()).then_some(Exit::Conflict)
}
