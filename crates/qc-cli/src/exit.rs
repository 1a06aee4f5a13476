//! What the command's end tells a script.

use std::{fmt, process::ExitCode};

use qc_files::ErrorKind;
use qc_sync::{FolderError, SyncError};

use crate::error::CliError;

/// The exit codes, as `qc --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All is done.
    Done = 0,
    /// There are differences: `status`, `diff`.
    Differences = 1,
    /// The command line, or what it names, makes no sense, or the folder is in use: nothing was begun.
    Usage = 2,
    /// Both sides changed the same files.
    Conflict = 3,
    /// The credentials are missing or refused.
    Credentials = 4,
    /// There is no such project or file.
    NotFound = 5,
    /// The network or the service failed, or the service refused.
    Service = 6,
    /// Some files failed; the others were done.
    Partly = 7,
    /// The project does not build.
    BuildFailed = 8,
    /// Ctrl-C; what shells say of a program that it ends.
    Interrupted = 130,
}

impl Exit {
    /// Returns the worse of two.
    pub(crate) fn worse(self, other: Self) -> Self {
        // From what is as it should be to what fails everything.
        const ORDER: [Exit; 10] = [
            Exit::Done,
            Exit::Differences,
            Exit::Conflict,
            Exit::BuildFailed,
            Exit::Partly,
            Exit::NotFound,
            Exit::Usage,
            Exit::Service,
            Exit::Credentials,
            Exit::Interrupted,
        ];
        let rank = |exit: Exit| ORDER.iter().position(|known| *known == exit);
        if rank(self) < rank(other) { other } else { self }
    }

    /// Returns the code for an error that stopped the command.
    pub(crate) fn from_error(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(error) = cause.downcast_ref::<qc_files::Error>() {
                return Self::from_call(error.kind());
            }
            if let Some(error) = cause.downcast_ref::<SyncError>() {
                return Self::from_sync(error);
            }
            if let Some(error) = cause.downcast_ref::<FolderError>() {
                return Self::from_folder(error);
            }
            if cause.is::<Interrupted>() {
                return Self::Interrupted;
            }
            if cause.is::<qc_files::Invalid>() {
                return Self::Usage;
            }
            if let Some(error) = cause.downcast_ref::<CliError>() {
                return match error {
                    CliError::NoSuchProject { .. } | CliError::NoSuchFile(_) => Self::NotFound,
                    CliError::NoCredentials | CliError::Credentials(_) => Self::Credentials,
                    CliError::TimedOut(_) => Self::Service,
                    CliError::Unanswered => Self::Interrupted,
                    _ => Self::Usage,
                };
            }
        }
        Self::Partly
    }

    /// Returns the code for an error of a push or a pull.
    pub(crate) fn from_sync(error: &SyncError) -> Self {
        match error {
            SyncError::Cloud(error) => Self::from_call(error.kind()),
            SyncError::Folder(error) => Self::from_folder(error),
            SyncError::Encrypted { .. } => Self::Usage,
            SyncError::Emptied { .. }
            | SyncError::EmptiedHere { .. }
            | SyncError::ManyDeletions { .. } => Self::Conflict,
            SyncError::UnknownOperation { .. } | SyncError::UnknownPath { .. } => Self::NotFound,
            SyncError::NothingToUndo { .. } => Self::Usage,
            _ => Self::Partly,
        }
    }

    /// Returns the code for a folder that cannot be used.
    fn from_folder(error: &FolderError) -> Self {
        match error {
            // Found before anything is done.
            FolderError::Busy(_)
            | FolderError::Config { .. }
            | FolderError::Snapshot { .. }
            | FolderError::OtherProject { .. } => Self::Usage,
            _ => Self::Partly,
        }
    }

    /// Returns the code for a failed call.
    pub(crate) fn from_call(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Credentials | ErrorKind::Clock => Self::Credentials,
            ErrorKind::FileNotFound | ErrorKind::ProjectNotFound => Self::NotFound,
            ErrorKind::Invalid => Self::Usage,
            _ => Self::Service,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The person wanted it to end.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "interrupted: no file is half written; what was done stays done, the request under way may have taken \
             effect, and the rest was not begun; `qc status` shows how things stand",
        )
    }
}

impl std::error::Error for Interrupted {}

/// Goes on until the work is done or Ctrl-C comes. What is under way then is dropped where it waits.
pub(crate) async fn or_interrupted<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        biased;
        result = work => result,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            Err(Interrupted.into())
        }
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
            (Exit::BuildFailed, "does not build"),
            (Exit::Interrupted, "Ctrl-C"),
        ] {
            let line = help
                .lines()
                .find(|line| line.trim_start().starts_with(&format!("{} ", exit as u8)));
            assert!(line.is_some_and(|line| line.contains(word)), "{exit:?} is not in the help");
        }
    }
}
