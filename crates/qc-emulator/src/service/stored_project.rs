//! A project as the service keeps it, with its files.

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, fmt::temporal::DateTimePrinter, tz::Offset};
use qc_proto::{Language, Parameter, ProjectFile, ProjectId, RemoteName, ServerTime, UserId};

use serde::{Deserialize, Serialize};

use crate::service::{projects::collaborators::Collaborator, refusal::Refusal};

#[derive(Clone, Debug)]
pub(crate) struct StoredProject {
    pub(crate) owner: UserId,
    pub(crate) name: String,
    pub(crate) language: Language,
    pub(crate) created: Duration,
    pub(crate) modified: Duration,
    pub(crate) settings: Settings,
    /// The environment that holds the lock.
    pub(crate) edited_in: Option<String>,
    /// Whether that one acquired it, and has not read the files since.
    pub(crate) must_read: bool,
    pub(crate) files: BTreeMap<String, StoredFile>,
}

/// What of a project can be set and has no effect here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) description: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) libraries: Vec<ProjectId>,
    pub(crate) lean_version: i64,
    pub(crate) lean_environment: i64,
    /// An older emulator did not know of them.
    #[serde(default)]
    pub(crate) collaborators: Vec<Collaborator>,
    /// The key's id.
    pub(crate) encryption_key: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) id: i64,
    pub(crate) content: String,
    pub(crate) modified: Duration,
}

/// The version of the engine that is the newest one, whatever that is.
pub(crate) const MASTER: i64 = -1;

impl Default for Settings {
    fn default() -> Self {
        Self {
            description: String::new(),
            parameters: Vec::new(),
            libraries: Vec::new(),
            lean_version: MASTER,
            lean_environment: 1,
            collaborators: Vec::new(),
            encryption_key: None,
        }
    }
}

impl StoredProject {
    pub(crate) fn new(owner: UserId, name: String, language: Language, wall: Duration) -> Self {
        Self {
            owner,
            name,
            language,
            created: wall,
            modified: wall,
            settings: Settings::default(),
            edited_in: None,
            must_read: false,
            files: BTreeMap::new(),
        }
    }

    /// A project is never older than a file of it, whatever the clock does.
    pub(crate) fn touch(&mut self, wall: Duration) {
        self.modified = self.modified.max(wall);
    }

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

    /// Makes or replaces a file. `new_id` numbers a new one; one that is there keeps its number.
    pub(crate) fn put(
        &mut self,
        name: &str,
        content: &str,
        wall: Duration,
        new_id: impl FnOnce() -> i64,
    ) {
        self.touch(wall);
        let file = self.files.entry(name.to_owned());
        let file = file.or_insert_with(|| StoredFile {
            id: new_id(),
            content: String::new(),
            modified: wall,
        });
        content.clone_into(&mut file.content);
        file.modified = wall;
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
    DateTimePrinter::new().separator(b' ').datetime_to_string(&Offset::UTC.to_datetime(timestamp))
}
