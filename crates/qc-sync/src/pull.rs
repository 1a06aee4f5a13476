//! What a pull is to write here.

use qc_proto::{EncodedText, FileName};

use crate::{Change, Cloud, Conflict, LocalFiles, Plan, Scope, Tree, agreed, plan};

/// What a pull brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// What to do here, in this order. Nothing else may be written.
    pub writes: Vec<Write>,
    /// What was done on both sides in different ways: left alone.
    pub conflicts: Vec<Conflict>,
    /// What was done here and not in the cloud: what a push would do.
    pub outgoing: Vec<Change>,
    /// The base once every write is done. Keep it last.
    pub base: Tree,
}

/// One thing to do to a file here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Move a file that is as the base has it.
    Rename {
        /// Its name so far.
        from: FileName,
        /// Its new name, which no file has.
        to: FileName,
        /// Its content in the cloud, which says the same and may end its lines otherwise.
        content: EncodedText,
    },
    /// Make a file, or replace one that is as the base has it.
    Put {
        /// The file.
        name: FileName,
        /// Its content.
        content: EncodedText,
    },
    /// Remove a file that is as the base has it.
    Remove(FileName),
}

impl Write {
    /// Lets go of the content, which may be large, once it is written.
    pub(crate) fn forget_content(&mut self) {
        if let Self::Rename { content, .. } | Self::Put { content, .. } = self {
            *content = EncodedText::default();
        }
    }

    /// The file that is there, or gone, afterwards.
    #[must_use]
    pub fn name(&self) -> &FileName {
        match self {
            Self::Rename { to: name, .. } | Self::Put { name, .. } | Self::Remove(name) => name,
        }
    }
}

/// Says what is to be written here so that it has what the cloud has, but for what was changed here.
#[must_use]
pub fn pull(base: &Tree, local: &LocalFiles, cloud: &Cloud, scope: &Scope<'_>) -> Pulled {
    let (old_base, base) = (base, &scope.of_tree(base));
    let (here, there) = (scope.tree_of(local), cloud.tree());
    let base = &scope.settle(base, &here, &there);
    let Plan { push, pull, conflicts } = plan(base, &here, &there);
    let content = |name: &FileName| {
        cloud.files.get(name).map(|file| file.content.clone()).unwrap_or_default()
    };
    let mut after = here;
    let mut writes = Vec::new();
    for change in pull {
        let (gone, come) = match change {
            Change::Rename { from, to } => {
                let content = content(&to);
                writes.push(Write::Rename { from: from.clone(), to: to.clone(), content });
                (Some(from), Some(to))
            }
            Change::Create(name) | Change::Update(name) => {
                writes.push(Write::Put { content: content(&name), name: name.clone() });
                (None, Some(name))
            }
            Change::Delete(name) => {
                writes.push(Write::Remove(name.clone()));
                (Some(name), None)
            }
        };
        if let Some(name) = gone {
            after.remove(&name);
        }
        if let Some(name) = come
            && let Some(digest) = there.get(&name)
        {
            after.insert(name, *digest);
        }
    }
    let base = scope.merge(old_base, agreed(base, &after, &there));
    Pulled { writes, conflicts, outgoing: push, base }
}
