//! `projects/update`

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    endpoints::{
        endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
        files::with_content::push_content,
        projects::check_name,
    },
    invalid::Invalid,
    model::{file::Empty, file_name::FileName, ids::ProjectId, parameter, parameter::Parameter},
    wire::envelope::not_json,
};

/// Changes a project. What is `None` stays as it is: the service changes only the fields that are sent.
///
/// The fields are those of the published OpenAPI document, but for `encryptionKey`. A list replaces the whole list.
///
/// ```
/// use qc_proto::{FileName, NewFile, ProjectId, UpdateProject};
///
/// let mut update = UpdateProject::new(ProjectId::new(23_456_789)?);
/// update.files = Some(vec![NewFile::new(FileName::new("main.py")?, "pass\n")]);
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UpdateProject {
    /// The project.
    pub project_id: ProjectId,
    /// All files that the project is to have: a file that is not listed is deleted. An empty list deletes all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<NewFile>>,
    /// The new name, with `/` between folders. The name of another project is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new description, which may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// All parameters that the algorithm is to have. None are sent as an empty text, as the official command line tool does:
    /// a form has no empty list.
    #[serde(
        default,
        deserialize_with = "parameter::list",
        serialize_with = "parameter::list_or_empty_text",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Parameter>>"))]
    pub parameters: Option<Vec<Parameter>>,
    /// All libraries that the project is to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libraries: Option<Vec<ProjectId>>,
    /// The number of the version of LEAN; -1 is the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<i64>,
    /// The number of the environment of Python packages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lean_environment: Option<i64>,
    /// The environment that makes the change. With it a project that is being edited elsewhere refuses
    /// the write ([`ErrorKind::Locked`](crate::ErrorKind::Locked)); without it the write is forced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_source_id: Option<String>,
}

/// A file as `projects/update` makes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NewFile {
    /// The name.
    pub name: FileName,
    /// The content. The official command line tool sends empty files here with an empty text. Its issue 280 reports
    /// that the service refused one, so that an empty text may fail the whole request.
    pub content: String,
}

impl NewFile {
    /// A file of this name and content.
    #[must_use]
    pub fn new(name: FileName, content: impl Into<String>) -> Self {
        Self { name, content: content.into() }
    }
}

impl UpdateProject {
    /// A request that changes nothing yet.
    #[must_use]
    pub fn new(project_id: ProjectId) -> Self {
        Self {
            project_id,
            files: None,
            name: None,
            description: None,
            parameters: None,
            libraries: None,
            version_id: None,
            lean_environment: None,
            code_source_id: None,
        }
    }
}

/// All of the request but its files.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rest<'a> {
    project_id: ProjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(
        serialize_with = "parameter::list_or_empty_text",
        skip_serializing_if = "Option::is_none"
    )]
    parameters: &'a Option<Vec<Parameter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    libraries: Option<&'a [ProjectId]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lean_environment: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_source_id: Option<&'a str>,
}

/// All of a file but its content.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a FileName,
}

impl Endpoint for UpdateProject {
    const PATH: &'static str = "projects/update";
    // It says what the state is to be, not what to do to it: the second time it changes nothing.
    const REPLAY: Replay = Replay::Converges;
    type Answer = Empty;
    type Output = ();

    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn check(&self) -> Result<(), Invalid> {
        self.name.as_deref().map_or(Ok(()), check_name)?;
        let mut keys = BTreeSet::new();
        for Parameter { key, .. } in self.parameters.iter().flatten() {
            if key.is_empty() || !keys.insert(key) {
                return Err(Invalid::new("parameters", "must have names, each of them once"));
            }
        }
        let mut names = BTreeSet::new();
        if self.files.iter().flatten().all(|file| names.insert(&file.name)) {
            Ok(())
        } else {
            Err(Invalid::new("files", "must not name a file twice"))
        }
    }

