//! The requests, one file each, and what a request says about itself.

pub(crate) mod authenticate;
pub(crate) mod endpoint;
pub(crate) mod files;
pub(crate) mod projects;
