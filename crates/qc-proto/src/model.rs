//! What requests and answers speak of: credentials, projects, files and their names.

pub(crate) mod base_url;
pub(crate) mod collaborator;
pub(crate) mod compile;
pub(crate) mod credentials;
pub(crate) mod file;
pub(crate) mod file_name;
pub(crate) mod ids;
pub(crate) mod library;
pub(crate) mod parameter;
pub(crate) mod project;
pub(crate) mod server_time;
pub(crate) mod tier;
