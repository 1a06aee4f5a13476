//! Tools for projects as a whole.

use qc_files::{
    Language, Project, ProjectId,
    qc_proto::{self, UpdateProject as Update},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::commands::mcp::{failure::Failure, server::Call, tools::Answer};

/// No list is longer.
const PROJECTS: usize = 300;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListProjects {
    /// Only those with this text in their name
    filter: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OneProject {
    pub(super) project_id: i64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreateProject {
    /// With `/` between folders
    name: String,
    /// Py or C#
    language: String,
    organization_id: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UpdateProject {
    project_id: i64,
    name: Option<String>,
    description: Option<String>,
}

fn projects(all: &[Project]) -> Value {
    json!({ "success": true, "projects": all })
}

impl Call {
    pub(super) async fn list_projects(&self, asked: ListProjects) -> Answer {
        let all = self.settings.client.projects().await?;
        let filter = asked.filter.unwrap_or_default().to_lowercase();
        let is_listed = |project: &&Project| {
            project.name.to_lowercase().contains(&filter)
                && !project.is_in_recycle_bin()
                && self.settings.rails.allows_project(project.project_id).is_ok()
        };
        let listed: Vec<&Project> = all.projects.iter().filter(is_listed).collect();
        let short = |project: &&Project| {
            json!({
                "projectId": project.project_id,
                "name": project.name,
                "language": project.language,
                "modified": project.modified,
                "organizationId": project.organization_id,
            })
        };
        let shown: Vec<Value> = listed.iter().take(PROJECTS).map(short).collect();
        let mut answer = json!({ "success": true, "projects": shown });
        if listed.len() > PROJECTS {
            let more = listed.len() - PROJECTS;
            answer["more"] = format!("{more} projects more: call again with `filter`").into();
        }
        Ok(answer)
    }

    pub(super) async fn read_project(&self, asked: OneProject) -> Answer {
        let project = self.project(ProjectId::new(asked.project_id)?)?.read_project().await?;
        Ok(projects(&[project]))
    }

    pub(super) async fn create_project(&self, asked: CreateProject) -> Answer {
        self.settings.rails.allows_new_projects()?;
        let language = match asked.language.as_str() {
            "Python" => Language::Python,
            "CSharp" => Language::CSharp,
            other => other.parse()?,
        };
        let mut create = qc_proto::CreateProject::new(asked.name, language);
        create.organization_id = asked.organization_id;
        Ok(projects(&[self.settings.client.execute(create).await?]))
    }

    pub(super) async fn update_project(&self, asked: UpdateProject) -> Answer {
        let id = ProjectId::new(asked.project_id)?;
        if asked.name.is_none() && asked.description.is_none() {
            return Err(Failure::invalid("name or description: one of them is needed"));
        }
        let mut update = Update::new(id);
        (update.name, update.description) = (asked.name, asked.description);
        self.project(id)?.update_project(update).await?;
        Ok(json!({ "success": true }))
    }

    pub(super) async fn delete_project(&self, asked: OneProject) -> Answer {
        let id = ProjectId::new(asked.project_id)?;
        self.settings.rails.allows_project(id)?;
        self.settings.client.delete_project(id).await?;
        Ok(json!({ "success": true }))
    }
}
