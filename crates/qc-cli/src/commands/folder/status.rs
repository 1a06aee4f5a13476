//! `qc status`.

use std::{collections::BTreeMap, io, path::PathBuf};

use qc_files::{Client, ErrorKind, FileName, ProjectId, qc_proto::Tier};
use qc_sync::{CONFIG, Folder, Plan, SettingsPlan, Status, SyncError, SyncSession};
use serde::Serialize;

use crate::{
    advice::describe_call,
    commands::folder::{
        settings::{self, SettingConflictReport, SettingReport, print_settings},
        sync,
    },
    error::CliError,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        style,
    },
    place::{folder::ProjectFolder, project::url},
    report::{
        ChangeReport, ConflictReport, Refused, caution_text, changes, conflicts, heading,
        print_changes, print_refused, refused,
    },
    text::escape,
};

/// What a status shows beside what differs.
#[derive(Clone, Copy)]
pub(crate) struct Shows {
    pub(crate) short: bool,
    pub(crate) ignored: bool,
}

/// Costs two requests, sent together.
pub(crate) async fn run(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    paths: &[PathBuf],
    tier: Option<Tier>,
    shows: Shows,
) -> anyhow::Result<Exit> {
    let compared = compare(client, printer, folder, paths, tier).await?;
    let Compared { local, status, settings, offline } = &compared;
    let offline = *offline;
    let mut report = StatusReport::new(&compared, folder.project_id(), shows.short);
    if shows.ignored {
        // Its values are in step, key by key.
        let left_out = local.left_out()?.into_iter().filter(|file| file.name != CONFIG);
        report.ignored = Some(
            left_out.map(|file| Ignored { name: file.name, why: file.why.to_string() }).collect(),
        );
    }
    printer.show(&report)?;
    let partly = print_refused(printer, &status.refused);
    if offline {
        return Ok(Exit::Service);
    }
    Ok(exit(status, settings).or(partly).unwrap_or(Exit::Done))
}

/// Returns what a comparison says to scripts. None if nothing differs.
pub(crate) fn exit(status: &Status, settings: &SettingsPlan) -> Option<Exit> {
    let in_conflict = !(status.plan.conflicts.is_empty()
        && status.unresolved.is_empty()
        && settings.conflicts.is_empty());
    match (in_conflict, status.plan.is_empty() && settings.is_empty()) {
        (true, _) => Some(Exit::Conflict),
        (false, false) => Some(Exit::Differences),
        (false, true) => None,
    }
}

/// A folder compared with its project.
pub(crate) struct Compared {
    pub(crate) local: Folder,
    pub(crate) status: Status,
    pub(crate) settings: SettingsPlan,
    /// Whether the cloud could not be asked: the folder was compared with what both sides last had.
    pub(crate) offline: bool,
}

/// Compares the folder and its project over the files at these paths. Without a network it compares the folder with what
/// both sides last had, and says so.
pub(crate) async fn compare(
    client: &Client,
    printer: &Printer,
    folder: &ProjectFolder,
    paths: &[PathBuf],
    tier: Option<Tier>,
) -> anyhow::Result<Compared> {
    let mut options = sync::options(printer, "status");
    options.tier = tier;
    options.only = folder.files_at_or_all(paths)?;
    let local = folder.open()?;
    let project = client.project(folder.project_id())?;
    // What makes no sense in `config.json` is told before anything is asked.
    let changed = settings::offline(&local, &project, &options)?;
    let session = SyncSession::new(&local, &project, &options);
    let (status, plan) =
        tokio::join!(session.status(), settings::compare(printer, &local, &project, &options));
    let (status, settings, offline) = match status {
        Err(SyncError::Cloud(error)) if error.kind() == ErrorKind::Transport => {
            let why = escape(&describe_call(&error));
            printer.caution(
                "offline",
                format_args!("{why}; this is what you changed since both sides were last in step"),
            );
            (session.status_offline()?, changed, true)
        }
        status => (status?, plan?.map(|compared| compared.plan).unwrap_or_default(), false),
    };
    let names = status.base.keys().chain(status.here.keys()).chain(status.cloud.keys());
    let unmatched: Vec<String> =
        options.only.unmatched(names).into_iter().map(str::to_owned).collect();
    let is_refused =
        |path: &String| status.refused.iter().any(|refused| refused.name.starts_with(path));
    if !unmatched.iter().all(|path| path == CONFIG || is_refused(path)) {
        return Err(CliError::NoSuchFile(unmatched).into());
    }
    Ok(Compared { local, status, settings, offline })
}

/// A file or folder that is not in step at all, and why.
#[derive(Serialize)]
struct Ignored {
    name: String,
    why: String,
}

/// How the settings of both sides stand to each other.
#[derive(Serialize)]
struct SettingsReport {
    push: Vec<SettingReport>,
    pull: Vec<SettingReport>,
    conflicts: Vec<SettingConflictReport>,
}

impl SettingsReport {
    fn is_empty(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.conflicts.is_empty()
    }
}

/// How a folder and its project stand to each other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusReport<'a> {
    project_id: ProjectId,
    url: String,
    offline: bool,
    push: Vec<ChangeReport<'a>>,
    pull: Vec<ChangeReport<'a>>,
    conflicts: Vec<ConflictReport<'a>>,
    settings: SettingsReport,
    unresolved: &'a [FileName],
    line_ends: &'a [FileName],
    set_aside: &'a [FileName],
    refused: Vec<Refused<'a>>,
    cautions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignored: Option<Vec<Ignored>>,
    #[serde(skip)]
    plan: &'a Plan,
    #[serde(skip)]
    short: bool,
}

