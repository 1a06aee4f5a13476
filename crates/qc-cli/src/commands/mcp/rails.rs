//! What the user lets an agent do.

use qc_files::ProjectId;

use crate::{arguments::mcp::McpArgs, commands::mcp::failure::Failure};

/// What a tool does to what it works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effects {
    /// It changes nothing.
    Reads,
    /// It makes something new.
    Adds,
    /// It puts something in place of what was there.
    Replaces,
    /// It deletes something in the cloud.
    Deletes,
}

/// The bounds that the options of `qc mcp` set.
#[derive(Clone, Debug)]
pub(super) struct Rails {
    read_only: bool,
    no_delete: bool,
    /// None for all.
    projects: Option<Vec<ProjectId>>,
}

impl Rails {
    pub(super) fn new(mcp: &McpArgs) -> Self {
        Self {
            read_only: mcp.read_only,
            no_delete: mcp.no_delete,
            projects: (!mcp.projects.is_empty()).then(|| mcp.projects.clone()),
        }
    }

    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { read_only: false, no_delete: false, projects: None }
    }

    /// Returns whether a tool of this kind is offered at all.
    pub(super) fn offers(&self, effects: Effects) -> bool {
        self.allows(effects).is_ok()
    }

    /// Refuses what the user has ruled out, and says by which option.
    pub(super) fn allows(&self, effects: Effects) -> Result<(), Failure> {
        match effects {
            Effects::Adds | Effects::Replaces | Effects::Deletes if self.read_only => {
                Err(refusal("--read-only", "this server changes nothing"))
            }
            Effects::Deletes if self.no_delete => {
                Err(refusal("--no-delete", "this server deletes nothing in the cloud"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn allows_project(&self, id: ProjectId) -> Result<(), Failure> {
        match &self.projects {
            Some(projects) if !projects.contains(&id) => {
                let message = format!("project {id} is not one of those that this server may use");
                Err(refusal("--projects", &message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn allows_new_projects(&self) -> Result<(), Failure> {
        match self.projects {
            Some(_) => Err(refusal(
                "--projects",
                "this server may use certain projects only, and makes none",
            )),
            None => Ok(()),
        }
    }

    /// Returns the only projects that may be used. None for all.
    pub(super) fn projects(&self) -> Option<&[ProjectId]> {
        self.projects.as_deref()
    }
}

fn refusal(option: &str, message: &str) -> Failure {
    Failure::new(
        "forbidden",
        format!("{message} (option {option})"),
        "Do not try another way: the user has chosen this. Ask the user if it is needed.",
    )
}
