//! A file, and the answers that carry files.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    model::{file_name::RemoteName, server_time::ServerTime},
    visible::escape,
    wire::{tolerant, tolerant::Scalar},
};

/// Why a file cannot be read.
pub(crate) const NO_CONTENT: &str = "it has no content";
pub(crate) const NO_TEXT: &str = "its content is no text";

/// A file of a project, as the service gives it. What is odd in it beside name and content is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProjectFile {
    /// The file's number, which can be null.
    #[serde(default)]
    pub id: Option<i64>,
    /// The number of the project that the file is in; a library's is another than was asked for.
    #[serde(default)]
    pub project_id: Option<i64>,
    /// The name, which need not be a clean path.
    pub name: RemoteName,
    /// The content, byte for byte. `null` is read as empty; without the field no file is read.
    pub content: String,
    /// When it was last changed.
    #[serde(default)]
    pub modified: Option<ServerTime>,
    /// Whether it is open in the web IDE.
    #[serde(default)]
    pub open: Option<bool>,
    /// Whether it belongs to a library that the project uses. It may have the name of one of the project's own files.
    #[serde(default)]
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

    /// Returns whether it is marked as a library's, and so not the project's own.
    #[must_use]
    pub fn is_of_library(&self) -> bool {
        self.is_library == Some(true)
    }
}

/// The answer that carries files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileList {
    /// The files, in the service's order.
    pub files: Vec<ProjectFile>,
    /// The files whose contents could not be read.
    #[serde(skip)]
    pub unreadable: Vec<Unreadable>,
}

impl FileList {
    /// An answer that carries these files.
    #[must_use]
    pub fn new(files: Vec<ProjectFile>) -> Self {
        Self { files, unreadable: Vec::new() }
    }

    /// Returns the project's own file of this name. A library's may have the same.
    pub(crate) fn take_own(self, name: &RemoteName) -> Option<ProjectFile> {
        self.files.into_iter().find(|file| file.name == *name && !file.is_of_library())
    }

    /// Returns whether the project's own file of this name is there and could not be read.
    pub(crate) fn withholds(&self, name: &RemoteName) -> bool {
        self.unreadable.iter().any(|file| file.name == name.as_str() && !file.is_library)
    }

    /// Returns the project's own files alone.
    pub(crate) fn own(mut self) -> Self {
        self.files.retain(|file| !file.is_of_library());
        self.unreadable.retain(|file| !file.is_library);
        self
    }
}

impl IntoIterator for FileList {
    type Item = ProjectFile;
    type IntoIter = alloc::vec::IntoIter<ProjectFile>;

    fn into_iter(self) -> Self::IntoIter {
        self.files.into_iter()
    }
}

impl<'a> IntoIterator for &'a FileList {
    type Item = &'a ProjectFile;
    type IntoIter = core::slice::Iter<'a, ProjectFile>;

    fn into_iter(self) -> Self::IntoIter {
        self.files.iter()
    }
}

impl<'de> Deserialize<'de> for FileList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Entries {
            // An answer without them is no answer to a reading.
            #[serde(deserialize_with = "tolerant::list")]
            files: Vec<Entry>,
        }

        let mut list = Self::default();
        for entry in Entries::deserialize(deserializer)?.files {
            match entry.read() {
                Ok(file) => list.files.push(file),
                Err(unreadable) => list.unreadable.push(unreadable),
            }
        }
        Ok(list)
    }
}

impl<'de> Deserialize<'de> for ProjectFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Entry::deserialize(deserializer)?.read().map_err(de::Error::custom)
    }
}

/// A file whose content may be anything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    id: Option<i64>,
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    project_id: Option<i64>,
    name: RemoteName,
    #[serde(default)]
    content: Content,
    #[serde(default)]
    modified: Option<ServerTime>,
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    open: Option<bool>,
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    is_library: Option<bool>,
}

impl Entry {
    fn read(self) -> Result<ProjectFile, Unreadable> {
        let Self { id, project_id, name, content: Content(content), modified, open, is_library } =
            self;
        match content {
            Ok(content) => {
                Ok(ProjectFile { id, project_id, name, content, modified, open, is_library })
            }
            Err(why) => {
                let is_library = is_library == Some(true);
                Err(Unreadable { name: name.as_str().into(), why, is_library })
            }
        }
    }
}

struct Content(Result<String, &'static str>);

/// Where the field is missing.
impl Default for Content {
    fn default() -> Self {
        Self(Err(NO_CONTENT))
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Scalar::deserialize(deserializer)? {
            Scalar::Text(text) => Ok(text),
            Scalar::Null => Ok(String::new()),
            _ => Err(NO_TEXT),
        }))
    }
}

/// The answer that carries nothing. What else stands in it is passed over: some versions of the
/// service send the files along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Empty {}

/// An entry of an answer's list that could not be read, while the others could. It is there: that it is not among them
/// does not mean that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Its name, which may be anything.
    pub name: String,
    /// Why it could not be read.
    pub why: &'static str,
    /// Whether it is marked as a library's.
    pub(crate) is_library: bool,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.name {
            "" => write!(f, "an entry without a name cannot be read: {}", self.why),
            name => write!(f, "{} cannot be read: {}", escape(name), self.why),
        }
    }
}
