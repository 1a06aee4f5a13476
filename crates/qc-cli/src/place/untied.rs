//! A folder with sources that belongs to no project yet.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use qc_files::Language;
use qc_sync::{Config, Workspace};

use crate::error::CliError;

/// The folder, and what a project that is made of it will be.
#[derive(Debug)]
pub(crate) struct UntiedFolder {
    pub(crate) root: PathBuf,
    pub(crate) config: Option<Config>,
    workspace: Option<Workspace>,
}

impl UntiedFolder {
    /// Finds the folder around the current directory whose `config.json` names no project. Where there is none, it is the
    /// current directory, if it is in a workspace and has a main file, or if it `is_meant`.
    pub(crate) fn find(is_meant: bool) -> Result<Option<Self>, CliError> {
        let directory = env::current_dir().and_then(fs::canonicalize);
        let directory = directory.map_err(|_| CliError::NoFolder(PathBuf::from(".")))?;
        let workspace = Workspace::around(&directory);
        let is_inside = |folder: &Path| {
            workspace
                .as_ref()
                .is_none_or(|space| folder != space.root() && folder.starts_with(space.root()))
        };
        for folder in directory.ancestors().filter(|folder| is_inside(folder)) {
            if let Some(config) = Config::read(folder)? {
                let root = folder.to_owned();
                return Ok(Some(Self { root, config: Some(config), workspace }));
            }
        }
        let is_one = is_inside(&directory)
            && (is_meant || workspace.is_some() && main_language(&directory).is_some());
        Ok(is_one.then_some(Self { root: directory, config: None, workspace }))
    }

    /// The folder of a workspace with this `config.json`.
    pub(crate) fn of_workspace(root: PathBuf, config: Config, workspace: Workspace) -> Self {
        Self { root, config: Some(config), workspace: Some(workspace) }
    }

    /// Returns the name for a project: the path below the workspace, as the official tool names it, else the folder's name.
    pub(crate) fn name(&self) -> String {
        let inside =
            self.workspace.as_ref().and_then(|space| self.root.strip_prefix(space.root()).ok());
        let inside = inside.map(Path::to_owned);
        let path = inside.or_else(|| self.root.file_name().map(PathBuf::from)).unwrap_or_default();
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        parts.join("/")
    }

    /// Returns what `config.json` says, else what the main file is written in.
    pub(crate) fn language(&self) -> Result<Language, CliError> {
        match self.config.as_ref().and_then(Config::language) {
            Some("Python") => Ok(Language::Python),
            Some("CSharp") => Ok(Language::CSharp),
            _ => main_language(&self.root).ok_or_else(|| CliError::NoLanguage(self.root.clone())),
        }
    }

    /// Returns the organization that `config.json` names, else that of the workspace. None is the user's preferred one.
    pub(crate) fn organization(&self) -> Option<&str> {
        let own = self.config.as_ref().and_then(Config::organization);
        own.or_else(|| self.workspace.as_ref().and_then(Workspace::organization))
    }
}

fn main_language(folder: &Path) -> Option<Language> {
    let languages = [("main.py", Language::Python), ("Main.cs", Language::CSharp)];
    languages
        .into_iter()
        .find(|(file, _)| folder.join(file).is_file())
        .map(|(_, language)| language)
}
