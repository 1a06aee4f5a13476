//! `projects/read`

use alloc::string::String;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    error::ErrorKind,
    invalid::Invalid,
    model::{
        ids::ProjectId,
        project::{Project, ProjectList},
    },
};

/// Reads one project, or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadProjects {
    /// Only this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// Only those of this organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// Only those from this one on in the service's order, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// Only those before this one in the service's order, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u32>,
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
        Self { project_id: Some(project_id), ..Self::default() }
    }

    /// A part of all projects: from `start`, counted from 0, to before `end`.
    #[must_use]
    pub fn page(range: Range<u32>) -> Self {
        Self { start: Some(range.start), end: Some(range.end), ..Self::default() }
    }
}

impl Endpoint for ReadProjects {
    const PATH: &'static str = "projects/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = ProjectList;
    type Output = ProjectList;

    fn subject(&self) -> Subject<'_> {
        self.project_id.map(Subject::project).unwrap_or_default()
    }

    fn check(&self) -> Result<(), Invalid> {
        match (self.start, self.end) {
            (start, Some(end)) if start.unwrap_or_default() >= end => {
                Err(Invalid::new("start", "must be less than end"))
            }
            _ => Ok(()),
        }
    }

    fn output(&self, answer: ProjectList) -> Result<ProjectList, UnexpectedAnswer> {
        Ok(answer)
    }
}

/// Reads one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadProject {
    /// The project.
    pub project_id: ProjectId,
}

impl ReadProject {
    /// The project of this number.
    #[must_use]
    pub fn new(project_id: ProjectId) -> Self {
        Self { project_id }
    }
}

impl Endpoint for ReadProject {
    const PATH: &'static str = "projects/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = ProjectList;
    type Output = Project;

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, answer: ProjectList) -> Result<Project, UnexpectedAnswer> {
        // By number and not by position: another project's settings are worse than none.
        let mut projects = answer.projects.into_iter();
        projects.find(|project| project.project_id == self.project_id).ok_or(UnexpectedAnswer {
            kind: ErrorKind::ProjectNotFound,
            why: "the answer holds no project of that number",
        })
    }
}
