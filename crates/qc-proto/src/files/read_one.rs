//! `files/read`, one file

use serde::{Deserialize, Serialize};

use super::{FileList, ProjectFile};
use crate::{Endpoint, ErrorKind, NotFitting, ProjectId, RemoteName, Replay};

/// Reads one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadFile {
    /// The project.
    pub project_id: ProjectId,
    /// The file's name, as the service spells it.
    pub name: RemoteName,
}

impl Endpoint for ReadFile {
    const PATH: &'static str = "files/read";
    const REPLAY: Replay = Replay::Safe;
    type Answer = FileList;
    type Output = ProjectFile;

    fn output(&self, answer: FileList) -> Result<ProjectFile, NotFitting> {
        // By name and not by position: another file's content is worse than none.
        answer.files.into_iter().find(|file| file.name == self.name).ok_or(NotFitting {
            kind: ErrorKind::FileNotFound,
            why: "the answer holds no file of that name",
        })
    }
}
