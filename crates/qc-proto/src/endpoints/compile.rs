//! `compile/*`: builds of a project.

pub(crate) mod create;
pub(crate) mod job;
pub(crate) mod read;
