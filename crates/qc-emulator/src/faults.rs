//! What can go wrong, when it does, and what came of each request.

pub(crate) mod drift;
pub(crate) mod exchange;
pub(crate) mod fault;
pub(crate) mod fault_text;
pub(crate) mod script;
