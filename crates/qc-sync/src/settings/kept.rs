//! Where a folder keeps settings: `config.json`, and `.qc/settings.json` for what both sides last had.

use std::{collections::BTreeMap, io, path::Path};

use qc_proto::ProjectId;
use serde::{Deserialize, Serialize};

use crate::{
    folder::{Folder, FolderError, OWN, read_unlinked},
    settings::{
        SettingChange, SettingKey, Settings,
        config::{Config, LocalSettings},
    },
};

const FILE: &str = "settings.json";
/// The version of the form. Other versions are not read.
const VERSION: u32 = 1;

/// The settings on one side, and what it last had in common with the other.
pub(crate) trait LocalConfig {
    /// Returns the settings. None if there is no `config.json`.
    ///
    /// # Errors
    ///
    /// [`FolderError`], such as for a value that makes no sense.
    fn settings(&self) -> Result<Option<LocalSettings>, FolderError>;

    /// Returns the language that it names, such as `Python`. None if it names none.
    ///
    /// # Errors
    ///
    /// As [`settings`](Self::settings).
    fn language(&self) -> Result<Option<String>, FolderError>;

    /// Changes values.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if they cannot be kept.
    fn change(&self, changes: &[SettingChange]) -> Result<(), FolderError>;

    /// Returns what both sides last had. None if that is not known.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if what is kept is of no use.
    fn settings_base(&self, project: ProjectId) -> Result<Option<Settings>, FolderError>;

    /// Keeps what both sides have.
    ///
    /// # Errors
    ///
    /// [`FolderError`] if it cannot be kept.
    fn keep_settings_base(&self, project: ProjectId, base: &Settings) -> Result<(), FolderError>;
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    project: ProjectId,
    settings: BTreeMap<String, String>,
}

impl LocalConfig for Folder {
    fn settings(&self) -> Result<Option<LocalSettings>, FolderError> {
        Config::read(self.root())?.map(|config| config.settings()).transpose()
    }

    fn language(&self) -> Result<Option<String>, FolderError> {
        let config = Config::read(self.root())?;
        Ok(config.and_then(|config| config.language().map(str::to_owned)))
    }

    fn change(&self, changes: &[SettingChange]) -> Result<(), FolderError> {
        let Some(mut config) = Config::read(self.root())? else { return Ok(()) };
        config.apply(changes)?;
        config.save()
    }

    fn settings_base(&self, project: ProjectId) -> Result<Option<Settings>, FolderError> {
        let path = self.root().join(OWN).join(FILE);
        let text = match read_unlinked(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(FolderError::Io { path, why }),
        };
        let damaged = |why: String| FolderError::Snapshot { path: path.clone(), why };
        let kept: Kept = serde_json::from_slice(&text).map_err(|why| damaged(why.to_string()))?;
        if kept.version != VERSION {
            let why = format!("its version is {}, and this qc knows {VERSION}", kept.version);
            return Err(damaged(why));
        }
        if kept.project != project {
            return Ok(None);
        }
        let parse = |(key, value): (String, String)| Some((key.parse::<SettingKey>().ok()?, value));
        Ok(Some(kept.settings.into_iter().filter_map(parse).collect()))
    }

    fn keep_settings_base(&self, project: ProjectId, base: &Settings) -> Result<(), FolderError> {
        let settings = base.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
        let kept = Kept { version: VERSION, project, settings };
        let path = self.root().join(OWN).join(FILE);
        let write = |path: &Path| -> io::Result<()> {
            let mut text = serde_json::to_vec_pretty(&kept)?;
            text.push(b'\n');
            if read_unlinked(path).is_ok_and(|known| known == text) {
                return Ok(());
            }
            self.write_own(FILE, &text)
        };
        write(&path).map_err(|why| FolderError::Io { path: path.clone(), why })
    }
}
