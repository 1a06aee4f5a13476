//! `files/patch`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    invalid::Invalid,
    model::{file::Empty, ids::ProjectId},
};

/// Applies a unified diff over one or more files of a project, all of it or nothing.
///
/// Context must match exactly, so a patch that was applied does not apply again: in doubt the call stops
/// and leaves the look to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PatchFiles {
    /// The project.
    pub project_id: ProjectId,
    /// The diff, as `git diff` writes it.
    pub patch: String,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl PatchFiles {
    /// Applies this diff.
    #[must_use]
    pub fn new(project_id: ProjectId, patch: impl Into<String>) -> Self {
        Self { project_id, patch: patch.into(), code_source_id: None }
    }
}

impl Endpoint for PatchFiles {
    const PATH: &'static str = "files/patch";
    const REPLAY: Replay = Replay::Never;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.patch.trim().is_empty() {
            return Err(Invalid::new("patch", "must not be empty"));
        }
        Ok(())
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
