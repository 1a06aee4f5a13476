//! A request, read in any of the forms that the service accepts.

pub(crate) mod fields;
pub(crate) mod form;
pub(crate) mod read;
