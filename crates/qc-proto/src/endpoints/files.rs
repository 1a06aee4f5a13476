//! `files/*`: a project's source files.

pub(crate) mod create;
pub(crate) mod delete;
pub mod encoded;
pub(crate) mod patch;
pub(crate) mod read;
pub(crate) mod read_one;
pub(crate) mod rename;
pub(crate) mod update;
pub(crate) mod with_content;

use alloc::string::String;

use crate::invalid::Invalid;

/// The service refuses `content` that is present and empty.
fn check_content(content: Option<&String>) -> Result<(), Invalid> {
    if content.is_some_and(String::is_empty) {
        Err(Invalid::new(
            "content",
            "must not be empty: the service refuses that; create an empty file without content",
        ))
    } else {
        Ok(())
    }
}
