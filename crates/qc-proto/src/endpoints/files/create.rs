//! `files/create`

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        endpoint::{Endpoint, Look, NotFitting, Replay, Sight, Verdict},
        files::{
            check_content,
            with_content::{Rest, encode},
        },
    },
    error::ErrorKind,
    invalid::Invalid,
    model::{file::Done, file_name::FileName, ids::ProjectId},
};

/// Creates a file. Folders in its name need no creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
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

impl Endpoint for CreateFile {
    const PATH: &'static str = "files/create";
    const REPLAY: Replay = Replay::Verify;
    type Answer = Done;
    type Output = ();

    fn check(&self) -> Result<(), Invalid> {
        check_content(self.content.as_ref())
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let Self { project_id, name, content, code_source_id } = self;
        let rest =
            Rest { project_id: *project_id, name, code_source_id: code_source_id.as_deref() };
        encode(&rest, content.as_deref())
    }

    fn output(&self, _: Done) -> Result<(), NotFitting> {
        Ok(())
    }

    fn look(&self) -> Option<Look> {
        Some(Look::File(self.project_id, (&self.name).into()))
    }

    fn judge(&self, _: Option<&Sight>, after: &Sight) -> Verdict<()> {
        match after {
            Sight::File(None) => Verdict::NotApplied,
            Sight::File(Some(file))
                if file.content == self.content.as_deref().unwrap_or_default() =>
            {
                Verdict::Holds { output: (), already: ErrorKind::FileExists }
            }
            Sight::File(Some(_)) => Verdict::Blocked(ErrorKind::FileExists),
            _ => Verdict::Unclear,
        }
    }
}
