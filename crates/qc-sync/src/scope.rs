//! What of a project is to be in step.

use std::fmt;

use qc_proto::FileName;

use crate::{Contents, Tree, plan};

/// Which files a push or a pull is about. All others are left alone on both sides, and stay in the base as they are.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    holds: &'a dyn Fn(&FileName) -> bool,
    pub(crate) accepts_empty: bool,
    ours: &'a [FileName],
    theirs: &'a [FileName],
}

impl<'a> Scope<'a> {
    /// Those for which `holds` is true.
    #[must_use]
    pub fn new(holds: &'a dyn Fn(&FileName) -> bool) -> Self {
        Self { holds, accepts_empty: false, ours: &[], theirs: &[] }
    }

    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self::new(&|_| true)
    }

    /// Takes it for true when the cloud, or the folder, has no file any more.
    #[must_use]
    pub fn accepting_empty(mut self, accept: bool) -> Self {
        self.accepts_empty = accept;
        self
    }

    /// Settles conflicts over these files: what was done here goes before what was done in the cloud, which is
    /// lost with the next push.
    #[must_use]
    pub fn with_ours(mut self, names: &'a [FileName]) -> Self {
        self.ours = names;
        self
    }

    /// Settles conflicts over these files: what was done in the cloud goes before what was done here, which is lost
    /// with the next pull.
    #[must_use]
    pub fn with_theirs(mut self, names: &'a [FileName]) -> Self {
        self.theirs = names;
        self
    }

    /// The base as if, in the conflicts that are settled, the side that is to yield had changed nothing.
    pub(crate) fn settle(&self, base: &Tree, local: &Tree, remote: &Tree) -> Tree {
        let conflicts = plan(base, local, remote).conflicts;
        let in_conflict = |name: &FileName| conflicts.iter().any(|conflict| conflict.name == *name);
        let mut base = base.clone();
        for (names, yielding) in [(self.ours, remote), (self.theirs, local)] {
            for name in names.iter().filter(|name| in_conflict(name)) {
                match yielding.get(name) {
                    Some(digest) => base.insert(name.clone(), *digest),
                    None => base.remove(name),
                };
            }
        }
        base
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
