//! `projects/read`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, UnexpectedAnswer},
    model::{ids::ProjectId, project::ProjectList},
};

/// Reads one project, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadProjects {
    /// Only this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// Only those of this organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
}

impl ReadProjects {
    /// All projects of the user.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// One project.
    #[must_use]
    pub fn one(project_id: ProjectId) -> Self {
        Self { project_id: Some(project_id), organization_id: None }
    }
}

impl Endpoint for ReadProjects {
    const PATH: &'static str = "projects/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = ProjectList;
    type Output = ProjectList;

    fn output(&self, answer: ProjectList) -> Result<ProjectList, UnexpectedAnswer> {
        Ok(answer)
    }
}
