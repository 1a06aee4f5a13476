//! The requests, one file each, and what a request says about itself.

pub(crate) mod compile;
pub(crate) mod endpoint;
pub(crate) mod files;
pub(crate) mod projects;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        compile::{create::CreateCompile, read::ReadCompile},
        endpoint::{Endpoint, Replay, UnexpectedAnswer},
        files::{
            create::CreateFile, delete::DeleteFile, patch::PatchFiles, read::ReadFiles,
            update::UpdateFile,
        },
        projects::{
            create::CreateProject, delete::DeleteProject, lock::AcquireLock, read::ReadProjects,
            update::UpdateProject,
        },
    },
    model::file::Empty,
};

/// The path of every endpoint of this crate. The emulator's tests hold its answers and its OpenAPI document to this list.
pub const PATHS: [&str; 13] = [
    Authenticate::PATH,
    CreateFile::PATH,
    ReadFiles::PATH,
    UpdateFile::PATH,
    PatchFiles::PATH,
    DeleteFile::PATH,
    CreateProject::PATH,
    ReadProjects::PATH,
    UpdateProject::PATH,
    DeleteProject::PATH,
    AcquireLock::PATH,
    CreateCompile::PATH,
    ReadCompile::PATH,
];

/// Asks whether the credentials are good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Authenticate {}

impl Endpoint for Authenticate {
    const PATH: &'static str = "authenticate";
    const REPLAY: Replay = Replay::Safe;
    type Answer = Empty;
    type Output = ();

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}
