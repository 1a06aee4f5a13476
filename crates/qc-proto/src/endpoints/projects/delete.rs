//! `projects/delete`

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{
        Endpoint, Observation, Probe, ProbeOutcome, Replay, Subject, UnexpectedAnswer, Verify,
    },
    error::ErrorKind,
    model::{file::Empty, ids::ProjectId},
};

/// Moves a project to the recycle bin, where it is still listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeleteProject {
    /// The project.
    pub project_id: ProjectId,
}

impl DeleteProject {
    /// Moves this project to the recycle bin.
    #[must_use]
    pub fn new(project_id: ProjectId) -> Self {
        Self { project_id }
    }
}

impl Endpoint for DeleteProject {
    const PATH: &'static str = "projects/delete";
    // What a second delete does to a project in the bin is not known.
    const REPLAY: Replay = Replay::Verify;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }

    fn verify(&self) -> Option<&dyn Verify<Output = ()>> {
        Some(self)
    }
}

impl Verify for DeleteProject {
    type Output = ();

    fn probe(&self) -> Probe {
        Probe::Projects
    }

    fn judge(&self, _: Option<&Observation>, after: &Observation) -> ProbeOutcome<()> {
        let Observation::Projects(projects) = after else { return ProbeOutcome::Unclear };
        let project = projects.iter().find(|project| project.project_id == self.project_id);
        match project {
            Some(project) if !project.is_in_recycle_bin() => ProbeOutcome::NotApplied,
            _ => ProbeOutcome::Holds { output: (), already: ErrorKind::ProjectNotFound },
        }
    }
}
