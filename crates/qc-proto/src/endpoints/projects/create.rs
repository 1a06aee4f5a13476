//! `projects/create`

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        endpoint::{Endpoint, Observation, Probe, ProbeOutcome, Replay, UnexpectedAnswer, Verify},
        projects::check_name,
    },
    error::ErrorKind,
    invalid::Invalid,
    model::project::{Language, Project, ProjectList},
};

/// Creates a project with the service's default files in it.
///
/// A taken name is not refused: the service adds a number to it. So a look tells nothing on its own, and
/// the call lists the projects once before it creates one: that is its price for creating no second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateProject {
    /// The name, with `/` between folders.
    pub name: String,
    /// What it is written in.
    pub language: Language,
    /// The organization; without it the user's preferred one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
}

impl CreateProject {
    /// A project in the user's preferred organization.
    #[must_use]
    pub fn new(name: impl Into<String>, language: Language) -> Self {
        Self { name: name.into(), language, organization_id: None }
    }
}

impl Endpoint for CreateProject {
    const PATH: &'static str = "projects/create";
    const REPLAY: Replay = Replay::Verify;
    type Answer = ProjectList;
    type Output = Project;

    fn check(&self) -> Result<(), Invalid> {
        check_name(&self.name)
    }

    fn output(&self, answer: ProjectList) -> Result<Project, UnexpectedAnswer> {
        answer
            .projects
            .into_iter()
            .next()
            .ok_or(UnexpectedAnswer { kind: ErrorKind::Decode, why: "the answer holds no project" })
    }

    fn verify(&self) -> Option<&dyn Verify<Output = Project>> {
        Some(self)
    }
}

impl Verify for CreateProject {
    type Output = Project;

    fn probe(&self) -> Probe {
        Probe::Projects
    }

    fn probes_first(&self) -> bool {
        true
    }

    fn judge(&self, before: Option<&Observation>, after: &Observation) -> ProbeOutcome<Project> {
        let (Some(Observation::Projects(before)), Observation::Projects(after)) = (before, after)
        else {
            return ProbeOutcome::Unclear;
        };
        let is_new =
            |project: &&Project| before.iter().all(|known| known.project_id != project.project_id);
        let mut candidates =
            after.iter().filter(is_new).filter(|project| could_be(&project.name, &self.name));
        match (candidates.next(), candidates.next()) {
            (None, _) => ProbeOutcome::NotApplied,
            (Some(created), None) => {
                ProbeOutcome::Holds { output: created.clone(), already: ErrorKind::Refused }
            }
            // Someone else made one of them at the same time.
            (Some(_), Some(_)) => ProbeOutcome::Unclear,
        }
    }
}

/// `X`, or `X 1` and so on when the name was taken.
fn could_be(name: &str, asked: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix(' ').is_some_and(|number| number.parse::<u32>().is_ok())
    })
}
