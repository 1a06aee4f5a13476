//! What the service keeps: projects and their files.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use jiff::{Timestamp, tz::Offset};
use qc_proto::{Language, ProjectFile, ProjectId, RemoteName, ServerTime};

use crate::{refusal::Refusal, templates};

#[derive(Debug)]
pub(crate) struct Store {
    projects: BTreeMap<ProjectId, StoredProject>,
    next_project: NonZeroU32,
    next_file: i64,
}

#[derive(Debug)]
pub(crate) struct StoredProject {
    pub(crate) name: String,
    pub(crate) language: Language,
    pub(crate) created: Duration,
    pub(crate) modified: Duration,
    files: BTreeMap<String, StoredFile>,
}

#[derive(Debug)]
struct StoredFile {
    id: i64,
    content: String,
    modified: Duration,
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
        let taken = |name: &str| self.projects.values().any(|project| project.name == name);
        let mut free = name.to_owned();
        let mut number = 0;
        while taken(&free) {
            number += 1;
            free = format!("{name} {number}");
        }
        let id = ProjectId::from(self.next_project);
        self.next_project = self.next_project.saturating_add(1);
        let project = StoredProject {
            name: free,
            language,
            created: wall,
            modified: wall,
            files: BTreeMap::new(),
        };
        self.projects.insert(id, project);
        for (name, content) in templates::files(language) {
            self.put(id, name, content, wall);
        }
        id
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
        project.modified = wall;
        let next_file = &mut self.next_file;
        let file = project.files.entry(name.to_owned()).or_insert_with(|| {
            *next_file += 1;
            StoredFile { id: *next_file - 1, content: String::new(), modified: wall }
        });
        content.clone_into(&mut file.content);
        file.modified = wall;
    }
}

impl StoredProject {
    pub(crate) fn content(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(|file| file.content.as_str())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(crate) fn files(&self, id: ProjectId) -> Vec<ProjectFile> {
        self.names().filter_map(|name| self.file(id, name)).collect()
    }

    pub(crate) fn file(&self, id: ProjectId, name: &str) -> Option<ProjectFile> {
        let stored = self.files.get(name)?;
        let mut file = ProjectFile::new(RemoteName::from_service(name), stored.content.clone());
        file.id = Some(stored.id);
        file.project_id = Some(id.get());
        file.modified = Some(ServerTime::from(time(stored.modified).as_str()));
        file.open = Some(false);
        file.is_library = Some(false);
        Some(file)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Refusal> {
        self.files.remove(name).map(|_| ()).ok_or_else(|| Refusal::file_not_found(name))
    }

    pub(crate) fn rename(&mut self, name: &str, new_name: &str) -> Result<(), Refusal> {
        if !self.files.contains_key(name) {
            return Err(Refusal::file_not_found(name));
        }
        if self.files.contains_key(new_name) {
            return Err(Refusal::file_exists(new_name));
        }
        let file = self.files.remove(name);
        self.files.extend(file.map(|file| (new_name.to_owned(), file)));
        Ok(())
    }
}

/// As seen live: UTC, without saying so.
pub(crate) fn time(wall: Duration) -> String {
    let second = i64::try_from(wall.as_secs()).unwrap_or_default();
    let timestamp = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(timestamp).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
