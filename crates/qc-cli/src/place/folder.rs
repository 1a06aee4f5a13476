//! The project's folder around the current directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use qc_files::ProjectId;
use qc_sync::{Config, Folder, Selection};

use crate::{error::CliError, place::paths};

/// A folder that belongs to a project, and where in it the person is.
#[derive(Debug)]
pub(crate) struct ProjectFolder {
    pub(crate) root: PathBuf,
    directory: PathBuf,
    project: ProjectId,
    is_encrypted: bool,
}

impl ProjectFolder {
    /// Finds the folder around the current directory that belongs to a project.
    pub(crate) fn find() -> Result<Self, CliError> {
        Self::find_from(Path::new("."))
    }

    /// Finds the folder around a directory that belongs to a project.
    pub(crate) fn find_from(directory: &Path) -> Result<Self, CliError> {
        let directory =
            fs::canonicalize(directory).map_err(|_| CliError::NoFolder(directory.to_owned()))?;
        for folder in directory.ancestors() {
            let Some(config) = Config::read(folder)? else { continue };
            let is_encrypted = config.is_encrypted();
            if let Some(project) = config.project()? {
                return Ok(Self { root: folder.to_owned(), directory, project, is_encrypted });
            }
        }
        Err(CliError::NoFolder(directory))
    }

    /// Finds the folder as [`find`](Self::find), for a command that takes the project's files for source.
    pub(crate) fn find_source() -> Result<Self, CliError> {
        let folder = Self::find()?;
        if folder.is_encrypted {
            return Err(CliError::Encrypted(format!("project {}", folder.project)));
        }
        Ok(folder)
    }

    /// Returns whether the project's files in the cloud are ciphertext.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    pub(crate) fn project_id(&self) -> ProjectId {
        self.project
    }

    /// Opens the folder, and keeps other commands out of it.
    pub(crate) fn open(&self) -> anyhow::Result<Folder> {
        Ok(Folder::open(self.root.clone())?)
    }

    /// Returns the project's name for the file at a path that a person typed.
    pub(crate) fn name(&self, path: &Path) -> Result<String, CliError> {
        paths::name(&self.root, &self.directory, path)
    }

    /// Returns the project's file as a person types it here. None if it is not below the current directory.
    pub(crate) fn typed(&self, name: &str) -> Option<String> {
        let inside = self.directory.strip_prefix(&self.root).ok()?;
        inside
            .iter()
            .try_fold(name, |rest, part| rest.strip_prefix(part.to_str()?)?.strip_prefix('/'))
            .map(str::to_owned)
    }

    /// Returns the files at these paths. None if there are no paths.
    pub(crate) fn files_at(&self, paths: &[PathBuf]) -> Result<Selection, CliError> {
        paths::named(&self.root, &self.directory, paths)
    }

    /// Returns the files at these paths. All files if there are no paths.
    pub(crate) fn files_at_or_all(&self, paths: &[PathBuf]) -> Result<Selection, CliError> {
        if paths.is_empty() { Ok(Selection::all()) } else { self.files_at(paths) }
    }
}
