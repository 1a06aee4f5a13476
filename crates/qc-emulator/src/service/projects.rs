//! `projects/*`

pub(crate) mod collaborators;
pub(crate) mod described;
pub(crate) mod lock;
pub(crate) mod update;

use qc_proto::{
    CreateProject, DeleteProject, Empty, Endpoint as _, Language, ProjectId, encode_success,
};
use serde::Deserialize;

use crate::{
    record::Applied,
    request::{fields, read::SignedRequest},
    service::{
        Answered, Service, projects::described::DescribedProjects, refusal::Refusal,
        stored_project::StoredProject,
    },
};

const RECYCLE_BIN: &str = "Recycle Bin/";

/// The project that is asked for. None for a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    project_id: Option<ProjectId>,
}

/// The part of a list that is asked for: from `start`, counted from 0, to before `end`.
#[derive(Deserialize)]
struct ListWindow {
    #[serde(default, deserialize_with = "fields::count")]
    start: Option<usize>,
    #[serde(default, deserialize_with = "fields::count")]
    end: Option<usize>,
}

impl Service {
    pub(crate) fn create_project(&mut self, request: &SignedRequest) -> Answered {
        let create: CreateProject = request.fields()?;
        create.check().map_err(Refusal::not_valid)?;
        let id = self.store.add_project(request.user, &create.name, create.language, request.wall);
        let project = self.store.project(request.user, id)?;
        let (answer, name) = (self.describe(&[(id, project)]), project.name.clone());
        self.applied.push(Applied::new("projects/create", id, &name));
        Ok(answer)
    }

    pub(crate) fn read_projects(&self, request: &SignedRequest) -> Answered {
        let Asked { project_id } = request.fields()?;
        Ok(match project_id {
            Some(id) => self.describe(&[(id, self.store.project(request.user, id)?)]),
            None => {
                let ListWindow { start, end } = request.fields()?;
                let (start, end) = (start.unwrap_or(0), end.unwrap_or(usize::MAX));
                if start >= end {
                    return Err(Refusal::not_valid("start: must be less than end"));
                }
                let projects = self.store.projects_of(request.user).skip(start).take(end - start);
                self.describe(&projects.collect::<Vec<_>>())
            }
        })
    }

    fn describe(&self, projects: &[(ProjectId, &StoredProject)]) -> Vec<u8> {
        let projects = projects.iter().map(|(id, project)| self.described(*id, project));
        encode_success(&DescribedProjects { projects: projects.collect() })
    }

    /// The recycle bin is a folder: what is in it is still listed, and can be read and changed.
    pub(crate) fn delete_project(&mut self, request: &SignedRequest) -> Answered {
        let DeleteProject { project_id, .. } = request.fields()?;
        let mut name = self.store.project(request.user, project_id)?.name.clone();
        if !name.starts_with(RECYCLE_BIN) {
            // Of two projects that had the same name one after the other, both can be in it.
            name = self.store.free_name(request.user, &format!("{RECYCLE_BIN}{name}"));
            self.store.project_mut(request.user, project_id)?.name.clone_from(&name);
        }
        self.applied.push(Applied::new("projects/delete", project_id, &name));
        Ok(encode_success(&Empty {}))
    }
}

/// The rules for a new project's name hold for a new name too.
pub(crate) fn check_name(name: &str, language: Language) -> Result<(), Refusal> {
    let create = CreateProject::new(name, language);
    create.check().map_err(Refusal::not_valid)
}
