//! What stands in the database, and how a store comes out of it.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use qc_proto::{Language, ProjectId, UserId};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::service::{
    store::{Changes, Store},
    stored_project::{Settings, StoredFile, StoredProject},
};

/// Of this form; another one is not read.
const VERSION: u64 = 1;

/// `version`, `next project` and `next file`.
const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");
/// By number: what is said of a project, as JSON.
const PROJECTS: TableDefinition<'_, i64, &[u8]> = TableDefinition::new("projects");
/// By project and name: number, last change in nanoseconds since the Unix epoch, content.
const FILES: TableDefinition<'_, (i64, &str), (i64, u64, &str)> = TableDefinition::new("files");

#[derive(Serialize, Deserialize)]
struct Described {
    owner: u64,
    name: String,
    language: Language,
    created: Duration,
    modified: Duration,
    settings: Settings,
    edited_in: Option<String>,
    /// An older emulator did not know of it.
    #[serde(default)]
    must_read: bool,
}

/// Changes that belong together: on disk with each other or not at all.
pub(crate) struct Batch {
    /// Nothing of before stays.
    all: bool,
    /// Those that the next project and the next file get, if they have changed.
    numbers: Option<(NonZeroU32, i64)>,
    projects: Vec<(i64, Vec<u8>)>,
    /// None where the file is gone.
    files: Vec<(i64, String, Option<StoredFile>)>,
}

impl Batch {
    pub(crate) fn collect(store: &Store, changes: &Changes) -> Self {
        let numbers = (changes.all || changes.numbers).then(|| store.next());
        let (projects, files) = (Vec::new(), Vec::new());
        let mut batch = Self { all: changes.all, numbers, projects, files };
        if changes.all {
            for (id, project) in store.projects() {
                batch.projects.push((id.get(), describe(project)));
                for (name, file) in &project.files {
                    batch.files.push((id.get(), name.clone(), Some(file.clone())));
                }
            }
            return batch;
        }
        for id in &changes.projects {
            batch.projects.extend(store.get(*id).map(|project| (id.get(), describe(project))));
        }
        for (id, name) in &changes.files {
            let file = store.get(*id).and_then(|project| project.files.get(name)).cloned();
            batch.files.push((id.get(), name.clone(), file));
        }
        batch
    }

    pub(crate) fn write(&self, transaction: &WriteTransaction) -> Result<(), redb::Error> {
        if self.all {
            transaction.delete_table(PROJECTS)?;
            transaction.delete_table(FILES)?;
        }
        if let Some((next_project, next_file)) = self.numbers {
            let mut numbers = transaction.open_table(NUMBERS)?;
            numbers.insert("next project", u64::from(next_project.get()))?;
            numbers.insert("next file", next_file.unsigned_abs())?;
        }
        // To open a table costs something, even where nothing is done to it; one that was deleted is made anew by it.
        let opens = |is_empty: bool| self.all || !is_empty;
        if opens(self.projects.is_empty()) {
            let mut projects = transaction.open_table(PROJECTS)?;
            for (id, described) in &self.projects {
                projects.insert(id, described.as_slice())?;
            }
        }
        if opens(self.files.is_empty()) {
            let mut files = transaction.open_table(FILES)?;
            for (id, name, file) in &self.files {
                let key = (*id, name.as_str());
                match file {
                    Some(StoredFile { id, content, modified }) => {
                        let nanos = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
                        files.insert(key, (*id, nanos, content.as_str()))?;
                    }
                    None => drop(files.remove(key)?),
                }
            }
        }
        Ok(())
    }
}

/// Nothing in it can fail to be written.
fn describe(project: &StoredProject) -> Vec<u8> {
    let described = Described {
        owner: project.owner.get(),
        name: project.name.clone(),
        language: project.language,
        created: project.created,
        modified: project.modified,
        settings: project.settings.clone(),
        edited_in: project.edited_in.clone(),
        must_read: project.must_read,
    };
    serde_json::to_vec(&described).unwrap_or_default()
}

/// The store of a database, and of a new one an empty store.
pub(crate) fn load(database: &Database) -> Result<Store, String> {
    let words = |why: redb::Error| why.to_string();
    prepare(database).map_err(words)?;
    let Read { numbers, projects, files } = Read::all(database).map_err(words)?;
    match numbers.get("version") {
        Some(&VERSION) => {}
        version => {
            let found = version.map_or_else(|| "none".to_owned(), u64::to_string);
            return Err(format!("its version is {found}, and this emulator knows {VERSION}"));
        }
    }
    let mut stored = BTreeMap::new();
    for (id, described) in projects {
        let id = ProjectId::new(id).map_err(|why| why.to_string())?;
        let described: Described = serde_json::from_slice(&described)
            .map_err(|why| format!("what is said of project {id} makes no sense: {why}"))?;
        stored.insert(id, described.into_project());
    }
    for (id, name, file) in files {
        let id = ProjectId::new(id).map_err(|why| why.to_string())?;
        let project = stored.get_mut(&id).ok_or_else(|| format!("there is no project {id}"))?;
        project.touch(file.modified);
        project.files.insert(name, file);
    }
    let number = |name: &str| numbers.get(name).copied();
    let next_project = number("next project").and_then(|next| u32::try_from(next).ok());
    let next_file = number("next file").and_then(|next| i64::try_from(next).ok());
    let new = Store::default().next();
    let next_project = next_project.and_then(NonZeroU32::new).unwrap_or(new.0);
    Ok(Store::restored(stored, next_project, next_file.unwrap_or(new.1)))
}

/// A new database gets its tables and its version, so that there is no other case than one that has them.
fn prepare(database: &Database) -> Result<(), redb::Error> {
    let is_new = database.begin_read()?.list_tables()?.next().is_none();
    if is_new {
        let transaction = database.begin_write()?;
        transaction.open_table(NUMBERS)?.insert("version", VERSION)?;
        transaction.open_table(PROJECTS)?;
        transaction.open_table(FILES)?;
        transaction.commit()?;
    }
    Ok(())
}

/// All that a database holds.
#[derive(Default)]
struct Read {
    numbers: BTreeMap<String, u64>,
    projects: Vec<(i64, Vec<u8>)>,
    files: Vec<(i64, String, StoredFile)>,
}

impl Read {
    fn all(database: &Database) -> Result<Self, redb::Error> {
        let transaction = database.begin_read()?;
        let mut read = Self::default();
        for entry in transaction.open_table(NUMBERS)?.iter()? {
            let (name, number) = entry?;
            read.numbers.insert(name.value().to_owned(), number.value());
        }
        for entry in transaction.open_table(PROJECTS)?.iter()? {
            let (id, described) = entry?;
            read.projects.push((id.value(), described.value().to_owned()));
        }
        for entry in transaction.open_table(FILES)?.iter()? {
            let (key, file) = entry?;
            let ((project, name), (id, nanos, content)) = (key.value(), file.value());
            let (content, modified) = (content.to_owned(), Duration::from_nanos(nanos));
            read.files.push((project, name.to_owned(), StoredFile { id, content, modified }));
        }
        Ok(read)
    }
}

impl Described {
    fn into_project(self) -> StoredProject {
        let owner = UserId::new(self.owner);
        let mut project = StoredProject::new(owner, self.name, self.language, self.created);
        project.modified = self.modified;
        project.settings = self.settings;
        project.edited_in = self.edited_in;
        project.must_read = self.must_read;
        project
    }
}
