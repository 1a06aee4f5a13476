//! `qc push`, and what a push did, for `qc watch` too.

use std::{io, sync::atomic::Ordering, time::Duration};

use qc_files::{
    Client, FileName, ProjectFiles, ProjectId, Runtime as _, qc_proto::Tier,
    qc_transport::TokioRuntime,
};
use qc_sync::{
    Folder, Observer as _, Options, Push, Selection, SyncError, SyncSession, begin_created,
};
use serde::Serialize;

use crate::{
    advice::describe_call,
    arguments::SyncArgs,
    commands::{
        compile::{Build, CompileReport, differing},
        folder::{
            settings::{
                self, Outcome, SettingConflictReport, SettingReport, print_setting_conflicts,
                print_settings, setting_conflicts,
            },
            sync,
        },
    },
    exit::Exit,
    output::{
        annotations::Annotations,
        printer::{Printer, Report},
        progress::ProgressObserver,
    },
    place::{folder::ProjectFolder, project::url},
    report::{
        ChangeReport, ConflictReport, FailedReport, Refused, changes, conflicts, failed,
        print_changes, print_conflicts, print_failed, print_not_kept, print_refused,
        print_unmatched, print_unresolved, refused,
    },
    text::{count, escape, span},
};

/// How to push.
pub(crate) struct How {
    pub(crate) force: bool,
    pub(crate) compile: bool,
    pub(crate) annotations: Option<Annotations>,
    pub(crate) tier: Option<Tier>,
}

/// Costs one request where nothing was done here, else two and those for the changes.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    arguments: &SyncArgs,
    How { force, compile, annotations, tier }: How,
) -> anyhow::Result<Exit> {
    let command = if force { "push --force" } else { "push" };
    let mut options = sync::options_from(printer, command, arguments, folder)?;
    options.tier = tier;
    if force {
        options.ours = Selection::all();
    }
    let (local, project) = (folder.open()?, client.project(folder.project_id())?);
    if arguments.dry_run {
        let status = SyncSession::new(&local, &project, &options).status().await?;
        let settings = match settings::may_push(&local, &project, &options)? {
            true => settings::compare(printer, &local, &project, &options).await?,
            false => None,
        };
        let settings = settings.map(|compared| compared.plan).unwrap_or_default();
        let observer = ProgressObserver(printer.clone());
        status.cautions.iter().for_each(|caution| observer.caution(caution));
        let settings = Outcome { done: settings.push, conflicts: settings.conflicts };
        return show_dry_run(printer, &status.plan.push, &status.plan.conflicts, &settings);
    }
    let clock = TokioRuntime::new();
    let began = clock.now().mono;
    let (push, settings) = carry_out(printer, &local, &project, &options).await?;
    let summary = Summary {
        took: clock.now().mono.saturating_sub(began),
        requests: printer.requests.load(Ordering::Relaxed),
    };
    let mut report = PushReport::new(&push, &settings, folder.project_id(), Some(summary));
    // What was not pushed cannot be built: nobody wants to hear of the rest.
    let builds = compile && report.is_whole;
    if !(builds && printer.wants_json()) {
        printer.show_done(&report)?;
    }
    let mut exit = print_problems(printer, &push);
    exit = exit.or(print_setting_conflicts(printer, &settings.conflicts));
    if compile && !builds {
        printer.caution("not built", "not everything was pushed");
    }
    let (build, differs);
    if builds {
        build = Build::run(printer, &project).await?;
        differs = differing(printer, &project, &local).await?;
        let built = build.report(&differs);
        exit = exit.or(Some(built.exit()).filter(|exit| *exit != Exit::Done));
        built.note(printer);
        built.annotate(printer, annotations, Some(&folder.root));
        if printer.wants_json() {
            report.compile = Some(built);
            printer.show_done(&report)?;
        } else {
            printer.show(&built)?;
        }
    }
    print_incoming(printer, &push);
    let conflicts = push.conflicts.iter().map(|conflict| &conflict.name);
    let incoming = push.incoming.iter().map(qc_sync::Change::name);
    let done = push.done.iter().map(qc_sync::Change::name);
    let names = push.base.keys().chain(conflicts).chain(incoming).chain(done);
    let unmatched = print_unmatched(printer, &options, names.chain(&push.unresolved));
    Ok(exit.or(unmatched).unwrap_or(Exit::Done))
}

/// Pushes files and settings.
pub(crate) async fn carry_out(
    printer: &Printer,
    local: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<(Push, Outcome), SyncError> {
    // What makes no sense in `config.json` is told before anything is done.
    settings::check(local, project)?;
    begin_created(local, project).await?;
    let push = SyncSession::new(local, project, options).push().await?;
    let settings = match push.unchecked {
        None => settings::push(printer, local, project, options).await?,
        Some(_) => Outcome::default(),
    };
    Ok((push, settings))
}

/// What a dry run found.
#[derive(Serialize)]
pub(crate) struct DryRun<'a> {
    would: Vec<ChangeReport<'a>>,
    conflicts: Vec<ConflictReport<'a>>,
    settings: SettingsDone,
}

/// What was done with the settings, or would be.
#[derive(Serialize)]
pub(crate) struct SettingsDone {
    done: Vec<SettingReport>,
    conflicts: Vec<SettingConflictReport>,
}

