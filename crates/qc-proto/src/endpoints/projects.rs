//! `projects/*`: the projects that files are in.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod lock;
pub(crate) mod read;
pub(crate) mod update;

use crate::invalid::Invalid;

fn check_name(name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() {
        return Err(Invalid::new("name", "must not be empty"));
    }
    if name.chars().any(char::is_control) {
        return Err(Invalid::new("name", "must not hold control characters"));
    }
    Ok(())
}
