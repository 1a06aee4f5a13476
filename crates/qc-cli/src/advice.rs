//! What an error says to a person, and what to type next.

use std::{borrow::Cow, env, error::Error};

use qc_files::{ErrorKind, qc_proto::Tier};
use qc_sync::{FolderError, SyncError, Thousands};

use crate::text::escape;

/// Variables that name a proxy for https.
pub(crate) const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// Returns the error in one line, with what caused it. It may hold anything: escape it before it is shown.
pub(crate) fn describe(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        if !line.is_empty() {
            line += ": ";
        }
        if let Some(call) = call(cause) {
            line += &describe_call(call);
            break;
        }
        line += &cause.to_string();
    }
    line
}

/// Returns what to type next. None if the error says all there is to say.
pub(crate) fn hint(error: &anyhow::Error) -> Option<Cow<'static, str>> {
    let sync = error.chain().find_map(|cause| hint_after_sync(cause.downcast_ref()?));
    sync.map(Cow::Borrowed).or_else(|| failed_call(error).and_then(hint_after_call))
}

/// Returns the failed call behind an error.
pub(crate) fn failed_call(error: &anyhow::Error) -> Option<&qc_files::Error> {
    error.chain().find_map(call)
}

/// Returns whether another `qc` is at work in the folder.
pub(crate) fn is_busy(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(FolderError::Busy(_))))
}

fn call<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a qc_files::Error> {
    let call = cause.downcast_ref::<qc_files::Error>();
    call.or_else(|| match cause.downcast_ref::<SyncError>() {
        Some(SyncError::Cloud(call)) => Some(call),
        _ => None,
    })
}

/// Returns what a failed call says, but for the project and the file: the user knows these. The advice that the library gives to programs when somebody holds the project is
/// left to [`hint_after_call`].
pub(crate) fn describe_call(error: &qc_files::Error) -> String {
    let (endpoint, reason) = (error.endpoint(), error.reason());
    match error.kind() {
        // It names the field.
        ErrorKind::Invalid => reason.to_string(),
        ErrorKind::Locked => {
            let words = escape(&error.messages().join("; "));
            format!("{endpoint}: somebody else holds the project; the service says: {words}")
        }
        _ => format!("{endpoint}: {reason}"),
    }
}

/// Returns what to type next after a failed call, beyond what the error itself says.
pub(crate) fn hint_after_call(error: &qc_files::Error) -> Option<Cow<'static, str>> {
    let fixed = match error.kind() {
        ErrorKind::Transport => {
            let proxy = PROXIES.into_iter().find(|name| env::var_os(name).is_some())?;
            return Some(
                format!("{proxy} is set, so requests go through that proxy: check it, or unset it")
                    .into(),
            );
        }
        // An answer can be too large as well, and that is no matter of tiers.
        ErrorKind::TooLarge if error.status().is_some_and(|status| status.as_u16() == 413) => {
            return Some(format!("a file may have {}", tiers()).into());
        }
        ErrorKind::Locked => {
            "ask them to leave it, or close the project in the web IDE, and try again; `--force` writes all the same"
        }
        ErrorKind::Credentials => {
            "`qc whoami` says where credentials come from, and `qc login` asks for new ones"
        }
        ErrorKind::ProjectNotFound => "`qc projects` lists your projects",
        ErrorKind::FileNotFound => "`qc ls` lists the files of the project",
        _ => return None,
    };
    Some(Cow::Borrowed(fixed))
}

/// How large a file may be on each tier.
fn tiers() -> String {
    let limit = |tier: Tier| format!("{} ({tier})", Thousands(tier.max_file_chars()));
    let limits: Vec<_> = Tier::ALL.iter().copied().map(limit).collect();
    format!("{} characters", limits.join(", "))
}

fn hint_after_sync(error: &SyncError) -> Option<&'static str> {
    match error {
        SyncError::ManyDeletions { place: "here", .. } => {
            Some("if that is meant: `qc pull --delete-many`; `qc status` lists them")
        }
        SyncError::ManyDeletions { .. } => Some(
            "if that is meant: `qc push --delete-many`; `qc restore PATH` brings files back, `qc status` lists them",
        ),
        SyncError::Emptied { .. } => Some(
            "if all were deleted on purpose: type the same command with --accept-empty; if not: try again later",
        ),
        SyncError::EmptiedHere { .. } => Some(
            "if all were deleted on purpose: type the same command with --accept-empty; if not: `qc pull --force` brings them back",
        ),
        SyncError::Folder(FolderError::OtherProject { .. }) => {
            Some("`qc link PROJECT --replace` ties the folder to another project, and starts over")
        }
        SyncError::UnknownOperation { .. }
        | SyncError::NothingToUndo { .. }
        | SyncError::UnknownPath { .. } => Some("`qc history` lists what can be brought back"),
        _ => None,
    }
}
