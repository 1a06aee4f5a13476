//! `projects/*`: the projects that files are in.

mod create;
mod delete;
mod library;
mod project;
mod read;

pub use create::CreateProject;
pub use delete::DeleteProject;
pub use project::{EncryptionKey, Language, Parameter, Project, ProjectList};
pub use read::ReadProjects;
