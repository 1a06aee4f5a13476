//! `files/delete`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Look, NotFitting, Replay, Sight, Verdict},
    error::ErrorKind,
    model::{file::Done, file_name::RemoteName, ids::ProjectId},
};

/// Deletes a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
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

impl Endpoint for DeleteFile {
    const PATH: &'static str = "files/delete";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Done;
    type Output = ();

    fn output(&self, _: Done) -> Result<(), NotFitting> {
        Ok(())
    }

    fn look(&self) -> Option<Look> {
        Some(Look::File(self.project_id, self.name.clone()))
    }

    fn judge(&self, _: Option<&Sight>, after: &Sight) -> Verdict<()> {
        match after {
            Sight::File(None) => Verdict::Holds { output: (), already: ErrorKind::FileNotFound },
            Sight::File(Some(_)) => Verdict::NotApplied,
            _ => Verdict::Unclear,
        }
    }
}
