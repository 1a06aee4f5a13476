//! What the service keeps: projects and their files.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use qc_proto::{Language, ProjectId, UserId};

use crate::{refusal::Refusal, stored_project::StoredProject, templates};

#[derive(Clone, Debug)]
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
        owner: UserId,
        name: &str,
        language: Language,
        wall: Duration,
    ) -> ProjectId {
        let id = ProjectId::from(self.next_project);
        self.next_project = self.next_project.saturating_add(1);
        let project = StoredProject::new(owner, self.free_name(owner, name), language, wall);
        self.projects.insert(id, project);
        for (name, content) in templates::files(language) {
            self.put(id, name, content, wall);
        }
        id
    }

    pub(crate) fn is_taken(&self, owner: UserId, name: &str) -> bool {
        self.projects_of(owner).any(|(_, project)| project.name == name)
    }

    /// The name, or with the first number behind it that makes it a new one among its owner's.
    pub(crate) fn free_name(&self, owner: UserId, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 0_u64;
        while self.is_taken(owner, &free) {
            number += 1;
            free = format!("{name} {number}");
        }
        free
    }

    /// Everyone's.
    pub(crate) fn projects(&self) -> impl Iterator<Item = (ProjectId, &StoredProject)> {
        self.projects.iter().map(|(id, project)| (*id, project))
    }

    pub(crate) fn projects_of(
        &self,
        owner: UserId,
    ) -> impl Iterator<Item = (ProjectId, &StoredProject)> {
        self.projects().filter(move |(_, project)| project.owner == owner)
    }

    /// Whoever's it is.
    pub(crate) fn get(&self, id: ProjectId) -> Option<&StoredProject> {
        self.projects.get(&id)
    }

    /// Whoever's it is.
    pub(crate) fn get_mut(&mut self, id: ProjectId) -> Option<&mut StoredProject> {
        self.projects.get_mut(&id)
    }

    /// As it is for this user: someone else's does not exist.
    pub(crate) fn project(&self, user: UserId, id: ProjectId) -> Result<&StoredProject, Refusal> {
        let project = self.get(id).filter(|project| project.owner == user);
        project.ok_or_else(|| Refusal::project_not_found(id))
    }

    /// As [`project`](Self::project).
    pub(crate) fn project_mut(
        &mut self,
        user: UserId,
        id: ProjectId,
    ) -> Result<&mut StoredProject, Refusal> {
        let project = self.get_mut(id).filter(|project| project.owner == user);
        project.ok_or_else(|| Refusal::project_not_found(id))
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
