//! `files/update`, a file's name

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{
        Endpoint, Observation, Probe, ProbeOutcome, Replay, Subject, UnexpectedAnswer, Verify,
    },
    error::ErrorKind,
    invalid::Invalid,
    model::{
        file::Empty,
        file_name::{FileName, RemoteName},
        ids::ProjectId,
    },
};

/// Renames a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RenameFile {
    /// The project.
    pub project_id: ProjectId,
    /// The present name, as the service spells it. Old documentation calls it `oldFileName`.
    #[serde(alias = "oldFileName")]
    pub name: RemoteName,
    /// The new name.
    pub new_name: FileName,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl RenameFile {
    /// Gives the file `name` the name `new_name`.
    #[must_use]
    pub fn new(project_id: ProjectId, name: impl Into<RemoteName>, new_name: FileName) -> Self {
        Self { project_id, name: name.into(), new_name, code_source_id: None }
    }
}

impl Endpoint for RenameFile {
    const PATH: &'static str = "files/update";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id).with_file(self.name.as_str())
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.name.as_str() == self.new_name.as_str() {
            return Err(Invalid::new("newName", "must differ from the present name"));
        }
        Ok(())
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }

    fn verify(&self) -> Option<&dyn Verify<Output = ()>> {
        Some(self)
    }
}

impl Verify for RenameFile {
    type Output = ();

    fn probe(&self) -> Probe {
        // Both names at one moment: two reads could see a rename half-way.
        Probe::Files(self.project_id)
    }

    fn judge(&self, _: Option<&Observation>, after: &Observation) -> ProbeOutcome<()> {
        let Observation::Files(files) = after else { return ProbeOutcome::Unclear };
        let is_there = |name: &str| files.iter().any(|file| file.name == *name);
        match (is_there(self.name.as_str()), is_there(self.new_name.as_str())) {
            (false, true) => ProbeOutcome::Holds { output: (), already: ErrorKind::FileNotFound },
            (true, false) => ProbeOutcome::NotApplied,
            (true, true) => ProbeOutcome::Blocked(ErrorKind::FileExists),
            (false, false) => ProbeOutcome::Blocked(ErrorKind::FileNotFound),
        }
    }
}
