//! What the command's end tells a script.

use std::{borrow::Cow, process::ExitCode};

use qc_files::{ErrorKind, credentials::CredentialsError, qc_proto::Tier};
use qc_sync::{FolderError, SyncError, Thousands};

use crate::{interrupt::Interrupted, printer::shown, settings::SettingsError};

/// The exit codes, as `qc --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All is done.
    Done = 0,
    /// There are differences: `status`, `diff`.
    Differences = 1,
    /// The command line, or what it names, makes no sense.
    Usage = 2,
    /// Both sides changed the same files.
    Conflict = 3,
    /// The credentials are missing or refused.
    Credentials = 4,
    /// There is no such project or file.
    NotFound = 5,
    /// The network or the service failed, or the service refused.
    Service = 6,
    /// Some files could not be dealt with; the others were.
    Partly = 7,
    /// Ctrl-C; what shells say of a program that it ends.
    Interrupted = 130,
}

impl Exit {
    /// What an error that stopped the command means.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(error) = cause.downcast_ref::<qc_files::Error>() {
                return Self::of_call(error.kind());
            }
            if let Some(error) = cause.downcast_ref::<SyncError>() {
                return Self::of_sync(error);
            }
            if cause.is::<Interrupted>() {
                return Self::Interrupted;
            }
            if cause.is::<qc_files::Invalid>() {
                return Self::Usage;
            }
            if cause.is::<CredentialsError>() {
                return Self::Credentials;
            }
            if let Some(error) = cause.downcast_ref::<SettingsError>() {
                return match error {
                    SettingsError::NoSuchProject { .. } | SettingsError::NoSuchFile(_) => {
                        Self::NotFound
                    }
                    _ => Self::Usage,
                };
            }
        }
        Self::Partly
    }

    /// What an error of a push or a pull means.
    pub(crate) fn of_sync(error: &SyncError) -> Self {
        match error {
            SyncError::Cloud(error) => Self::of_call(error.kind()),
            SyncError::Folder(FolderError::OtherProject { .. }) => Self::Usage,
            SyncError::Emptied { .. }
            | SyncError::EmptiedHere { .. }
            | SyncError::ManyDeletions { .. } => Self::Conflict,
            SyncError::UnknownOperation { .. } | SyncError::UnknownPath { .. } => Self::NotFound,
            SyncError::NothingToUndo { .. } => Self::Usage,
            _ => Self::Partly,
        }
    }

    /// What a failed call means.
    pub(crate) fn of_call(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Credentials | ErrorKind::Clock => Self::Credentials,
            ErrorKind::FileNotFound | ErrorKind::ProjectNotFound => Self::NotFound,
            ErrorKind::Invalid => Self::Usage,
            _ => Self::Service,
        }
    }
}

/// What to type next after a failed call, beyond what the error itself says.
pub(crate) fn next_step(error: &qc_files::Error) -> Option<Cow<'static, str>> {
    let fixed = match error.kind() {
        // An answer can be too large as well, and that is no matter of tiers.
        ErrorKind::TooLarge if error.status().is_some_and(|status| status.as_u16() == 413) => {
            return Some(format!("a file may have {}", tiers()).into());
        }
        ErrorKind::Locked => Some(
            "ask them to leave it, or close the project in the web IDE, and try again; `--force` writes all the same",
        ),
        ErrorKind::Credentials => Some("`qc login` asks for them anew"),
        ErrorKind::ProjectNotFound => Some("`qc projects` lists those that there are"),
        ErrorKind::FileNotFound => Some("`qc ls` lists the files that there are"),
        _ => None,
    };
    fixed.map(Cow::Borrowed)
}

/// How large a file may be on each tier.
fn tiers() -> String {
    let of = |tier: Tier| format!("{} ({tier})", Thousands(tier.max_file_chars()));
    format!("{} characters", Tier::ALL.map(of).join(", "))
}

/// What a failed call says. The advice that the library gives to programs when somebody holds the project is left to
/// [`next_step`].
pub(crate) fn said(error: &qc_files::Error) -> String {
    if error.kind() != ErrorKind::Locked {
        return error.to_string();
    }
    let words = shown(&error.messages().join("; "));
    format!("{}: somebody else holds the project; the service says: {words}", error.endpoint())
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_help() {
        let help = crate::arguments::EXIT_CODES;
        for (exit, word) in [
            (Exit::Done, "done"),
            (Exit::Differences, "differences"),
            (Exit::Usage, "usage"),
            (Exit::Conflict, "conflict"),
            (Exit::Credentials, "credentials"),
            (Exit::NotFound, "not found"),
            (Exit::Service, "network"),
            (Exit::Partly, "some files"),
            (Exit::Interrupted, "Ctrl-C"),
        ] {
            let line = help
                .lines()
                .find(|line| line.trim_start().starts_with(&format!("{} ", exit as u8)));
            assert!(line.is_some_and(|line| line.contains(word)), "{exit:?} is not in the help");
        }
    }
}
