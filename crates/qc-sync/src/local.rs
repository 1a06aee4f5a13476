//! The files of this side, and where what they say is read from.

use std::collections::BTreeMap;

use qc_proto::FileName;

use crate::{Digest, Tree, is_unresolved};

/// What is known of a file here once it was read. Its text is not kept: a project may be larger than one likes to hold
/// in memory, and a push or a pull is about a few of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalFile {
    /// What it says.
    pub digest: Digest,
    /// How long it is.
    pub bytes: usize,
    /// Whether a merge left markers in it; see [`is_unresolved`].
    pub is_unresolved: bool,
}

impl LocalFile {
    /// A file of this text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest = Digest::of(text.as_bytes());
        Self { digest, bytes: text.len(), is_unresolved: is_unresolved(text) }
    }
}

/// The files here.
pub type LocalFiles = BTreeMap<FileName, LocalFile>;

/// What each of the files says.
#[must_use]
pub fn tree(files: &LocalFiles) -> Tree {
    files.iter().map(|(name, file)| (name.clone(), file.digest)).collect()
}

/// Where the texts of files here are read from, when they are needed.
pub trait Texts {
    /// What the file says now; none if it is not there, or is no text.
    fn text(&self, name: &FileName) -> Option<String>;
}

/// What the file said when it had this digest, if it still does.
pub(crate) fn text_of(texts: &dyn Texts, name: &FileName, digest: Digest) -> Option<String> {
    texts.text(name).filter(|text| Digest::of(text.as_bytes()) == digest)
}

/// Files that are in memory.
impl Texts for BTreeMap<FileName, String> {
    fn text(&self, name: &FileName) -> Option<String> {
        self.get(name).cloned()
    }
}
