//! `files/read`, all files

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
    model::{file::FileList, ids::ProjectId},
    wire::tolerant,
};

/// Reads all files of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadFiles {
    /// The project.
    pub project_id: ProjectId,
    /// Whether to read the files of the libraries that the project uses too.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "tolerant::flag_from_form"
    )]
    pub include_libraries: Option<bool>,
    /// The environment that reads. One that took [edit control](crate::AcquireLock) has to read before it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl ReadFiles {
    /// The project's own files.
    #[must_use]
    pub fn all(project_id: ProjectId) -> Self {
        Self { project_id, include_libraries: None, code_source_id: None }
    }

    /// The project's files and those of its libraries.
    #[must_use]
    pub fn with_libraries(project_id: ProjectId) -> Self {
        Self { project_id, include_libraries: Some(true), code_source_id: None }
    }
}

impl Endpoint for ReadFiles {
    const PATH: &'static str = "files/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = FileList;
    type Output = FileList;

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, answer: FileList) -> Result<FileList, UnexpectedAnswer> {
        // The service may send a library's files unasked, and they may have the names of the project's own.
        Ok(if self.include_libraries == Some(true) { answer } else { answer.own() })
    }
}
