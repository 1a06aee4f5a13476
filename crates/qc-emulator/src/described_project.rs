//! A project as `projects/read` and `projects/create` tell of it.

use qc_proto::{EncryptionKey, Language, Parameter, ProjectId};
use serde::Serialize;

use crate::{
    store::Store,
    stored_project::{MASTER, StoredProject, time},
};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DescribedProjects {
    pub(crate) projects: Vec<DescribedProject>,
}

/// With every field that the official command line tool wants: one missing fails it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DescribedProject {
    project_id: ProjectId,
    organization_id: &'static str,
    name: String,
    description: String,
    /// In UTC, without saying so.
    modified: String,
    /// In UTC, without saying so.
    created: String,
    language: Language,
    /// Always empty here.
    collaborators: Vec<String>,
    /// -1 is the newest.
    lean_version_id: i64,
    lean_pinned_to_master: bool,
    lean_environment: i64,
    parameters: Vec<Parameter>,
    libraries: Vec<DescribedLibrary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_key: Option<EncryptionKey>,
}

/// Plain numbers would fail the official command line tool.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DescribedLibrary {
    project_id: ProjectId,
    library_name: Option<String>,
    owner_name: &'static str,
    access: bool,
}

impl DescribedProject {
    pub(crate) fn new(store: &Store, id: ProjectId, project: &StoredProject) -> Self {
        let settings = &project.settings;
        let library = |id: &ProjectId| {
            let name = store.project(project.owner, *id).ok().map(|library| library.name.clone());
            DescribedLibrary { project_id: *id, library_name: name, owner_name: "", access: true }
        };
        // A key's name is kept with the user's own keys, which are not here.
        let key = |key: &String| EncryptionKey { id: Some(key.clone()), name: Some(key.clone()) };
        Self {
            project_id: id,
            organization_id: "00000000000000000000000000000000",
            name: project.name.clone(),
            description: settings.description.clone(),
            modified: time(project.modified),
            created: time(project.created),
            language: project.language,
            collaborators: Vec::new(),
            lean_version_id: settings.lean_version,
            lean_pinned_to_master: settings.lean_version == MASTER,
            lean_environment: settings.lean_environment,
            parameters: settings.parameters.clone(),
            libraries: settings.libraries.iter().map(library).collect(),
            encrypted: settings.encryption_key.is_some().then_some(true),
            encryption_key: settings.encryption_key.as_ref().map(key),
        }
    }
}
