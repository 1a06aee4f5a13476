//! What the service keeps: projects and their files.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use qc_proto::{Language, ProjectId};

use crate::{refusal::Refusal, stored_project::StoredProject, templates};

#[derive(Debug)]
pub(crate) struct Store {
    projects: BTreeMap<ProjectId, StoredProject>,
    next_project: NonZeroU32,
    next_file: i64,
}

/// Of the size that the service's numbers have.
const FIRST_PROJECT: NonZeroU32 = NonZeroU32::MIN.saturating_add(20_000_000);

impl Default for Store {
    fn default() -> Self {
        Self { projects: BTreeMap::new(), next_project: FIRST_PROJECT, next_file: 100_000_001 }
    }
}

impl Store {
    /// A taken name gets a number, as on the service.
    pub(crate) fn add_project(
        &mut self,
        name: &str,
        language: Language,
        wall: Duration,
    ) -> ProjectId {
        let id = ProjectId::from(self.next_project);
        self.next_project = self.next_project.saturating_add(1);
        let project = StoredProject::new(self.free_name(name), language, wall);
        self.projects.insert(id, project);
        for (name, content) in templates::files(language) {
            self.put(id, name, content, wall);
        }
        id
    }

    pub(crate) fn is_taken(&self, name: &str) -> bool {
        self.projects.values().any(|project| project.name == name)
    }

    /// The name, or with the first number behind it that makes it a new one.
    pub(crate) fn free_name(&self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 0_u64;
        while self.is_taken(&free) {
            number += 1;
            free = format!("{name} {number}");
        }
        free
    }

    pub(crate) fn projects(&self) -> impl Iterator<Item = (ProjectId, &StoredProject)> {
        self.projects.iter().map(|(id, project)| (*id, project))
    }

    pub(crate) fn project(&self, id: ProjectId) -> Result<&StoredProject, Refusal> {
        self.projects.get(&id).ok_or_else(|| Refusal::project_not_found(id))
    }

    pub(crate) fn project_mut(&mut self, id: ProjectId) -> Result<&mut StoredProject, Refusal> {
        self.projects.get_mut(&id).ok_or_else(|| Refusal::project_not_found(id))
    }

    /// Makes or replaces a file. Nothing happens where there is no such project.
    pub(crate) fn put(&mut self, id: ProjectId, name: &str, content: &str, wall: Duration) {
        let Some(project) = self.projects.get_mut(&id) else { return };
        let next_file = &mut self.next_file;
        project.put(name, content, wall, || {
            *next_file += 1;
            *next_file - 1
        });
    }

    /// Leaves a project with these files and no others.
    pub(crate) fn replace_files(
        &mut self,
        id: ProjectId,
        files: &BTreeMap<String, String>,
        wall: Duration,
    ) {
        if let Some(project) = self.projects.get_mut(&id) {
            project.keep_only(|name| files.contains_key(name));
        }
        for (name, content) in files {
            self.put(id, name, content, wall);
        }
    }
}
