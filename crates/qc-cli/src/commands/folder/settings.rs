//! The settings in `config.json`: what a push and a pull do with them, and how they are shown.

use std::io;

use qc_files::{FileName, Project, ProjectFiles};
use qc_sync::{
    CONFIG, ComparedSettings, Folder, Options, Selection, SettingChange, SettingConflict,
    SettingsPlan, SettingsSync, SyncError,
};
use serde::Serialize;

use crate::{
    exit::Exit,
    output::{printer::Printer, style},
    text::escape,
};

/// A longer value is cut where it is shown to people.
const SHOWN: usize = 60;

/// A value that changes.
#[derive(Serialize)]
pub(crate) struct SettingReport {
    key: String,
    from: Option<String>,
    to: Option<String>,
}

impl From<&SettingChange> for SettingReport {
    fn from(SettingChange { key, from, to }: &SettingChange) -> Self {
        Self { key: key.to_string(), from: from.clone(), to: to.clone() }
    }
}

/// A value that both sides changed.
#[derive(Serialize)]
pub(crate) struct SettingConflictReport {
    key: String,
    here: Option<String>,
    cloud: Option<String>,
}

impl From<&SettingConflict> for SettingConflictReport {
    fn from(SettingConflict { key, here, cloud }: &SettingConflict) -> Self {
        Self { key: key.to_string(), here: here.clone(), cloud: cloud.clone() }
    }
}

impl SettingConflictReport {
    pub(crate) fn line(&self) -> String {
        let side = |value: &Option<String>| value.as_deref().map_or("absent".to_owned(), shown);
        format!(
            "{CONFIG}: {}: {} here, {} in the cloud",
            escape(&self.key),
            side(&self.here),
            side(&self.cloud)
        )
    }
}

pub(crate) fn settings(changes: &[SettingChange]) -> Vec<SettingReport> {
    changes.iter().map(SettingReport::from).collect()
}

pub(crate) fn setting_conflicts(conflicts: &[SettingConflict]) -> Vec<SettingConflictReport> {
    conflicts.iter().map(SettingConflictReport::from).collect()
}

/// Prints changed values, indented by so much.
pub(crate) fn print_settings(
    out: &mut dyn io::Write,
    indent: &str,
    changes: &[SettingReport],
) -> io::Result<()> {
    for SettingReport { key, from, to } in changes {
        let key = escape(key);
        let was = from.as_deref().map(|from| format!(" (was {})", shown(from))).unwrap_or_default();
        match to {
            Some(to) => {
                let style = style::CHANGED;
                writeln!(out, "{indent}{style}set{style:#} {key} to {}{was}", shown(to))?;
            }
            None => {
                let style = style::REMOVED;
                writeln!(out, "{indent}{style}unset{style:#} {key}{was}")?;
            }
        }
    }
    Ok(())
}

/// A value as people read it, on one line.
fn shown(value: &str) -> String {
    let mut short: String = value.chars().take(SHOWN).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    format!("\"{}\"", escape(&short))
}

/// Tells of values that both sides changed, and how to go on.
pub(crate) fn print_setting_conflicts(
    printer: &Printer,
    conflicts: &[SettingConflict],
) -> Option<Exit> {
    for conflict in setting_conflicts(conflicts) {
        printer.alarm("conflict", conflict.line());
    }
    if conflicts.is_empty() {
        return None;
    }
    printer.note(format_args!(
        "`qc push --ours {CONFIG}` keeps your values, `qc pull --theirs {CONFIG}` takes the cloud's"
    ));
    Some(Exit::Conflict)
}

/// Returns whether a command is about the settings, too.
pub(crate) fn is_chosen(selection: &Selection) -> bool {
    FileName::new(CONFIG).is_ok_and(|name| selection.contains(&name))
}

/// What a push or a pull did with the settings.
#[derive(Default)]
pub(crate) struct Outcome {
    /// What was done, or would be done.
    pub(crate) done: Vec<SettingChange>,
    pub(crate) conflicts: Vec<SettingConflict>,
}

/// Returns the settings of both sides, with what the options say about conflicts. None if the command is not about them. Costs
/// one request.
pub(crate) async fn compare(
    printer: &Printer,
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<Option<ComparedSettings>, SyncError> {
    compare_known(printer, folder, project, options, None).await
}

/// As [`compare`], with the project as it was just read, if it was. That costs nothing.
pub(crate) async fn compare_known(
    printer: &Printer,
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
    known: Option<&Project>,
) -> Result<Option<ComparedSettings>, SyncError> {
    if !is_chosen(&options.only) {
        return Ok(None);
    }
    let sync = SettingsSync::new(folder, project);
    let compared = match known {
        Some(known) => sync.compare_to(known.clone())?,
        None => sync.compare().await?,
    };
    let Some(mut compared) = compared else { return Ok(None) };
    if is_chosen(&options.theirs) {
        compared.plan.take_theirs();
    }
    if is_chosen(&options.ours) {
        compared.plan.take_ours();
    }
    for path in &compared.unknown_libraries {
        printer.caution(
            "caution",
            format_args!("library {} is not in the cloud yet: push it first", escape(path)),
        );
    }
    Ok(Some(compared))
}

/// Reads the settings here, so that what makes no sense is told before anything is done. Sends nothing.
pub(crate) fn check(folder: &Folder, project: &ProjectFiles) -> Result<(), SyncError> {
    SettingsSync::new(folder, project).changed_here()?;
    Ok(())
}

/// Returns whether there may be something to push: what was changed here since both sides were last in step, or that this is
/// not known. Sends nothing.
pub(crate) fn may_push(
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<bool, SyncError> {
    let changed = SettingsSync::new(folder, project).changed_here()?;
    let is_forced = is_chosen(&options.ours) || is_chosen(&options.theirs);
    let changed = changed.is_none_or(|plan| !plan.is_empty());
    Ok(is_chosen(&options.only) && (changed || is_forced))
}

/// Pushes the settings that were changed here. Costs two requests if any were, else none.
pub(crate) async fn push(
    printer: &Printer,
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<Outcome, SyncError> {
    if !may_push(folder, project, options)? {
        return Ok(Outcome::default());
    }
    let Some(compared) = compare(printer, folder, project, options).await? else {
        return Ok(Outcome::default());
    };
    let conflicts = compared.plan.conflicts.clone();
    if is_chosen(&options.theirs) {
        SettingsSync::new(folder, project).pull(compared.clone()).await?;
    }
    let done = SettingsSync::new(folder, project).push(compared).await?;
    Ok(Outcome { done, conflicts })
}

/// Returns what was changed here since both sides were last in step, without the network.
pub(crate) fn offline(
    folder: &Folder,
    project: &ProjectFiles,
    options: &Options,
) -> Result<SettingsPlan, SyncError> {
    if !is_chosen(&options.only) {
        return Ok(SettingsPlan::default());
    }
    Ok(SettingsSync::new(folder, project).changed_here()?.unwrap_or_default())
}

/// Takes over the settings that the cloud changed. Costs a request for each new library.
pub(crate) async fn pull(
    folder: &Folder,
    project: &ProjectFiles,
    compared: Option<ComparedSettings>,
) -> Result<Outcome, SyncError> {
    let Some(compared) = compared else { return Ok(Outcome::default()) };
    let conflicts = compared.plan.conflicts.clone();
    let done = SettingsSync::new(folder, project).pull(compared).await?;
    Ok(Outcome { done, conflicts })
}
