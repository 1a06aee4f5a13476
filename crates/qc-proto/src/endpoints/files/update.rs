//! `files/update`, a file's contents

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
        files::{
            check_content,
            with_content::{Rest, encode},
        },
    },
    invalid::Invalid,
    model::{file::Empty, file_name::FileName, ids::ProjectId},
};

/// Replaces the contents of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdateFile {
    /// The project.
    pub project_id: ProjectId,
    /// The file.
    pub name: FileName,
    /// The new content, which must not be empty: to empty a file, delete it and create it anew.
    pub content: String,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl UpdateFile {
    /// Gives the file this content, which must not be empty.
    #[must_use]
    pub fn new(project_id: ProjectId, name: FileName, content: impl Into<String>) -> Self {
        Self { project_id, name, content: content.into(), code_source_id: None }
    }
}

impl Endpoint for UpdateFile {
    const PATH: &'static str = "files/update";
    const REPLAY: Replay = Replay::Converges;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id).with_file(self.name.as_str())
    }

    fn check(&self) -> Result<(), Invalid> {
        check_content(Some(&self.content))
    }

    fn encode(&self) -> Result<Vec<u8>, Invalid> {
        let Self { project_id, name, content, code_source_id } = self;
        let rest =
            Rest { project_id: *project_id, name, code_source_id: code_source_id.as_deref() };
        encode(&rest, Some(content))
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
