//! `projects/update`

use std::collections::BTreeMap;

use qc_proto::{Empty, FileName, Parameter, ProjectId, encode_success};
use serde::Deserialize;

use crate::{
    record::Applied,
    request::{fields, read::SignedRequest},
    service::{Service, projects, refusal::Refusal},
};

/// What is absent stays as it is; a list that is there replaces the whole list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateProject {
    project_id: ProjectId,
    #[serde(default, deserialize_with = "fields::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "fields::text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "fields::list")]
    parameters: Option<Vec<NewParameter>>,
    #[serde(default, deserialize_with = "fields::list")]
    files: Option<Vec<NewFile>>,
    #[serde(default, deserialize_with = "fields::list")]
    libraries: Option<Vec<ProjectId>>,
    #[serde(default, deserialize_with = "fields::integer")]
    version_id: Option<i64>,
    #[serde(default, deserialize_with = "fields::integer")]
    lean_environment: Option<i64>,
    /// The key's id; an empty text takes the key away.
    #[serde(default, deserialize_with = "fields::text")]
    encryption_key: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct NewParameter {
    key: String,
    #[serde(default, deserialize_with = "fields::text")]
    value: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct NewFile {
    name: FileName,
    /// The official command line tool pushes empty files here, with an empty text.
    #[serde(default, deserialize_with = "fields::text")]
    content: Option<String>,
}

impl Service {
    /// All or nothing: whatever can be refused is looked at before anything changes.
    pub(crate) fn update_project(&mut self, request: &SignedRequest) -> Result<Vec<u8>, Refusal> {
        let update: UpdateProject = request.fields()?;
        let id = update.project_id;
        let project = self.writable(request, id)?;
        if let Some(name) = &update.name {
            projects::check_name(name, project.language)?;
            if *name != project.name && self.store.is_taken(request.user, name) {
                return Err(Refusal::project_exists(name));
            }
        }
        for library in update.libraries.iter().flatten() {
            self.store.project(request.user, *library)?;
        }
        let files = update.files.map(by_name).transpose()?;
        self.check_count(files.as_ref().map_or(0, BTreeMap::len))?;
        for content in files.iter().flat_map(BTreeMap::values) {
            self.check_size(content)?;
        }

        if let Some(files) = files {
            self.store.replace_files(id, &files, request.wall);
        }
        let project = self.store.project_mut(request.user, id)?;
        project.touch(request.wall);
        let settings = &mut project.settings;
        settings.description = update.description.unwrap_or_else(|| settings.description.clone());
        if let Some(parameters) = update.parameters {
            settings.parameters = parameters.into_iter().map(Parameter::from).collect();
        }
        settings.libraries = update.libraries.unwrap_or_else(|| settings.libraries.clone());
        settings.lean_version = update.version_id.unwrap_or(settings.lean_version);
        settings.lean_environment = update.lean_environment.unwrap_or(settings.lean_environment);
        if let Some(key) = update.encryption_key {
            settings.encryption_key = (!key.is_empty()).then_some(key);
        }
        project.name = update.name.unwrap_or_else(|| project.name.clone());
        let name = project.name.clone();
        self.applied.push(Applied::new("projects/update", id, &name));
        Ok(encode_success(&Empty {}))
    }
}

impl From<NewParameter> for Parameter {
    fn from(NewParameter { key, value }: NewParameter) -> Self {
        Self::new(key, value.unwrap_or_default())
    }
}

/// Of two files with one name nobody knows which is meant.
fn by_name(files: Vec<NewFile>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut contents = BTreeMap::new();
    for NewFile { name, content } in files {
        if contents.insert(name.as_str().to_owned(), content.unwrap_or_default()).is_some() {
            return Err(Refusal::file_exists(name));
        }
    }
    Ok(contents)
}
