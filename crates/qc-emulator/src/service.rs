//! The service without IO: what it keeps, what it answers, what it refuses.

pub(crate) mod described_project;
pub(crate) mod emulator;
pub(crate) mod files;
pub(crate) mod library_files;
pub(crate) mod lock;
pub(crate) mod patch;
pub(crate) mod projects;
pub(crate) mod quotas;
pub(crate) mod rate_limit;
pub(crate) mod refusal;
pub(crate) mod store;
pub(crate) mod stored_project;
pub(crate) mod templates;
pub(crate) mod update_project;
pub(crate) mod users;
