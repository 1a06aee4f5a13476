//! `projects/*`

use qc_proto::{
    CreateProject, DeleteProject, Done, Endpoint as _, Language, ProjectId, ReadProjects,
    encode_success,
};
use serde::Deserialize;

use crate::{
    faults::record::Applied,
    request::{asked::Asked, fields},
    service::{
        described_project::DescribedProjects, emulator::Emulator, refusal::Refusal,
        stored_project::StoredProject,
    },
};

const RECYCLE_BIN: &str = "Recycle Bin/";

type Answered = Result<Vec<u8>, Refusal>;

/// The part of a list that is asked for: from `start`, counted from 0, to before `end`.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct ListWindow {
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
        let (answer, name) = (self.describe(&[(id, project)]), project.name.clone());
        self.apply(Applied::new("projects/create", id, &name));
        Ok(answer)
    }

    pub(crate) fn read_projects(&self, asked: &Asked) -> Answered {
        let ReadProjects { project_id, .. } = asked.fields()?;
        Ok(match project_id {
            Some(id) => self.describe(&[(id, self.store.project(asked.user, id)?)]),
            None => {
                let ListWindow { start, end } = asked.fields()?;
                let (start, end) = (start.unwrap_or(0), end.unwrap_or(usize::MAX));
                if start >= end {
                    return Err(Refusal::not_valid("start: must be less than end"));
                }
                let projects = self.store.projects_of(asked.user).skip(start).take(end - start);
                self.describe(&projects.collect::<Vec<_>>())
            }
        })
    }

    fn describe(&self, projects: &[(ProjectId, &StoredProject)]) -> Vec<u8> {
        let projects = projects.iter().map(|(id, project)| self.described(*id, project));
        encode_success(&DescribedProjects { projects: projects.collect() })
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
