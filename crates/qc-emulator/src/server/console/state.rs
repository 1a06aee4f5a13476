//! The emulator as data.

use qc_proto::{Language, ProjectId, RemoteName, ServerTime};
use serde::Serialize;

use crate::{
    emulator::Emulator,
    record::Record,
    service::stored_project::{StoredProject, time},
};

/// Every request and every change that is still known, the oldest first.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Requests {
    requests: Vec<Request>,
    applied: Vec<Change>,
}

/// A change that took effect.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Change {
    /// The endpoint that made it.
    endpoint: &'static str,
    project_id: ProjectId,
    /// The file, or the project.
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Request {
    /// Counted from 1.
    number: usize,
    /// In UTC.
    at: String,
    method: String,
    /// The endpoint, such as `files/read`.
    path: String,
    /// The status of the answer; null where there was none.
    status: Option<u16>,
    /// The seconds that the answer asked to wait.
    retry_after: Option<u64>,
    /// The service's first message, where the answer was a refusal (`success: false`); null where it was none.
    refused: Option<String>,
    /// How long it took until the answer began or the connection closed, in milliseconds; null where no answer began.
    milliseconds: Option<u64>,
}

/// Projects, files without their contents, users without their tokens, and what is to go wrong.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct State {
    projects: Vec<Project>,
    users: Vec<String>,
    /// Whose quotas hold; null where none do.
    tier: Option<&'static str>,
    /// The faults that may still come.
    rules: Vec<String>,
    /// How many requests are held back to arrive late.
    held_back: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Project {
    project_id: ProjectId,
    user_id: String,
    name: String,
    language: Language,
    modified: String,
    /// The environment that it is open in.
    locked_by: Option<String>,
    files: Vec<File>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct File {
    name: RemoteName,
    /// Of UTF-8.
    bytes: usize,
    modified: Option<ServerTime>,
}

impl Requests {
    pub(crate) fn read(emulator: &Emulator) -> Self {
        let requests = emulator.requests().iter().map(|record: &Record| Request {
            number: record.number,
            at: time(record.at),
            method: record.method.to_string(),
            path: record.path.clone(),
            status: record.status,
            retry_after: record.retry_after.map(|wait| wait.as_secs()),
            refused: record.refused.clone(),
            milliseconds: record
                .duration
                .map(|took| took.as_millis().try_into().unwrap_or(u64::MAX)),
        });
        let applied = emulator.applied().iter().map(|change| Change {
            endpoint: change.endpoint,
            project_id: change.project,
            name: change.name.clone(),
        });
        Self { requests: requests.collect(), applied: applied.collect() }
    }
}

impl State {
    pub(crate) fn read(emulator: &Emulator) -> Self {
        let projects =
            emulator.service.store.projects().map(|(id, project)| Project::new(id, project));
        Self {
            projects: projects.collect(),
            users: emulator.service.users.numbers().map(|user| user.to_string()).collect(),
            tier: emulator.service.tier.map(|tier| tier.word()),
            rules: emulator.rules(),
            held_back: emulator.held_back(),
        }
    }
}

impl Project {
    fn new(id: ProjectId, project: &StoredProject) -> Self {
        let files = project.files(id).into_iter().map(|file| File {
            name: file.name,
            bytes: file.content.len(),
            modified: file.modified,
        });
        Self {
            project_id: id,
            user_id: project.owner.to_string(),
            name: project.name.clone(),
            language: project.language,
            modified: time(project.modified),
            locked_by: project.edited_in.clone(),
            files: files.collect(),
        }
    }
}
