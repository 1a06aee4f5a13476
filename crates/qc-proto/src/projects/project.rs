//! A project, and the answer that carries projects.

use alloc::{string::String, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::library;
use crate::{Invalid, ProjectId, ServerTime, tolerant};

/// A project, as far as this crate reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Project {
    /// The project's number.
    pub project_id: ProjectId,
    /// The organization that it belongs to.
    #[serde(default)]
    pub organization_id: Option<String>,
    /// The name, with `/` between folders.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
    /// When the project was last changed; an edit of a file need not show here.
    #[serde(default)]
    pub modified: Option<ServerTime>,
    /// When it was created.
    #[serde(default)]
    pub created: Option<ServerTime>,
    /// `Py` or `C#`, as the service spells it.
    #[serde(default)]
    pub language: Option<String>,
    /// The parameters of the algorithm.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub parameters: Vec<Parameter>,
    /// The numbers of the library projects that it uses. Objects in their place are read for their `projectId`.
    #[serde(default, deserialize_with = "library::list")]
    pub libraries: Vec<ProjectId>,
    /// The key that encrypts it, where one does.
    #[serde(default, deserialize_with = "tolerant::object_or_empty_list")]
    pub encryption_key: Option<EncryptionKey>,
}

impl Project {
    /// A project with a number and a name and nothing else known.
    #[must_use]
    pub fn new(project_id: ProjectId, name: String) -> Self {
        Self {
            project_id,
            organization_id: None,
            name,
            description: None,
            modified: None,
            created: None,
            language: None,
            parameters: Vec::new(),
            libraries: Vec::new(),
            encryption_key: None,
        }
    }
}

/// A named value that an algorithm reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parameter {
    /// Its name.
    pub key: String,
    /// Its value.
    #[serde(default, deserialize_with = "tolerant::text_or_null")]
    pub value: String,
}

/// The key of an encrypted project: its name, never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EncryptionKey {
    /// The key's id.
    #[serde(default)]
    pub id: Option<String>,
    /// The key's name.
    #[serde(default)]
    pub name: Option<String>,
}

/// The answer that carries projects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// The projects, in the service's order.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub projects: Vec<Project>,
}

/// What a project is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// Python.
    #[serde(rename = "Py")]
    Python,
    /// C#.
    #[serde(rename = "C#")]
    CSharp,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "Py",
            Self::CSharp => "C#",
        })
    }
}

impl FromStr for Language {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "Py" => Ok(Self::Python),
            "C#" => Ok(Self::CSharp),
            _ => Err(Invalid::new("language", "must be Py or C#")),
        }
    }
}
