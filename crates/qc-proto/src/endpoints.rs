//! The requests, one file each, and what a request says about itself.

pub(crate) mod authenticate;
pub(crate) mod compile;
pub(crate) mod endpoint;
pub(crate) mod files;
pub(crate) mod projects;

use crate::endpoints::{
    authenticate::Authenticate,
    compile::{create::CreateCompile, read::ReadCompile},
    endpoint::Endpoint as _,
    files::{
        create::CreateFile, delete::DeleteFile, patch::PatchFiles, read::ReadFiles,
        update::UpdateFile,
    },
    projects::{
        create::CreateProject, delete::DeleteProject, lock::AcquireLock, read::ReadProjects,
        update::UpdateProject,
    },
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