    fn encode(&self) -> Result<Vec<u8>, Invalid> {
        let rest = Rest {
            project_id: self.project_id,
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            parameters: &self.parameters,
            libraries: self.libraries.as_deref(),
            version_id: self.version_id,
            lean_environment: self.lean_environment,
            code_source_id: self.code_source_id.as_deref(),
        };
        let mut body = serde_json::to_vec(&rest).map_err(not_json)?;
        let Some(files) = &self.files else { return Ok(body) };
        body.reserve(files.iter().map(|file| 64 + file.content.len()).sum());
        body.pop();
        body.extend_from_slice(br#","files":["#);
        for (number, NewFile { name, content }) in files.iter().enumerate() {
            if number > 0 {
                body.push(b',');
            }
            serde_json::to_writer(&mut body, &Named { name }).map_err(not_json)?;
            push_content(&mut body, content);
            body.push(b'}');
        }
        body.extend_from_slice(b"]}");
        Ok(body)
    }

    fn output(&self, _: Empty) -> Result<(), UnexpectedAnswer> {
        Ok(())
    }
}

/// Counts the files: a whole project can be 64 MB.
impl fmt::Debug for UpdateProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateProject")
            .field("project_id", &self.project_id)
            .field("files", &self.files.as_ref().map(Vec::len))
            .field("name", &self.name)
            .field("description", &self.description)
            .field("parameters", &self.parameters)
            .field("libraries", &self.libraries)
            .field("version_id", &self.version_id)
            .field("lean_environment", &self.lean_environment)
            .field("code_source_id", &self.code_source_id)
            .finish()
    }
}

/// Shows the length of the content in place of the content.
impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFile")
            .field("name", &self.name)
            .field("content_bytes", &self.content.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{format, string::ToString as _};

    use super::*;

    fn update(files: &[(&str, &str)]) -> UpdateProject {
        let mut update = UpdateProject::new(ProjectId::new(7).unwrap());
        let file = |(name, content): &(&str, &str)| NewFile {
            name: FileName::new(*name).unwrap(),
            content: (*content).into(),
        };
        update.files = Some(files.iter().map(file).collect());
        update
    }

    #[test]
    fn only_what_changes_is_sent() {
        let mut request = UpdateProject::new(ProjectId::new(7).unwrap());
        assert_eq!(request.encode().unwrap(), br#"{"projectId":7}"#);
        request.description = Some(String::new());
        assert_eq!(request.encode().unwrap(), br#"{"projectId":7,"description":""}"#);
        request.parameters = Some(Vec::new());
        request.libraries = Some(Vec::new());
        (request.version_id, request.lean_environment) = (Some(-1), Some(2));
        let settings = br#"{"projectId":7,"description":"","parameters":"","libraries":[],"versionId":-1,"leanEnvironment":2}"#;
        assert_eq!(request.encode().unwrap(), settings);
        let files = br#"{"projectId":7,"files":[{"name":"a.py","content":"\n"},{"name":"b.py","content":""}]}"#;
        assert_eq!(update(&[("a.py", "\n"), ("b.py", "")]).encode().unwrap(), files);
        assert_eq!(update(&[]).encode().unwrap(), br#"{"projectId":7,"files":[]}"#);
    }

    #[test]
    fn a_request_that_cannot_succeed_is_refused_before_it_is_sent() {
        assert_eq!(update(&[("a.py", "1"), ("b.py", "1")]).check(), Ok(()));
        assert_eq!(update(&[("a.py", "1"), ("a.py", "2")]).check().unwrap_err().field(), "files");
        for name in [" ", "a\nb"] {
            let mut request = update(&[]);
            request.name = Some(name.to_string());
            assert_eq!(request.check().unwrap_err().field(), "name");
        }
    }

    #[test]
    fn debug_does_not_show_contents() {
        let request = update(&[("a.py", "secret sauce")]);
        let shown = format!("{request:?} {:?}", request.files);
        assert!(shown.contains("Some(1)") && shown.contains("content_bytes: 12"), "{shown}");
        assert!(!shown.contains("sauce"), "{shown}");
    }
}
