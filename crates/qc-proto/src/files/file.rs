//! A file, and the answers that carry files.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{RemoteName, ServerTime, tolerant};

/// A file of a project, as the service gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProjectFile {
    /// The file's number, which can be null.
    #[serde(default, deserialize_with = "tolerant::integer_or_null")]
    pub id: Option<i64>,
    /// The number of the project that the file is in; a library's is another than was asked for.
    #[serde(default, deserialize_with = "tolerant::integer_or_null")]
    pub project_id: Option<i64>,
    /// The name, which need not be a clean path.
    pub name: RemoteName,
    /// The content, byte for byte. `null` is read as empty; without the field no file is read.
    #[serde(deserialize_with = "tolerant::text_or_null")]
    pub content: String,
    /// When it was last changed.
    #[serde(default)]
    pub modified: Option<ServerTime>,
    /// Whether it is open in the web IDE.
    #[serde(default, deserialize_with = "tolerant::boolean_or_null")]
    pub open: Option<bool>,
    /// Whether it belongs to a library that the project uses.
    #[serde(default, deserialize_with = "tolerant::boolean_or_null")]
    pub is_library: Option<bool>,
}

impl ProjectFile {
    /// A file with a name and content and nothing else known.
    #[must_use]
    pub fn new(name: RemoteName, content: String) -> Self {
        Self {
            id: None,
            project_id: None,
            name,
            content,
            modified: None,
            open: None,
            is_library: None,
        }
    }
}

/// The answer that carries files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileList {
    /// The files, in the service's order.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub files: Vec<ProjectFile>,
}

/// The answer that carries nothing. What else stands in it is passed over: some versions of the
/// service send the files along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Done {}