impl<'a> StatusReport<'a> {
    pub(crate) fn new(compared: &'a Compared, project_id: ProjectId, short: bool) -> Self {
        let Compared { status, settings: plan, .. } = compared;
        Self {
            project_id,
            url: url(project_id),
            offline: compared.offline,
            settings: SettingsReport {
                push: settings::settings(&plan.push),
                pull: settings::settings(&plan.pull),
                conflicts: settings::setting_conflicts(&plan.conflicts),
            },
            push: changes(&status.plan.push),
            pull: changes(&status.plan.pull),
            conflicts: conflicts(&status.plan.conflicts),
            unresolved: &status.unresolved,
            line_ends: &status.line_ends,
            set_aside: &status.set_aside,
            refused: refused(&status.refused),
            cautions: status.cautions.iter().map(caution_text).collect(),
            ignored: None,
            plan: &status.plan,
            short,
        }
    }

    /// Prints two letters a file, your change and the cloud's, as git prints the index and the working tree.
    fn print_short(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut lines: BTreeMap<&FileName, [char; 2]> = BTreeMap::new();
        for (side, all) in [&self.plan.push, &self.plan.pull].into_iter().enumerate() {
            for change in all {
                let letter = match change {
                    qc_sync::Change::Create(_) => 'A',
                    qc_sync::Change::Update(_) => 'M',
                    qc_sync::Change::Rename { .. } => 'R',
                    qc_sync::Change::Delete(_) => 'D',
                };
                lines.entry(change.name()).or_insert([' '; 2])[side] = letter;
            }
        }
        for conflict in &self.plan.conflicts {
            lines.insert(&conflict.name, ['U'; 2]);
        }
        for name in self.unresolved {
            lines.insert(name, ['U', ' ']);
        }
        let letter = |changes: &[SettingReport]| if changes.is_empty() { ' ' } else { 'M' };
        let config = FileName::new(CONFIG).ok();
        if let (Some(config), false) = (&config, self.settings.is_empty()) {
            let SettingsReport { push, pull, conflicts } = &self.settings;
            let letters = [letter(push), letter(pull)];
            lines.insert(config, if conflicts.is_empty() { letters } else { ['U'; 2] });
        }
        for (name, [here, cloud]) in lines {
            writeln!(out, "{here}{cloud} {}", escape(name.as_str()))?;
        }
        Ok(())
    }

    /// Prints names below a heading, if there are any.
    fn print_names(
        out: &mut dyn io::Write,
        title: &str,
        names: &[FileName],
        style: anstyle::Style,
    ) -> io::Result<()> {
        if !names.is_empty() {
            writeln!(out, "{}", heading(title))?;
        }
        for name in names {
            writeln!(out, "  {style}{}{style:#}", escape(name.as_str()))?;
        }
        Ok(())
    }
}

impl Report for StatusReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        if self.short {
            return self.print_short(out);
        }
        if self.plan.is_empty() && self.unresolved.is_empty() && self.settings.is_empty() {
            let what = if self.offline {
                "nothing changed here"
            } else {
                "in step: nothing to push, nothing to pull"
            };
            writeln!(out, "{what}")?;
        }
        // A push leaves out what still has markers; it has a heading of its own.
        let is_pushed = |change: &&ChangeReport<'_>| !self.unresolved.contains(change.name);
        let push: Vec<_> = self.push.iter().filter(is_pushed).cloned().collect();
        for (title, changes, values) in [
            ("changed here (`qc push`):", &push, &self.settings.push),
            ("changed in the cloud (`qc pull`):", &self.pull, &self.settings.pull),
        ] {
            if !(changes.is_empty() && values.is_empty()) {
                writeln!(out, "{}", heading(title))?;
                print_changes(out, "  ", changes)?;
                print_settings(out, "  ", values)?;
            }
        }
        if !(self.conflicts.is_empty() && self.settings.conflicts.is_empty()) {
            writeln!(
                out,
                "{}",
                heading(
                    "changed on both sides (`qc diff` shows how; `qc push -n` says what to do):"
                )
            )?;
        }
        let alarm = style::ALARM;
        for conflict in &self.conflicts {
            writeln!(out, "  {alarm}{}{alarm:#}", conflict.line())?;
        }
        for conflict in &self.settings.conflicts {
            writeln!(out, "  {alarm}{}{alarm:#}", conflict.line())?;
        }
        let plain = anstyle::Style::new();
        let unresolved =
            "with the markers of a merge (choose, remove the markers, then `qc push`):";
        Self::print_names(out, unresolved, self.unresolved, alarm)?;
        let line_ends = "in step, except for line ends (`qc push --ours PATH` sends yours):";
        Self::print_names(out, line_ends, self.line_ends, plain)?;
        let set_aside =
            "left over from an interrupted deletion (the next `qc push` of that folder ends it):";
        Self::print_names(out, set_aside, self.set_aside, plain)?;
        for caution in &self.cautions {
            writeln!(out, "caution: {}", escape(caution))?;
        }
        if let Some(ignored) = &self.ignored {
            writeln!(out, "{}", heading("left out, never pushed and never pulled:"))?;
            for Ignored { name, why } in ignored {
                writeln!(out, "  {}: {why}", escape(name))?;
            }
        }
        Ok(())
    }
}
