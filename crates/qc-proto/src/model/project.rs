//! A project, and the answer that carries projects.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{
    invalid::Invalid,
    model::{
        collaborator, collaborator::Collaborator, file::Unreadable, ids::ProjectId, library,
        parameter, parameter::Parameter, server_time::ServerTime,
    },
    wire::tolerant,
};

/// A project, as far as this crate reads it. What is odd in it beside its number is none, or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Project {
    /// The project's number.
    pub project_id: ProjectId,
    /// The organization that it belongs to.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub organization_id: Option<String>,
    /// The number of the user who owns it.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub owner_id: Option<i64>,
    /// The name, with `/` between folders. It may begin with `/`, and be empty.
    #[serde(default, deserialize_with = "name")]
    pub name: String,
    /// What it is about.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub description: Option<String>,
    /// When the project was last changed; an edit of a file need not show here.
    #[serde(default)]
    pub modified: Option<ServerTime>,
    /// When it was created.
    #[serde(default)]
    pub created: Option<ServerTime>,
    /// `Py` or `C#`, as the service spells it. It was also `F#`, `VB` or `Ja`.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub language: Option<String>,
    /// The parameters of the algorithm. None if one of them cannot be read: a list without it would delete it.
    #[serde(default = "empty", deserialize_with = "parameter::list")]
    pub parameters: Option<Vec<Parameter>>,
    /// The numbers of the library projects that it uses. Objects in their place are read for their `projectId`. None if one
    /// of them cannot be read.
    #[serde(default = "empty", deserialize_with = "library::list")]
    pub libraries: Option<Vec<ProjectId>>,
    /// The number of the version of LEAN that it runs on.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub lean_version_id: Option<i64>,
    /// Whether it runs on the newest version of LEAN.
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    pub lean_pinned_to_master: Option<bool>,
    /// The number of the environment of Python packages.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub lean_environment: Option<i64>,
    /// Whether the contents of its files are ciphertext.
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    pub encrypted: Option<bool>,
    /// The key that encrypts it, where one does.
    #[serde(default, deserialize_with = "tolerant::any_object")]
    pub encryption_key: Option<EncryptionKey>,
    /// How large a file may be, in KB.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub max_file_size: Option<i64>,
    /// Who may work on it, its owner included.
    #[serde(default, deserialize_with = "collaborator::list")]
    pub collaborators: Vec<Collaborator>,
}

impl Project {
    /// A project with a number and a name and nothing else known.
    #[must_use]
    pub fn new(project_id: ProjectId, name: String) -> Self {
        Self {
            project_id,
            organization_id: None,
            owner_id: None,
            name,
            description: None,
            modified: None,
            created: None,
            language: None,
            parameters: empty(),
            libraries: empty(),
            lean_version_id: None,
            lean_pinned_to_master: None,
            lean_environment: None,
            encrypted: None,
            encryption_key: None,
            max_file_size: None,
            collaborators: Vec::new(),
        }
    }

    /// Returns whether it was deleted: the service moves it to a folder `Recycle Bin`, and goes on listing it.
    #[must_use]
    pub fn is_in_recycle_bin(&self) -> bool {
        self.name.trim_start_matches('/').starts_with("Recycle Bin/")
    }

    /// Returns whether the contents of its files are ciphertext.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted == Some(true)
    }
}

/// An empty list may be missing.
fn empty<T>() -> Option<Vec<T>> {
    Some(Vec::new())
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    tolerant::any_text(deserializer).map(Option::unwrap_or_default)
}

/// The key of an encrypted project: its name, never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EncryptionKey {
    /// The key's id.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub id: Option<String>,
    /// The key's name.
    #[serde(default, deserialize_with = "tolerant::any_text")]
    pub name: Option<String>,
}

impl EncryptionKey {
    /// A key of this id and name.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: Some(id.into()), name: Some(name.into()) }
    }
}

/// The answer that carries projects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProjectList {
    /// The projects, in the service's order.
    pub projects: Vec<Project>,
    /// The projects whose numbers could not be read.
    #[serde(skip)]
    pub unreadable: Vec<Unreadable>,
}

impl ProjectList {
    /// An answer that carries these projects.
    #[must_use]
    pub fn new(projects: Vec<Project>) -> Self {
        Self { projects, unreadable: Vec::new() }
    }
}

impl IntoIterator for ProjectList {
    type Item = Project;
    type IntoIter = alloc::vec::IntoIter<Project>;

    fn into_iter(self) -> Self::IntoIter {
        self.projects.into_iter()
    }
}

impl<'a> IntoIterator for &'a ProjectList {
    type Item = &'a Project;
    type IntoIter = core::slice::Iter<'a, Project>;

    fn into_iter(self) -> Self::IntoIter {
        self.projects.iter()
    }
}

impl<'de> Deserialize<'de> for ProjectList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Entries {
            // An answer without them is no answer to a reading.
            #[serde(deserialize_with = "tolerant::list")]
            projects: Vec<Value>,
        }

        let mut list = Self::default();
        for entry in Entries::deserialize(deserializer)?.projects {
            let name = entry.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            match Project::deserialize(entry) {
                Ok(project) => list.projects.push(project),
                Err(_) => {
                    let why = "it has no number";
                    list.unreadable.push(Unreadable { name, why, is_library: false });
                }
            }
        }
        Ok(list)
    }
}

/// What a project is written in. The service builds nothing else.
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
