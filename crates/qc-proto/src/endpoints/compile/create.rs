//! `compile/create`

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    model::{compile::Compile, ids::ProjectId},
};

/// Orders a build of the project's files as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateCompile {
    /// The project.
    pub project_id: ProjectId,
}

impl CreateCompile {
    /// Orders a build of this project.
    #[must_use]
    pub fn new(project_id: ProjectId) -> Self {
        Self { project_id }
    }
}

impl Endpoint for CreateCompile {
    const PATH: &'static str = "compile/create";
    // Each request makes a job of its own. `CompileJob` orders one more in doubt, and no more than that.
    const REPLAY: Replay = Replay::Never;
    type Answer = Compile;
    type Output = Compile;

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, answer: Compile) -> Result<Compile, UnexpectedAnswer> {
        Ok(answer)
    }
}
