//! `config.json`: which project a folder belongs to, in the official command line tool's own file.

use std::{fs, io, io::Write as _, path::Path};

use qc_files::{Project, ProjectId};
use serde_json::{Map, Value, json};

use crate::error::CliError;

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
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, CliError> {
        let path = folder.join(FILE);
        let text = match qc_sync::read_plain(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(CliError::Link { path, why: why.to_string() }),
        };
        let config: Map<String, Value> = serde_json::from_slice(without_mark(&text))
            .map_err(|why| CliError::Link { path: path.clone(), why: why.to_string() })?;
        let Some(id) = config.get(KEY).filter(|id| !id.is_null()) else { return Ok(None) };
        let number = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let project = number.parse().map_err(|_| CliError::Link {
            path,
            why: format!("`{KEY}` is no project's number: {id}"),
        })?;
        let is_encrypted = config.get("encrypted") == Some(&Value::Bool(true));
        Ok(Some(Self { project, is_encrypted }))
    }

    /// Writes the file as the official tool does for a project that it has pulled.
    pub(crate) fn write(folder: &Path, project: &Project) -> io::Result<()> {
        write(
            folder,
            &json!({
                "algorithm-language": language(project),
                "parameters": project.parameters.iter().map(|parameter| {
                    (parameter.key.clone(), Value::from(parameter.value.clone()))
                }).collect::<Map<_, _>>(),
                "description": project.description.as_deref().unwrap_or_default(),
                "organization-id": project.organization_id,
                KEY: project.project_id,
            }),
        )
    }

    /// Names the project in the folder's file, and keeps what else is in it.
    pub(crate) fn tie(folder: &Path, project: &Project) -> io::Result<()> {
        let text = match qc_sync::read_plain(&folder.join(FILE)) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => {
                return Self::write(folder, project);
            }
            Err(why) => return Err(why),
        };
        let mut config: Map<String, Value> = serde_json::from_slice(without_mark(&text))?;
        config.insert(KEY.to_owned(), json!(project.project_id));
        if let Some(organization) = &project.organization_id {
            config.insert("organization-id".to_owned(), json!(organization));
        }
        config.remove("encrypted");
        write(folder, &config.into())
    }
}

fn language(project: &Project) -> &'static str {
    match project.language.as_deref() {
        Some("C#") => "CSharp",
        _ => "Python",
    }
}

fn write(folder: &Path, config: &Value) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{config:#}")?;
    // Others may read it, as they may read any new file of this user.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(folder.join(FILE))?;
    Ok(())
}

/// Editors on Windows put a byte-order mark in front.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}
