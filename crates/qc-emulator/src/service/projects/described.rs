//! A project as `projects/read` and `projects/create` tell of it.

use qc_proto::{EncryptionKey, Language, Parameter, ProjectId, Tier, UserId};
use serde::Serialize;

use crate::service::{
    Service,
    projects::collaborators::{Collaborator, described},
    stored_project::{MASTER, StoredProject, time},
};

/// What the owner of a project may do.
pub(crate) const OWNER_PERMISSION: &str = "write";

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DescribedProjects {
    pub(crate) projects: Vec<DescribedProject>,
}

/// With every field that was seen or that an official client wants: one missing fails some of them.
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
    owner_id: u64,
    language: Language,
    /// The owner first.
    collaborators: Vec<DescribedCollaborator>,
    /// -1 is the newest.
    lean_version_id: i64,
    lean_pinned_to_master: bool,
    lean_environment: i64,
    /// Whether it belongs to the user who asks.
    owner: bool,
    channel_id: String,
    parameters: Vec<Parameter>,
    libraries: Vec<DescribedLibrary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_key: Option<EncryptionKey>,
    /// In KB. None where there is no quota.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_file_size: Option<usize>,
    is_pinned: bool,
    code_running: bool,
    is_alpha_stream_deployment: u8,
    builder: u8,
    live_results: (),
    live_form: (),
    live_grid: (),
    grid: (),
    paper_equity: (),
    last_live_deployment: (),
    sharing_token_backtest: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DescribedCollaborator {
    uid: u64,
    live_control: bool,
    permission: &'static str,
    public_id: String,
    profile_image: &'static str,
    email: &'static str,
    name: String,
    bio: (),
    owner: bool,
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

impl DescribedCollaborator {
    pub(super) fn owner(user: UserId) -> Self {
        let name = format!("user-{user}");
        Self {
            uid: user.get(),
            live_control: true,
            permission: OWNER_PERMISSION,
            public_id: name.clone(),
            profile_image: "",
            email: "",
            name,
            bio: (),
            owner: true,
        }
    }

    /// A user of whom nothing is known but the public id.
    pub(super) fn other(collaborator: &Collaborator) -> Self {
        let Collaborator { user, live_control, write } = collaborator;
        Self {
            uid: 0,
            live_control: *live_control,
            permission: if *write { OWNER_PERMISSION } else { "read" },
            public_id: user.clone(),
            profile_image: "",
            email: "",
            name: user.clone(),
            bio: (),
            owner: false,
        }
    }
}

impl Service {
    pub(crate) fn described(&self, id: ProjectId, project: &StoredProject) -> DescribedProject {
        let settings = &project.settings;
        let library = |id: &ProjectId| {
            let library = self.store.project(project.owner, *id).ok();
            let library_name = library.map(|library| library.name.clone());
            DescribedLibrary { project_id: *id, library_name, owner_name: "", access: true }
        };
        // A key's name is kept with the user's own keys, which are not here.
        let key = |key: &String| EncryptionKey::new(key, key);
        DescribedProject {
            project_id: id,
            organization_id: "00000000000000000000000000000000",
            name: project.name.clone(),
            description: settings.description.clone(),
            modified: time(project.modified),
            created: time(project.created),
            owner_id: project.owner.get(),
            language: project.language,
            collaborators: described(project),
            lean_version_id: settings.lean_version,
            lean_pinned_to_master: settings.lean_version == MASTER,
            lean_environment: settings.lean_environment,
            owner: true,
            channel_id: format!("P{id}"),
            parameters: settings.parameters.clone(),
            libraries: settings.libraries.iter().map(library).collect(),
            encrypted: settings.encryption_key.is_some().then_some(true),
            encryption_key: settings.encryption_key.as_ref().map(key),
            max_file_size: self.tier.map(|tier| Tier::max_file_chars(tier) / 1000),
            is_pinned: false,
            code_running: false,
            is_alpha_stream_deployment: 0,
            builder: 0,
            live_results: (),
            live_form: (),
            live_grid: (),
            grid: (),
            paper_equity: (),
            last_live_deployment: (),
            sharing_token_backtest: (),
        }
    }
}