impl From<&Outcome> for SettingsDone {
    fn from(Outcome { done, conflicts }: &Outcome) -> Self {
        Self { done: settings::settings(done), conflicts: setting_conflicts(conflicts) }
    }
}

impl SettingsDone {
    pub(crate) fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    pub(crate) fn in_conflict(&self) -> bool {
        !self.conflicts.is_empty()
    }

    pub(crate) fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        print_settings(out, "", &self.done)
    }
}

impl Report for DryRun<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.would.is_empty()
            && self.conflicts.is_empty()
            && self.settings.is_empty()
            && !self.settings.in_conflict()
        {
            return writeln!(out, "dry run: there is nothing to do");
        }
        print_changes(out, "", &self.would)?;
        self.settings.print(out)?;
        writeln!(out, "dry run: nothing was done")
    }
}

/// Shows what a push or a pull would do.
pub(crate) fn show_dry_run(
    printer: &Printer,
    would: &[qc_sync::Change],
    both: &[qc_sync::Conflict],
    settings: &Outcome,
) -> anyhow::Result<Exit> {
    let (would, conflicts) = (changes(would), conflicts(both));
    printer.show(&DryRun { would, conflicts, settings: settings.into() })?;
    let conflict = print_conflicts(printer, both);
    let in_settings = print_setting_conflicts(printer, &settings.conflicts);
    Ok(conflict.or(in_settings).unwrap_or(Exit::Done))
}

/// What a push cost.
pub(crate) struct Summary {
    took: Duration,
    requests: usize,
}

/// What a push did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushReport<'a> {
    project_id: ProjectId,
    url: String,
    done: Vec<ChangeReport<'a>>,
    failed: Vec<FailedReport<'a>>,
    conflicts: Vec<ConflictReport<'a>>,
    unresolved: &'a [FileName],
    settings: SettingsDone,
    refused: Vec<Refused<'a>>,
    incoming: Vec<ChangeReport<'a>>,
    /// What came of the build. None if none was asked for, or not everything was pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    compile: Option<CompileReport<'a>>,
    /// The last line. None leaves it out.
    #[serde(skip)]
    summary: Option<Summary>,
    /// Whether everything that was to be pushed was.
    #[serde(skip)]
    is_whole: bool,
}

impl<'a> PushReport<'a> {
    /// Returns whether everything that was to be pushed was.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(crate) fn new(
        push: &'a Push,
        settings: &Outcome,
        project_id: ProjectId,
        summary: Option<Summary>,
    ) -> Self {
        let is_whole = push.failed.is_empty()
            && push.conflicts.is_empty()
            && push.unresolved.is_empty()
            && push.refused.iter().all(|refused| refused.is_lasting)
            && push.unchecked.is_none()
            && settings.conflicts.is_empty();
        Self {
            project_id,
            url: url(project_id),
            done: changes(&push.done),
            failed: failed(&push.failed),
            conflicts: conflicts(&push.conflicts),
            settings: settings.into(),
            unresolved: &push.unresolved,
            refused: refused(&push.refused),
            incoming: changes(&push.incoming),
            compile: None,
            summary,
            is_whole,
        }
    }
}

impl Report for PushReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        print_changes(out, "", &self.done)?;
        self.settings.print(out)?;
        match (&self.summary, self.done.len() + self.settings.done.len()) {
            (None, _) => Ok(()),
            (Some(_), 0) if self.is_whole => writeln!(out, "nothing to push"),
            // What was not done is told on stderr.
            (Some(_), 0) => Ok(()),
            (Some(Summary { took, requests }), done) => {
                let (changes, requests) = (count(done, "change"), count(*requests, "request"));
                writeln!(out, "pushed {changes} with {requests} in {}: {}", span(*took), self.url)
            }
        }
    }
}

/// Prints what did not come of a push, for people.
pub(crate) fn print_problems(printer: &Printer, push: &Push) -> Option<Exit> {
    let partly = print_refused(printer, &push.refused);
    let failed = print_failed(printer, &push.failed);
    let unresolved = print_unresolved(printer, &push.unresolved);
    let conflict = print_conflicts(printer, &push.conflicts);
    let not_kept = push.not_kept.as_ref().map(|error| print_not_kept(printer, error));
    let unchecked = push.unchecked.as_ref().map(|error| {
        if let SyncError::Folder(error) = error {
            return print_not_kept(printer, error);
        }
        let why = match error {
            SyncError::Cloud(error) => escape(&describe_call(error)),
            _ => escape(&error.to_string()),
        };
        let line = format!(
            "what came of the push is not known: {why}; `qc status` shows it when the service answers again"
        );
        printer.alarm("not checked", line);
        Exit::from_sync(error)
    });
    unchecked.or(failed).or(unresolved).or(conflict).or(not_kept).or(partly)
}

/// Says what changed in the cloud meanwhile.
pub(crate) fn print_incoming(printer: &Printer, push: &Push) {
    if push.incoming.is_empty() || printer.is_quiet() {
        return;
    }
    printer.note("changed in the cloud, and not here (`qc pull` downloads it):");
    for change in &push.incoming {
        printer.note(format_args!("  {}", escape(&change.to_string())));
    }
}
