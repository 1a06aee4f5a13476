//! Directories that begin empty.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Makes the directory anew, so that nothing of an earlier run is left in it.
pub(crate) fn make_empty(directory: &Path) -> Result<()> {
    let shown = directory.display();
    if directory.exists() {
        fs::remove_dir_all(directory).with_context(|| format!("cannot empty {shown}"))?;
    }
    fs::create_dir_all(directory).with_context(|| format!("cannot make {shown}"))
}
