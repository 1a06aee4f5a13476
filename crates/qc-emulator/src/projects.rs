//! `projects/*`

use std::time::Duration;

use qc_proto::{
    CreateProject, DeleteProject, Done, Endpoint as _, ProjectId, ReadProjects, encode_success,
};
use serde_json::{Value, json};

use crate::{
    Applied,
    emulator::Emulator,
    refusal::Refusal,
    request::Incoming,
    store::{StoredProject, time},
};

type Answered = Result<Vec<u8>, Refusal>;

impl Emulator {
    pub(crate) fn create_project(&mut self, wall: Duration, incoming: &Incoming) -> Answered {
        let create: CreateProject = incoming.fields()?;
        create.check().map_err(Refusal::not_valid)?;
        let id = self.store.add_project(&create.name, create.language, wall);
        let project = self.store.project(id)?;
        let (answer, name) = (answer(&[(id, project)]), project.name.clone());
        self.apply(Applied::new("projects/create", id, &name));
        Ok(answer)
    }

    pub(crate) fn read_projects(&self, incoming: &Incoming) -> Answered {
        let ReadProjects { project_id, .. } = incoming.fields()?;
        Ok(match project_id {
            Some(id) => answer(&[(id, self.store.project(id)?)]),
            None => answer(&self.store.projects().collect::<Vec<_>>()),
        })
    }

    /// The recycle bin is a folder: what is in it is still listed.
    pub(crate) fn delete_project(&mut self, incoming: &Incoming) -> Answered {
        let DeleteProject { project_id } = incoming.fields()?;
        let project = self.store.project_mut(project_id)?;
        if !project.name.starts_with("Recycle Bin/") {
            project.name = format!("Recycle Bin/{}", project.name);
        }
        let name = project.name.clone();
        self.apply(Applied::new("projects/delete", project_id, &name));
        Ok(encode_success(&Done {}))
    }
}

fn answer(projects: &[(ProjectId, &StoredProject)]) -> Vec<u8> {
    let projects: Vec<Value> =
        projects.iter().map(|(id, project)| describe(*id, project)).collect();
    encode_success(&json!({ "projects": projects }))
}

/// With every field that the official command line tool wants: one missing fails it.
fn describe(id: ProjectId, project: &StoredProject) -> Value {
    json!({
        "projectId": id,
        "organizationId": "00000000000000000000000000000000",
        "name": project.name,
        "description": "",
        "modified": time(project.modified),
        "created": time(project.created),
        "language": project.language,
        "collaborators": [],
        "leanVersionId": -1,
        "leanPinnedToMaster": true,
        "leanEnvironment": 1,
        "parameters": [],
        "libraries": [],
    })
}
