//! `projects/*`: the projects that files are in.

mod create;
mod delete;
mod library;
mod lock;
mod parameter;
mod project;
mod read;
mod update;

pub use create::CreateProject;
pub use delete::DeleteProject;
pub use lock::AcquireLock;
pub use parameter::Parameter;
pub use project::{EncryptionKey, Language, Project, ProjectList};
pub use read::ReadProjects;
pub use update::{NewFile, UpdateProject};

use crate::Invalid;

fn check_name(name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() {
        return Err(Invalid::new("name", "must not be empty"));
    }
    if name.chars().any(char::is_control) {
        return Err(Invalid::new("name", "must not hold control characters"));
    }
    Ok(())
}
