//! `files/create`

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        endpoint::{
            Endpoint, Observation, Probe, ProbeOutcome, Replay, Subject, UnexpectedAnswer, Verify,
        },
        files::{
            check_content,
            with_content::{Rest, encode},
        },
    },
    error::ErrorKind,
    invalid::Invalid,
    model::{file::Empty, file_name::FileName, ids::ProjectId},
};

/// Creates a file. Folders in its name need no creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreateFile {
    /// The project.
    pub project_id: ProjectId,
    /// The new file's name.
    pub name: FileName,
    /// The content. An empty file is created without; an empty text is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

impl CreateFile {
    /// A file with content, which must not be empty: see [`empty`](Self::empty).
    #[must_use]
    pub fn new(project_id: ProjectId, name: FileName, content: impl Into<String>) -> Self {
        Self { content: Some(content.into()), ..Self::empty(project_id, name) }
    }

    /// An empty file, such as `__init__.py`.
    #[must_use]
    pub fn empty(project_id: ProjectId, name: FileName) -> Self {
        Self { project_id, name, content: None, code_source_id: None }
    }
}

impl Endpoint for CreateFile {
    const PATH: &'static str = "files/create";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id).with_file(self.name.as_str())
    }

    fn check(&self) -> Result<(), Invalid> {
        check_content(self.content.as_ref())
    }

    fn encode(&self) -> Result<Vec<u8>, Invalid> {
        let Self { project_id, name, content, code_source_id } = self;
        let rest =
            Rest { project_id: *project_id, name, code_source_id: code_source_id.as_deref() };
        encode(&rest, content.as_deref())
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }

    fn verify(&self) -> Option<&dyn Verify<Output = ()>> {
        Some(self)
    }
}

impl Verify for CreateFile {
    type Output = ();

    fn probe(&self) -> Probe {
        Probe::File(self.project_id, (&self.name).into())
    }

    fn judge(&self, _: Option<&Observation>, after: &Observation) -> ProbeOutcome<()> {
        match after {
            Observation::File(None) => ProbeOutcome::NotApplied,
            Observation::File(Some(file))
                if file.content == self.content.as_deref().unwrap_or_default() =>
            {
                ProbeOutcome::Holds { output: (), already: ErrorKind::FileExists }
            }
            Observation::File(Some(_)) => ProbeOutcome::Blocked(ErrorKind::FileExists),
            _ => ProbeOutcome::Unclear,
        }
    }
}
