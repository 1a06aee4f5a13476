//! The parts that several reports have in common: changes, conflicts, and what was left alone.

use std::io;

use anstyle::Style;
use qc_files::{ErrorKind, FileName};
use qc_sync::{
    CONFIG, Caution, Change, Conflict, Failed, FolderError, Options, Reason, Side, Thousands, Write,
};
use serde::{Serialize, Serializer};

use crate::{
    advice,
    exit::Exit,
    output::{printer::Printer, style},
    text::escape,
};

/// A change, in the cloud or here.
#[derive(Clone, Serialize)]
pub(crate) struct ChangeReport<'a> {
    pub(crate) action: &'static str,
    /// The name so far, of a file that is renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a FileName>,
    pub(crate) name: &'a FileName,
}

impl<'a> From<&'a Change> for ChangeReport<'a> {
    fn from(change: &'a Change) -> Self {
        let (action, from, name) = match change {
            Change::Create(name) => ("create", None, name),
            Change::Update(name) => ("update", None, name),
            Change::Rename { from, to } => ("rename", Some(from), to),
            Change::Delete(name) => ("delete", None, name),
        };
        Self { action, from, name }
    }
}

impl<'a> From<&'a Write> for ChangeReport<'a> {
    fn from(write: &'a Write) -> Self {
        let (action, from, name) = match write {
            Write::Put { name, .. } => ("write", None, name),
            Write::Rename { from, to, .. } => ("rename", Some(from), to),
            Write::Remove(name) => ("remove", None, name),
        };
        Self { action, from, name }
    }
}

impl ChangeReport<'_> {
    pub(crate) fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let style = match self.action {
            "create" => style::MADE,
            "rename" => style::MOVED,
            "delete" | "remove" => style::REMOVED,
            _ => style::CHANGED,
        };
        let from = self.from.map(|from| format!("{from} to ")).unwrap_or_default();
        let about = escape(&format!("{from}{}", self.name));
        writeln!(out, "{style}{}{style:#} {about}", self.action)
    }
}

/// Returns the reports of changes.
pub(crate) fn changes<'a, C: 'a>(all: impl IntoIterator<Item = &'a C>) -> Vec<ChangeReport<'a>>
where
    ChangeReport<'a>: From<&'a C>,
{
    all.into_iter().map(ChangeReport::from).collect()
}

/// Prints changes, indented by so much.
pub(crate) fn print_changes(
    out: &mut dyn io::Write,
    indent: &str,
    changes: &[ChangeReport<'_>],
) -> io::Result<()> {
    changes.iter().try_for_each(|change| {
        write!(out, "{indent}")?;
        change.print(out)
    })
}

/// A change that failed.
#[derive(Serialize)]
pub(crate) struct FailedReport<'a> {
    #[serde(flatten)]
    change: ChangeReport<'a>,
    /// Why. None if the change was not tried.
    error: Option<String>,
}

pub(crate) fn failed(all: &[Failed]) -> Vec<FailedReport<'_>> {
    all.iter()
        .map(|failed| FailedReport { change: (&failed.change).into(), error: why(failed) })
        .collect()
}

/// Why a change failed. None if it was not tried.
fn why(failed: &Failed) -> Option<String> {
    match &failed.reason {
        Reason::Request(error) => Some(match failed.chars {
            Some(chars) if error.kind() == ErrorKind::TooLarge => {
                let text = advice::describe_call(error);
                format!("{text}; it has {} characters", Thousands(chars))
            }
            _ => advice::describe_call(error),
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

/// A file that both sides changed.
#[derive(Serialize)]
pub(crate) struct ConflictReport<'a> {
    name: &'a FileName,
    #[serde(serialize_with = "side")]
    here: Side,
    #[serde(serialize_with = "side")]
    cloud: Side,
}

impl ConflictReport<'_> {
    /// Returns the line for people.
    pub(crate) fn line(&self) -> String {
        let (here, cloud) = (side_word(self.here), side_word(self.cloud));
        format!("{} ({here} here, {cloud} in the cloud)", escape(self.name.as_str()))
    }
}

fn side_word(side: Side) -> &'static str {
    match side {
        Side::Created => "created",
        Side::Updated => "updated",
        Side::Deleted => "deleted",
    }
}

fn side<S: Serializer>(side: &Side, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(side_word(*side))
}

pub(crate) fn conflicts(all: &[Conflict]) -> Vec<ConflictReport<'_>> {
    all.iter()
        .map(|Conflict { name, local, remote, .. }| ConflictReport {
            name,
            here: *local,
            cloud: *remote,
        })
        .collect()
}

/// A file that was left alone, and why.
#[derive(Clone, Serialize)]
pub(crate) struct Refused<'a> {
    pub(crate) name: &'a str,
    pub(crate) why: &'a str,
}

