//! `projects/collaboration/*`: who may work on a project beside its owner. They have no access here: users share nothing.

use qc_proto::{ProjectId, encode_success};
use serde::{Deserialize, Serialize};

use crate::{
    record::Applied,
    request::{fields, signed::SignedRequest},
    service::{
        Answered, Service,
        projects::described::{DescribedCollaborator, OWNER_PERMISSION},
        refusal::Refusal,
        stored_project::StoredProject,
    },
};

/// A collaborator as the service keeps one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Collaborator {
    /// The public id.
    pub(crate) user: String,
    pub(crate) live_control: bool,
    pub(crate) write: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CreateCollaborator {
    project_id: ProjectId,
    /// The public id of a user. Any text that is not blank is one.
    collaborator_user_id: String,
    #[serde(deserialize_with = "fields::flag")]
    collaboration_live_control: bool,
    #[serde(deserialize_with = "fields::flag")]
    collaboration_write: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct ReadCollaborators {
    project_id: ProjectId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateCollaborator {
    project_id: ProjectId,
    collaborator_user_id: String,
    #[serde(deserialize_with = "fields::flag")]
    live_control: bool,
    #[serde(deserialize_with = "fields::flag")]
    write: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct DeleteCollaborator {
    project_id: ProjectId,
    collaborator_id: String,
}

/// The owner first.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Collaborators {
    collaborators: Vec<DescribedCollaborator>,
}

/// The owner first, and what the user who asks may do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CollaboratorsAndPermissions {
    collaborators: Vec<DescribedCollaborator>,
    user_live_control: bool,
    user_permissions: &'static str,
}

impl Service {
    pub(crate) fn create_collaborator(&mut self, request: &SignedRequest) -> Answered {
        let create: CreateCollaborator = request.fields()?;
        if create.collaborator_user_id.trim().is_empty() {
            return Err(not_found(&create.collaborator_user_id));
        }
        let added = Collaborator {
            user: create.collaborator_user_id,
            live_control: create.collaboration_live_control,
            write: create.collaboration_write,
        };
        let endpoint = "projects/collaboration/create";
        self.change_collaborators(request, create.project_id, endpoint, |known| {
            if known.iter().any(|one| one.user == added.user) {
                return Err(Refusal::new(format!("Already a collaborator: {}", added.user)));
            }
            known.push(added);
            Ok(())
        })
    }

    pub(crate) fn read_collaborators(&self, request: &SignedRequest) -> Answered {
        let ReadCollaborators { project_id } = request.fields()?;
        let project = self.store.project(request.user, project_id)?;
        Ok(encode_success(&CollaboratorsAndPermissions {
            collaborators: described(project),
            user_live_control: true,
            user_permissions: OWNER_PERMISSION,
        }))
    }

    pub(crate) fn update_collaborator(&mut self, request: &SignedRequest) -> Answered {
        let update: UpdateCollaborator = request.fields()?;
        let endpoint = "projects/collaboration/update";
        self.change_collaborators(request, update.project_id, endpoint, |known| {
            let user = &update.collaborator_user_id;
            let one = known.iter_mut().find(|one| one.user == *user);
            let one = one.ok_or_else(|| not_found(user))?;
            (one.live_control, one.write) = (update.live_control, update.write);
            Ok(())
        })
    }

    pub(crate) fn delete_collaborator(&mut self, request: &SignedRequest) -> Answered {
        let delete: DeleteCollaborator = request.fields()?;
        let endpoint = "projects/collaboration/delete";
        self.change_collaborators(request, delete.project_id, endpoint, |known| {
            let before = known.len();
            known.retain(|one| one.user != delete.collaborator_id);
            if known.len() == before { Err(not_found(&delete.collaborator_id)) } else { Ok(()) }
        })
    }

    fn change_collaborators(
        &mut self,
        request: &SignedRequest,
        id: ProjectId,
        endpoint: &'static str,
        change: impl FnOnce(&mut Vec<Collaborator>) -> Result<(), Refusal>,
    ) -> Answered {
        let project = self.store.project_mut(request.user, id)?;
        change(&mut project.settings.collaborators)?;
        let (answer, name) = (
            encode_success(&Collaborators { collaborators: described(project) }),
            project.name.clone(),
        );
        self.applied.push(Applied::new(endpoint, id, &name));
        Ok(answer)
    }
}

/// The owner first.
pub(crate) fn described(project: &StoredProject) -> Vec<DescribedCollaborator> {
    let others = project.settings.collaborators.iter().map(DescribedCollaborator::other);
    std::iter::once(DescribedCollaborator::owner(project.owner)).chain(others).collect()
}

fn not_found(user: &str) -> Refusal {
    Refusal::new(format!("Collaborator not found: {user}"))
}
