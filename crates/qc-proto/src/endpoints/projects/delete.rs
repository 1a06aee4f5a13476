//! `projects/delete`

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, UnexpectedAnswer},
    model::{file::Empty, ids::ProjectId},
};

/// Moves a project to the recycle bin, where it is still listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeleteProject {
    /// The project.
    pub project_id: ProjectId,
}

impl Endpoint for DeleteProject {
    const PATH: &'static str = "projects/delete";
    // What a second delete does to a project in the bin is not known.
    const REPLAY: Replay = Replay::Never;
    type Answer = Empty;
    type Output = ();

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
