//! `compile/read`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    invalid::Invalid,
    model::{compile::Compile, ids::ProjectId},
};

/// Reads how far a build is, and what it logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadCompile {
    /// The project.
    pub project_id: ProjectId,
    /// The build, as [`CreateCompile`](crate::CreateCompile) named it.
    pub compile_id: String,
}

impl ReadCompile {
    /// Reads this build.
    #[must_use]
    pub fn new(project_id: ProjectId, compile_id: impl Into<String>) -> Self {
        Self { project_id, compile_id: compile_id.into() }
    }
}

impl Endpoint for ReadCompile {
    const PATH: &'static str = "compile/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = Compile;
    type Output = Compile;

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.compile_id.trim().is_empty() {
            return Err(Invalid::new("compileId", "must not be empty"));
        }
        Ok(())
    }

    fn output(&self, answer: Compile) -> Result<Compile, UnexpectedAnswer> {
        Ok(answer)
    }
}
