//! `compile/read`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, UnexpectedAnswer},
    invalid::Invalid,
    model::{compile::Compile, ids::ProjectId},
};

/// Reads how far a build is, and what it logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadCompile {
    /// The project.
    pub project_id: ProjectId,
    /// The build, as [`CreateCompile`](crate::CreateCompile) named it.
    pub compile_id: String,
}

impl Endpoint for ReadCompile {
    const PATH: &'static str = "compile/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = Compile;
    type Output = Compile;

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
