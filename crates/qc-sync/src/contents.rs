//! What the files of one side hold.

use std::collections::BTreeMap;

use qc_proto::FileName;

use crate::{Digest, Tree};

/// Files and their contents.
pub type Contents = BTreeMap<FileName, String>;

/// What each of the files says.
#[must_use]
pub fn tree(contents: &Contents) -> Tree {
    contents.iter().map(|(name, text)| (name.clone(), Digest::of(text.as_bytes()))).collect()
}
