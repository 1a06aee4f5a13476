//! What of a project is to be in step.

use std::{borrow::Cow, fmt};

use qc_proto::FileName;

use crate::{LocalFiles, Selection, Tree, plan};

/// Which files a push or a pull is about. All others are left alone on both sides, and stay in the base as they are.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    holds: &'a dyn Fn(&FileName) -> bool,
    pub(crate) accepts_empty: bool,
    ours: Option<&'a Selection>,
    theirs: Option<&'a Selection>,
}

impl<'a> Scope<'a> {
    /// Those for which `holds` is true.
    #[must_use]
    pub fn new(holds: &'a dyn Fn(&FileName) -> bool) -> Self {
        Self { holds, accepts_empty: false, ours: None, theirs: None }
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
    pub fn with_ours(mut self, files: &'a Selection) -> Self {
        self.ours = Some(files);
        self
    }

    /// Settles conflicts over these files: what was done in the cloud goes before what was done here, which is lost
    /// with the next pull.
    #[must_use]
    pub fn with_theirs(mut self, files: &'a Selection) -> Self {
        self.theirs = Some(files);
        self
    }

    /// The base as if, in the conflicts that are settled, the side that is to yield had changed nothing.
    pub(crate) fn settle<'t>(&self, base: &'t Tree, local: &Tree, remote: &Tree) -> Cow<'t, Tree> {
        if [self.ours, self.theirs].into_iter().flatten().all(Selection::is_empty) {
            return Cow::Borrowed(base);
        }
        let mut settled = base.clone();
        for conflict in plan(base, local, remote).conflicts {
            let name = conflict.name;
            let is_in =
                |files: Option<&Selection>| files.is_some_and(|files| files.contains(&name));
            let yielding = match (is_in(self.ours), is_in(self.theirs)) {
                (true, _) => remote,
                (false, true) => local,
                (false, false) => continue,
            };
            match yielding.get(&name) {
                Some(digest) => settled.insert(name, *digest),
                None => settled.remove(&name),
            };
        }
        Cow::Owned(settled)
    }

    pub(crate) fn holds(&self, name: &FileName) -> bool {
        (self.holds)(name)
    }

    pub(crate) fn of_tree(&self, tree: &Tree) -> Tree {
        let inside = tree.iter().filter(|(name, _)| self.holds(name));
        inside.map(|(name, digest)| (name.clone(), *digest)).collect()
    }

    /// What each of the files inside says.
    pub(crate) fn tree_of(&self, files: &LocalFiles) -> Tree {
        let inside = files.iter().filter(|(name, _)| self.holds(name));
        inside.map(|(name, file)| (name.clone(), file.digest)).collect()
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
