//! `projects/*`

use qc_proto::{
    CreateProject, DeleteProject, Done, Endpoint as _, Language, ProjectId, ReadProjects,
    encode_success,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Applied,
    asked::Asked,
    emulator::Emulator,
    fields,
    refusal::Refusal,
    store::Store,
    stored_project::{MASTER, StoredProject, time},
};

const RECYCLE_BIN: &str = "Recycle Bin/";

type Answered = Result<Vec<u8>, Refusal>;

/// The part of a list that is asked for: from `start`, counted from 0, to before `end`.
#[derive(Deserialize)]
struct ListWindow {
    #[serde(default, deserialize_with = "fields::count")]
    start: Option<usize>,
    #[serde(default, deserialize_with = "fields::count")]
    end: Option<usize>,
}

impl Emulator {
    pub(crate) fn create_project(&mut self, asked: &Asked) -> Answered {
        let create: CreateProject = asked.fields()?;
        create.check().map_err(Refusal::not_valid)?;
        let id = self.store.add_project(asked.user, &create.name, create.language, asked.wall);
        let project = self.store.project(asked.user, id)?;
        let (answer, name) = (answer(&self.store, &[(id, project)]), project.name.clone());
        self.apply(Applied::new("projects/create", id, &name));
        Ok(answer)
    }

    pub(crate) fn read_projects(&self, asked: &Asked) -> Answered {
        let ReadProjects { project_id, .. } = asked.fields()?;
        Ok(match project_id {
            Some(id) => answer(&self.store, &[(id, self.store.project(asked.user, id)?)]),
            None => {
                let ListWindow { start, end } = asked.fields()?;
                let (start, end) = (start.unwrap_or(0), end.unwrap_or(usize::MAX));
                if start >= end {
                    return Err(Refusal::not_valid("start: must be less than end"));
                }
                let projects = self.store.projects_of(asked.user).skip(start).take(end - start);
                answer(&self.store, &projects.collect::<Vec<_>>())
            }
        })
    }

    /// The recycle bin is a folder: what is in it is still listed, and can be read and changed.
    pub(crate) fn delete_project(&mut self, asked: &Asked) -> Answered {
        let DeleteProject { project_id } = asked.fields()?;
        let mut name = self.store.project(asked.user, project_id)?.name.clone();
        if !name.starts_with(RECYCLE_BIN) {
            // Of two projects that had the same name one after the other, both can be in it.
            name = self.store.free_name(asked.user, &format!("{RECYCLE_BIN}{name}"));
            self.store.project_mut(asked.user, project_id)?.name.clone_from(&name);
        }
        self.apply(Applied::new("projects/delete", project_id, &name));
        Ok(encode_success(&Done {}))
    }
}

/// The rules for a new project's name hold for a new name too.
pub(crate) fn check_name(name: &str, language: Language) -> Result<(), Refusal> {
    let create = CreateProject { name: name.to_owned(), language, organization_id: None };
    create.check().map_err(Refusal::not_valid)
}

fn answer(store: &Store, projects: &[(ProjectId, &StoredProject)]) -> Vec<u8> {
    let projects: Vec<Value> =
        projects.iter().map(|(id, project)| describe(store, *id, project)).collect();
    encode_success(&json!({ "projects": projects }))
}

/// With every field that the official command line tool wants: one missing fails it.
fn describe(store: &Store, id: ProjectId, project: &StoredProject) -> Value {
    let settings = &project.settings;
    // Plain numbers would fail the official command line tool.
    let library = |id: &ProjectId| {
        let name = store.project(project.owner, *id).ok().map(|library| library.name.as_str());
        json!({"projectId": id, "libraryName": name, "ownerName": "", "access": true})
    };
    let mut described = json!({
        "projectId": id,
        "organizationId": "00000000000000000000000000000000",
        "name": project.name,
        "description": settings.description,
        "modified": time(project.modified),
        "created": time(project.created),
        "language": project.language,
        "collaborators": [],
        "leanVersionId": settings.lean_version,
        "leanPinnedToMaster": settings.lean_version == MASTER,
        "leanEnvironment": settings.lean_environment,
        "parameters": settings.parameters,
        "libraries": settings.libraries.iter().map(library).collect::<Vec<_>>(),
    });
    if let Some(key) = &settings.encryption_key {
        described["encrypted"] = json!(true);
        // A key's name is kept with the user's own keys, which are not here.
        described["encryptionKey"] = json!({"id": key, "name": key});
    }
    described
}
