//! Where a command works: the project's folder, the project in the cloud, and the service.

pub(crate) mod connect;
pub(crate) mod folder;
pub(crate) mod paths;
pub(crate) mod project;
pub(crate) mod untied;
pub(crate) mod workspace;
