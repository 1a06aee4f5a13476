//! Why a call failed, in words that tell a model what to do next.

use qc_files::{Effect, Error, ErrorKind, Invalid};
use qc_sync::{FolderError, SyncError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{advice, error::CliError};

/// A failed call.
#[derive(Debug, Serialize)]
pub(super) struct Failure {
    success: bool,
    /// As the official server's answers have it.
    errors: Vec<String>,
    kind: &'static str,
    /// Whether anything may have changed: `none` or `unknown`.
    effect: &'static str,
    retryable: bool,
    hint: String,
}

impl Failure {
    /// A call that changed nothing.
    pub(super) fn new(
        kind: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            success: false,
            errors: vec![message.into()],
            kind,
            effect: "none",
            retryable: false,
            hint: hint.into(),
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid", message, "Correct the arguments and call again.")
    }

    pub(super) fn to_json(&self) -> Value {
        serde_json::to_value(self)
            .unwrap_or_else(|_| json!({ "success": false, "errors": self.errors }))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = match (error.effect(), error.kind()) {
            (Effect::Unknown, _) => {
                "It may have taken effect: read the file or the project before you try again."
            }
            (_, ErrorKind::FileNotFound) => {
                "Call read_file without a name: it lists the names of all files."
            }
            (_, ErrorKind::FileExists) => {
                "Use update_file_contents to change it, or choose another name."
            }
            (_, ErrorKind::ProjectNotFound) => "Call list_projects for the numbers.",
            (_, ErrorKind::Locked) => {
                "Somebody edits the project elsewhere. Ask the user before you go on."
            }
            (_, ErrorKind::TooLarge) => "Split the content over several files.",
            (_, ErrorKind::Credentials | ErrorKind::Clock | ErrorKind::LockedOut) => {
                "Ask the user to run `qc login`, and to check the clock."
            }
            (_, ErrorKind::RateLimited) => "Wait a minute, then call again.",
            (_, ErrorKind::Transport | ErrorKind::Server) => {
                "Nothing was changed. Call again later."
            }
            (_, ErrorKind::Invalid) => "Correct the arguments and call again.",
            _ => "Nothing was changed. Read the message: it says what the service refuses.",
        };
        Self {
            effect: match error.effect() {
                Effect::None => "none",
                Effect::Unknown => "unknown",
            },
            retryable: error.kind().is_transient(),
            ..Self::new(error.kind().name(), advice::describe_call(&error), hint)
        }
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid.to_string())
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Cloud(error) => error.into(),
            SyncError::Folder(error) => error.into(),
            error => Self::new("folder", error.to_string(), "Ask the user before you go on."),
        }
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let is_busy = matches!(error, FolderError::Busy(_));
        let hint = if is_busy {
            "Another program is at work in the folder. Call again later."
        } else {
            "Tell the user: the folder has to be mended."
        };
        Self { retryable: is_busy, ..Self::new("folder", error.to_string(), hint) }
    }
}

impl From<CliError> for Failure {
    fn from(error: CliError) -> Self {
        Self::new(
            "folder",
            error.to_string(),
            "Name a folder that is tied to a project by `qc clone` or `qc link`.",
        )
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => error.into(),
            Err(error) => Self::new(
                "setup",
                advice::describe(&error),
                "Ask the user: the server is not set up.",
            ),
        }
    }
}
