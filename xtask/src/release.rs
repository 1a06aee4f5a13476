//! What others get: crates, programs, and the steps to a release.

pub(crate) mod archive;
pub(crate) mod built;
pub(crate) mod changelog;
pub(crate) mod debian;
pub(crate) mod dist;
pub(crate) mod installers;
pub(crate) mod packages;
pub(crate) mod packed;
pub(crate) mod scripts;
pub(crate) mod steps;
