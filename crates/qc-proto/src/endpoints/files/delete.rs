//! `files/delete`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{
        Endpoint, Observation, Probe, ProbeOutcome, Replay, Subject, UnexpectedAnswer, Verify,
    },
    error::ErrorKind,
    model::{file::Empty, file_name::RemoteName, ids::ProjectId},
};

/// Deletes a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteFile {
    /// The project.
    pub project_id: ProjectId,
    /// The file's name, as the service spells it.
    pub name: RemoteName,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl DeleteFile {
    /// Deletes the file of this name.
    #[must_use]
    pub fn new(project_id: ProjectId, name: impl Into<RemoteName>) -> Self {
        Self { project_id, name: name.into(), code_source_id: None }
    }
}

impl Endpoint for DeleteFile {
    const PATH: &'static str = "files/delete";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id).with_file(self.name.as_str())
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }

    fn verify(&self) -> Option<&dyn Verify<Output = ()>> {
        Some(self)
    }
}

impl Verify for DeleteFile {
    type Output = ();

    fn probe(&self) -> Probe {
        Probe::File(self.project_id, self.name.clone())
    }

    fn judge(&self, _: Option<&Observation>, after: &Observation) -> ProbeOutcome<()> {
        match after {
            Observation::File(None) => {
                ProbeOutcome::Holds { output: (), already: ErrorKind::FileNotFound }
            }
            Observation::File(Some(_)) => ProbeOutcome::NotApplied,
            _ => ProbeOutcome::Unclear,
        }
    }
}
