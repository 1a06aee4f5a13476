//! What the service keeps: projects and their files.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    time::Duration,
};

use qc_proto::{Language, ProjectId, UserId};

use crate::service::{refusal::Refusal, stored_project::StoredProject, templates};

#[derive(Clone, Debug)]
pub(crate) struct Store {
    projects: BTreeMap<ProjectId, StoredProject>,
    next_project: NonZeroU32,
    next_file: i64,
    /// What was changed since it was last asked, where anyone asks.
    changes: Option<Changes>,
}

/// What of the store is no longer as it was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Everything, whatever else is in here.
    pub(crate) all: bool,
    /// The numbers that the next project and the next file get.
    pub(crate) numbers: bool,
    /// What is said of these projects, but for their files.
    pub(crate) projects: BTreeSet<ProjectId>,
    pub(crate) files: BTreeSet<(ProjectId, String)>,
}

/// Of the size that the service's numbers have.
pub(crate) const FIRST_PROJECT: NonZeroU32 = NonZeroU32::MIN.saturating_add(20_000_000);

impl Default for Store {
    fn default() -> Self {
        Self {
            projects: BTreeMap::new(),
            next_project: FIRST_PROJECT,
            next_file: 100_000_001,
            changes: None,
        }
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
        self.numbers_changed();
        let project = StoredProject::new(owner, self.free_name(owner, name), language, wall);
        self.projects.insert(id, project);
        self.project_changed(id);
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
        self.project_changed(id);
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
        let number = self.next_file;
        let next_file = &mut self.next_file;
        project.put(name, content, wall, || {
            *next_file += 1;
            number
        });
        if self.next_file != number {
            self.numbers_changed();
        }
        // The disk derives the project's date from its files: only the file counts as changed.
        self.file_changed(id, name);
    }

    /// Takes a file away, if it is there.
    pub(crate) fn remove(&mut self, id: ProjectId, name: &str) -> Result<(), Refusal> {
        let project = self.get_mut(id).ok_or_else(|| Refusal::project_not_found(id))?;
        project.remove(name)?;
        self.file_changed(id, name);
        Ok(())
    }

    pub(crate) fn rename(
        &mut self,
        id: ProjectId,
        name: &str,
        new_name: &str,
    ) -> Result<(), Refusal> {
        let project = self.get_mut(id).ok_or_else(|| Refusal::project_not_found(id))?;
        project.rename(name, new_name)?;
        self.file_changed(id, name);
        self.file_changed(id, new_name);
        Ok(())
    }

    /// Leaves a project with these files and no others.
    pub(crate) fn replace_files(
        &mut self,
        id: ProjectId,
        files: &BTreeMap<String, String>,
        wall: Duration,
    ) {
        let names = self.get(id).map(|project| project.names().map(str::to_owned).collect());
        let names: Vec<String> = names.unwrap_or_default();
        for name in names.iter().filter(|name| !files.contains_key(*name)) {
            // It was there a moment ago.
            let _ = self.remove(id, name);
        }
        for (name, content) in files {
            self.put(id, name, content, wall);
        }
    }

    /// Gives this date to whatever has none.
    pub(crate) fn date(&mut self, wall: Duration) {
        let undated = |project: &StoredProject| {
            let files = project.files.iter().filter(|(_, file)| file.modified.is_zero());
            files.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let projects: Vec<_> =
            self.projects.iter().map(|(id, project)| (*id, undated(project))).collect();
        for (id, files) in projects {
            for name in &files {
                if let Some(project) = self.get_mut(id)
                    && let Some(file) = project.files.get_mut(name)
                {
                    file.modified = wall;
                    project.touch(wall);
                }
                self.file_changed(id, name);
            }
            let Some(project) = self.projects.get_mut(&id) else { continue };
            if project.created.is_zero() {
                (project.created, project.modified) = (wall, wall);
                self.project_changed(id);
            }
        }
    }

    /// Becomes as another store was.
    pub(crate) fn become_as(&mut self, other: &Self) {
        let is_tracked = self.changes.is_some();
        *self = other.clone();
        self.changes = is_tracked.then(|| Changes { all: true, ..Changes::default() });
    }

    fn numbers_changed(&mut self) {
        if let Some(changes) = &mut self.changes {
            changes.numbers = true;
        }
    }

    fn project_changed(&mut self, id: ProjectId) {
        if let Some(changes) = &mut self.changes {
            changes.projects.insert(id);
        }
    }

    fn file_changed(&mut self, id: ProjectId, name: &str) {
        if let Some(changes) = &mut self.changes {
            changes.files.insert((id, name.to_owned()));
        }
    }
}

/// What a disk needs to know.
#[cfg_attr(not(feature = "durable"), expect(dead_code, reason = "there is no disk"))]
impl Store {
    /// A store with what a disk had.
    pub(crate) fn restored(
        projects: BTreeMap<ProjectId, StoredProject>,
        next_project: NonZeroU32,
        next_file: i64,
    ) -> Self {
        Self { projects, next_project, next_file, changes: Some(Changes::default()) }
    }

    /// The numbers that the next project and the next file get.
    pub(crate) fn next(&self) -> (NonZeroU32, i64) {
        (self.next_project, self.next_file)
    }

    /// What was changed since this was last asked; none where nothing was, or nobody is to know.
    pub(crate) fn take_changes(&mut self) -> Option<Changes> {
        let changes = std::mem::take(self.changes.as_mut()?);
        let none = !changes.all && changes.projects.is_empty() && changes.files.is_empty();
        (!none).then_some(changes)
    }
}