pub(crate) fn refused(all: &[qc_sync::Refused]) -> Vec<Refused<'_>> {
    all.iter().map(|qc_sync::Refused { name, why, .. }| Refused { name, why }).collect()
}

/// Says what the service may refuse, and how to name the tier.
pub(crate) fn caution_text(caution: &Caution) -> String {
    let hint = if caution.is_tier_guessed() { ": say which with --tier or QC_TIER" } else { "" };
    format!("{caution}{hint}")
}

/// Prints the conflicts on stderr, with the ways out that fit them.
pub(crate) fn print_conflicts(printer: &Printer, all: &[Conflict]) -> Option<Exit> {
    if all.is_empty() {
        return None;
    }
    printer.alarm("conflict", "changed on both sides, and left alone:");
    for conflict in conflicts(all) {
        printer.note(format_args!("  {}", conflict.line()));
    }
    printer.note("see what each side did with `qc diff`; then type, for each of them, one of:");
    // There is nothing to merge where one side has no file.
    let has_two_texts =
        |conflict: &Conflict| conflict.local != Side::Deleted && conflict.remote != Side::Deleted;
    if all.iter().any(has_two_texts) {
        printer.note("  qc pull --merge         merges both, with markers where they overlap");
    }
    printer.note("  qc push --ours NAME     keeps yours in both places");
    printer.note("  qc pull --theirs NAME   takes the cloud's in both places");
    printer.note(
        "what is replaced stays in `qc history`; `qc undo` and `qc restore NAME` bring it back",
    );
    Some(Exit::Conflict)
}

/// Names the files that a merge left markers in.
pub(crate) fn print_unresolved(printer: &Printer, names: &[FileName]) -> Option<Exit> {
    for name in names {
        let name = escape(name.as_str());
        printer.alarm(
            "conflict",
            format_args!(
                "{name} still has the markers of a merge, and is not pushed: choose between them and remove the \
                 markers; `qc undo` takes the merge back, `qc pull --theirs {name}` takes the cloud's"
            ),
        );
    }
    (!names.is_empty()).then_some(Exit::Conflict)
}

pub(crate) fn print_failed(printer: &Printer, failed: &[Failed]) -> Option<Exit> {
    for failed in failed {
        let change = escape(&failed.change.to_string());
        match why(failed) {
            Some(why) => printer.alarm("failed", format_args!("{change}: {why}")),
            None => printer.caution("not tried", change),
        }
    }
    let Some(first) = failed.iter().find_map(Failed::error) else {
        return (!failed.is_empty()).then_some(Exit::Partly);
    };
    if let Some(hint) = advice::hint_after_call(first) {
        printer.note(hint);
    }
    // What fails everything says better what is wrong than that some of it failed.
    let all = first.kind().concerns_all_files();
    Some(if all { Exit::from_call(first.kind()) } else { Exit::Partly })
}

/// Names the files that were left alone. Fails the command only for what failed now, not for what can never be in step.
pub(crate) fn print_refused(printer: &Printer, refused: &[qc_sync::Refused]) -> Option<Exit> {
    for qc_sync::Refused { name, why, .. } in refused {
        printer.caution("left alone", format_args!("{}: {why}", escape(name)));
    }
    refused.iter().any(|refused| !refused.is_lasting).then_some(Exit::Partly)
}

/// Says so if no file is at a path that was named.
pub(crate) fn print_unmatched<'a>(
    printer: &Printer,
    options: &Options,
    names: impl IntoIterator<Item = &'a FileName> + Clone,
) -> Option<Exit> {
    let mut unmatched = options.only.unmatched(names.clone());
    unmatched.extend(options.ours.unmatched(names.clone()));
    unmatched.extend(options.theirs.unmatched(names));
    unmatched.dedup();
    // The settings are no file of the project.
    unmatched.retain(|path| *path != CONFIG);
    for path in &unmatched {
        printer.caution(
            "no such file",
            format_args!("{}, here or in the cloud: `qc ls` lists the cloud's", escape(path)),
        );
    }
    (!unmatched.is_empty()).then_some(Exit::NotFound)
}

/// Says that the folder could not note what was done.
pub(crate) fn print_not_kept(printer: &Printer, error: &FolderError) -> Exit {
    printer.caution(
        "caution",
        format_args!(
            "what was done is done, but could not be noted in the folder ({}); the next push or pull finds it",
            escape(&error.to_string())
        ),
    );
    Exit::Partly
}

/// A heading in bold.
pub(crate) fn heading(text: &str) -> String {
    let style: Style = style::HEADING;
    format!("{style}{text}{style:#}")
}
