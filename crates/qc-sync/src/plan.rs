//! Three states in, actions and conflicts out: pure, so that every case is a line of a test.

use std::{collections::BTreeMap, fmt};

use qc_proto::FileName;

use crate::Digest;

/// The files of a project and what each says.
pub type Tree = BTreeMap<FileName, Digest>;

/// What would bring the two sides in step. Lists are in the order in which they lose nothing: what makes
/// something comes before what takes something away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What was done here and not yet in the cloud.
    pub push: Vec<Change>,
    /// What was done in the cloud and not yet here.
    pub pull: Vec<Change>,
    /// What was done on both sides in different ways, sorted by name.
    pub conflicts: Vec<Conflict>,
}

impl Plan {
    /// Whether both sides are in step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.conflicts.is_empty()
    }
}

/// One change to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A file is moved; its content stays.
    Rename {
        /// Its name so far.
        from: FileName,
        /// Its new name.
        to: FileName,
    },
    /// A file is made.
    Create(FileName),
    /// A file's content is replaced.
    Update(FileName),
    /// A file is removed.
    Delete(FileName),
}

impl Change {
    /// The file that is there, or gone, afterwards.
    #[must_use]
    pub fn name(&self) -> &FileName {
        match self {
            Self::Rename { to: name, .. }
            | Self::Create(name)
            | Self::Update(name)
            | Self::Delete(name) => name,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename { from, to } => write!(f, "rename {from} to {to}"),
            Self::Create(name) => write!(f, "create {name}"),
            Self::Update(name) => write!(f, "update {name}"),
            Self::Delete(name) => write!(f, "delete {name}"),
        }
    }
}

/// A file that both sides changed, each in its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The file.
    pub name: FileName,
    /// What was done here.
    pub local: Side,
    /// What was done in the cloud.
    pub remote: Side,
}

/// What one side did to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It made the file.
    Created,
    /// It changed the content.
    Updated,
    /// It removed the file.
    Deleted,
}

impl Side {
    fn new(base: Option<Digest>, now: Option<Digest>) -> Self {
        match (base, now) {
            (_, None) => Self::Deleted,
            (None, Some(_)) => Self::Created,
            (Some(_), Some(_)) => Self::Updated,
        }
    }
}

/// Compares the three states.
///
/// Without a base, as in a folder that was never in step, a file on both sides with different contents is a
/// conflict, and one on a single side goes to the other: nothing is ever deleted for lack of a base.
#[must_use]
pub fn plan(base: &Tree, local: &Tree, remote: &Tree) -> Plan {
    if local == remote {
        return Plan::default();
    }
    let (mut push, mut pull) = (Changes::default(), Changes::default());
    let mut conflicts = Vec::new();
    let empty = Digest::of(b"");
    for name in names([base, local, remote]) {
        let of = |tree: &Tree| tree.get(name).copied();
        let (base, local, remote) = (of(base), of(local), of(remote));
        if local == remote {
            continue;
        }
        if remote == base {
            push.add(name, base, local);
        } else if local == base {
            pull.add(name, base, remote);
        } else if remote.is_none() && local == Some(empty) {
            // Emptying a file is removing it and making it anew; a push that was cut off in between leaves this.
            push.add(name, None, local);
        } else {
            let (local, remote) = (Side::new(base, local), Side::new(base, remote));
            conflicts.push(Conflict { name: name.clone(), local, remote });
        }
    }
    Plan { push: push.in_order(), pull: pull.in_order(), conflicts }
}

/// The base of two sides after their meeting: what they agree on, and what it was so far where they don't.
#[must_use]
pub fn agreed(base: &Tree, local: &Tree, remote: &Tree) -> Tree {
    let settled = |name: &FileName| {
        let (here, there) = (local.get(name), remote.get(name));
        if here == there { here } else { base.get(name) }.copied()
    };
    names([base, local, remote])
        .filter_map(|name| settled(name).map(|digest| (name.clone(), digest)))
        .collect()
}

/// Every name in any of the trees, once and sorted.
fn names(trees: [&Tree; 3]) -> impl Iterator<Item = &FileName> {
    let mut names: Vec<_> = trees.into_iter().flat_map(BTreeMap::keys).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

/// One side's changes while they are collected.
#[derive(Default)]
struct Changes {
    created: Tree,
    updated: Vec<FileName>,
    deleted: Tree,
}

impl Changes {
    /// Notes that a file went from `base` to `now` on one side, which differ.
    fn add(&mut self, name: &FileName, base: Option<Digest>, now: Option<Digest>) {
        match (base, now) {
            (None, Some(digest)) => drop(self.created.insert(name.clone(), digest)),
            (Some(digest), None) => drop(self.deleted.insert(name.clone(), digest)),
            _ => self.updated.push(name.clone()),
        }
    }

    fn in_order(mut self) -> Vec<Change> {
        let renames = self.take_renames();
        let created = self.created.into_keys().map(Change::Create);
        let updated = self.updated.into_iter().map(Change::Update);
        let deleted = self.deleted.into_keys().map(Change::Delete);
        renames.into_iter().chain(created).chain(updated).chain(deleted).collect()
    }

    /// A file gone and one come with the same content is a file renamed. Where several could be meant, those
    /// that keep the last part of their name are.
    fn take_renames(&mut self) -> Vec<Change> {
        let mut renames = Vec::new();
        for same_last_part in [true, false] {
            for (to, digest) in self.created.clone() {
                let from = self.deleted.iter().find(|(from, gone)| {
                    **gone == digest && (!same_last_part || last_part(from) == last_part(&to))
                });
                if let Some((from, _)) = from {
                    let from = from.clone();
                    self.deleted.remove(&from);
                    self.created.remove(&to);
                    renames.push(Change::Rename { from, to });
                }
            }
        }
        renames
    }
}

fn last_part(name: &FileName) -> &str {
    name.as_str().rsplit('/').next().unwrap_or_default()
}
