//! The service's refusals. Texts that are known from the service stand here as they were seen; the others are ours.

use std::fmt::Display;

use qc_proto::{AuthRefusal, ProjectId, UserId, http::StatusCode};

use crate::service::patch::PatchError;

/// A refusal: an envelope with `success: false`, and almost always HTTP 200.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) code: Option<i64>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, message: message.into(), code: None }
    }

    pub(crate) fn file_not_found(name: impl Display) -> Self {
        Self { code: Some(1001), ..Self::new(format!("File not found: {name}")) }
    }

    pub(crate) fn empty_content() -> Self {
        Self::new("File content not valid. content: ")
    }

    /// The one refusal whose status the official command line tool looks at. `max` is whole thousands.
    pub(crate) fn too_large(max: usize) -> Self {
        let message = format!("File exceeds the maximum size of {},000 characters.", max / 1000);
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..Self::new(message) }
    }

    pub(crate) fn too_many_files(max: usize) -> Self {
        Self::new(format!("A project may have no more than {max} files"))
    }

    pub(crate) fn endpoint_not_found() -> Self {
        Self::new("Endpoint not found")
    }

    /// Clients send POST and GET; what the service says to others is not known.
    pub(crate) fn method_not_allowed() -> Self {
        let message = "Method not allowed: POST and GET are";
        Self { status: StatusCode::METHOD_NOT_ALLOWED, ..Self::new(message) }
    }

    pub(crate) fn project_not_found(project: ProjectId) -> Self {
        Self::new(format!("Project not found: {project}"))
    }

    pub(crate) fn file_exists(name: impl Display) -> Self {
        Self::new(format!("A file of this name is there already: {name}"))
    }

    pub(crate) fn project_exists(name: impl Display) -> Self {
        Self::new(format!("A project of this name is there already: {name}"))
    }

    /// Clients look for "write permission".
    pub(crate) fn locked(holder: impl Display) -> Self {
        Self::new(format!("No write permission: the project is being edited in {holder}"))
    }

    /// Clients look for "write permission".
    pub(crate) fn not_read(holder: impl Display) -> Self {
        Self::new(format!(
            "No write permission: {holder} has not read the files since it acquired the project"
        ))
    }

    pub(crate) fn not_valid(why: impl Display) -> Self {
        Self::new(format!("Request not valid: {why}"))
    }

    pub(crate) fn auth(refusal: &AuthRefusal, user_id: UserId) -> Self {
        match refusal {
            AuthRefusal::Timestamp(value) => {
                Self::new(format!("Invalid timestamp, value received: {value}"))
            }
            AuthRefusal::UserId(_) => Self::new("UserID not valid (None) REF #e0000000Em"),
            // A stale timestamp looks like a wrong token to the service.
            _ => Self::wrong_hash(user_id),
        }
    }

    pub(crate) fn wrong_hash(user_id: UserId) -> Self {
        Self::new(format!("Hash doesn't match. UID: {user_id}"))
    }
}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        match error {
            PatchError::FileNotFound(name) => Self::file_not_found(name),
            error => Self::new(format!("Patch not valid: {error}")),
        }
    }
}
