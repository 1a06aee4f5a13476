//! `files/read`, one file

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    error::ErrorKind,
    model::{
        file::{FileList, ProjectFile},
        file_name::RemoteName,
        ids::ProjectId,
    },
};

/// Reads one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadFile {
    /// The project.
    pub project_id: ProjectId,
    /// The file's name, as the service spells it.
    pub name: RemoteName,
    /// The environment that reads. One that took [edit control](crate::AcquireLock) has to read before it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl ReadFile {
    /// The file of this name.
    #[must_use]
    pub fn new(project_id: ProjectId, name: impl Into<RemoteName>) -> Self {
        Self { project_id, name: name.into(), code_source_id: None }
    }
}

impl Endpoint for ReadFile {
    const PATH: &'static str = "files/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = FileList;
    type Output = ProjectFile;

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id).with_file(self.name.as_str())
    }

    fn output(&self, answer: FileList) -> Result<ProjectFile, UnexpectedAnswer> {
        if answer.withholds(&self.name) {
            let why = "the answer holds the file, and its content is no text";
            return Err(UnexpectedAnswer { kind: ErrorKind::Decode, why });
        }
        // By name and not by position: another file's content is worse than none.
        answer.take_own(&self.name).ok_or(UnexpectedAnswer {
            kind: ErrorKind::FileNotFound,
            why: "the answer holds no file of that name",
        })
    }
}
