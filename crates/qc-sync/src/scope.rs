//! What of a project is to be in step.

use std::fmt;

use qc_proto::FileName;

use crate::{Contents, Tree};

/// Which files a push or a pull is about. All others are left alone on both sides, and stay in the base as they are.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    holds: &'a dyn Fn(&FileName) -> bool,
    pub(crate) accepts_empty: bool,
}

impl<'a> Scope<'a> {
    /// Those for which `holds` is true.
    #[must_use]
    pub fn new(holds: &'a dyn Fn(&FileName) -> bool) -> Self {
        Self { holds, accepts_empty: false }
    }

    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self::new(&|_| true)
    }

    /// Takes it for true when the cloud lists no file any more.
    #[must_use]
    pub fn accepting_empty(mut self, accept: bool) -> Self {
        self.accepts_empty = accept;
        self
    }

    pub(crate) fn holds(&self, name: &FileName) -> bool {
        (self.holds)(name)
    }

    pub(crate) fn of_tree(&self, tree: &Tree) -> Tree {
        let inside = tree.iter().filter(|(name, _)| self.holds(name));
        inside.map(|(name, digest)| (name.clone(), *digest)).collect()
    }

    pub(crate) fn of_contents(&self, contents: &Contents) -> Contents {
        let inside = contents.iter().filter(|(name, _)| self.holds(name));
        inside.map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// The new base: what is settled inside, and the old one outside.
    pub(crate) fn merge(&self, old: &Tree, settled: Tree) -> Tree {
        let outside = old.iter().filter(|(name, _)| !self.holds(name));
        let mut base: Tree = outside.map(|(name, digest)| (name.clone(), *digest)).collect();
        base.extend(settled);
        base
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("accepts_empty", &self.accepts_empty).finish_non_exhaustive()
    }
}
