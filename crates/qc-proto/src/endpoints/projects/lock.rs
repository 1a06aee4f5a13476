//! `projects/collaboration/lock/acquire`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    model::{file::Empty, ids::ProjectId},
};

/// Takes edit control of a project: one environment at a time writes to it.
///
/// The documentation asks for it where a project has collaborators, or an agent edits. Afterwards the files must be read
/// with the same `code_source_id` before the first write, or the service refuses the write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AcquireLock {
    /// The project.
    pub project_id: ProjectId,
    /// The environment that is going to write.
    pub code_source_id: String,
}

impl AcquireLock {
    /// Takes edit control for this environment.
    #[must_use]
    pub fn new(project_id: ProjectId, code_source_id: impl Into<String>) -> Self {
        Self { project_id, code_source_id: code_source_id.into() }
    }
}

impl Endpoint for AcquireLock {
    const PATH: &'static str = "projects/collaboration/lock/acquire";
    const REPLAY: Replay = Replay::Converges;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
