//! `config.json`: which project a folder belongs to, in the official command line tool's own file.

use std::{fs, io, path::Path};

use qc_files::{Project, ProjectId};
use serde_json::{Map, Value, json};

use crate::settings::SettingsError;

const FILE: &str = "config.json";
const KEY: &str = "cloud-id";

/// A folder's tie to a project.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) project: ProjectId,
    /// Whether the project's files are ciphertext in the cloud, as the official tool notes it.
    pub(crate) is_encrypted: bool,
}

impl Link {
    /// None where the folder has no such file, or one that names no project.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, SettingsError> {
        let path = folder.join(FILE);
        let text = match qc_sync::read_plain(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(SettingsError::Link(path, why.to_string())),
        };
        // Editors on Windows put a byte-order mark in front.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let config: Map<String, Value> = serde_json::from_slice(text)
            .map_err(|why| SettingsError::Link(path.clone(), why.to_string()))?;
        let Some(id) = config.get(KEY).filter(|id| !id.is_null()) else { return Ok(None) };
        let number = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let project = number.parse().map_err(|_| {
            SettingsError::Link(path, format!("`{KEY}` is no project's number: {id}"))
        })?;
        let is_encrypted = config.get("encrypted") == Some(&Value::Bool(true));
        Ok(Some(Self { project, is_encrypted }))
    }

    /// Writes the file as the official tool does for a project that it has pulled.
    pub(crate) fn write(folder: &Path, project: &Project) -> io::Result<()> {
        let language = match project.language.as_deref() {
            Some("C#") => "CSharp",
            _ => "Python",
        };
        let config = json!({
            "algorithm-language": language,
            "parameters": project.parameters.iter().map(|parameter| {
                (parameter.key.clone(), Value::from(parameter.value.clone()))
            }).collect::<Map<_, _>>(),
            "description": project.description.as_deref().unwrap_or_default(),
            "organization-id": project.organization_id,
            KEY: project.project_id,
        });
        let text = serde_json::to_string_pretty(&config)? + "\n";
        fs::write(folder.join(FILE), text)
    }
}
