//! Three states in, actions and conflicts out: pure, so that every case is a line of a test.

pub(crate) mod merge;
pub(crate) mod quota;
pub(crate) mod selection;
pub(crate) mod version;

pub(crate) mod likeness;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use qc_proto::FileName;

use crate::plan::version::Digest;

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
    /// The files that were renamed on one side only. `push`, `pull` and `conflicts` name them by the new name.
    pub(crate) moves: Moves,
}

impl Plan {
    /// Returns whether both sides are in step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.conflicts.is_empty()
    }
}

/// The files that were renamed on one side only: new name to old name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    /// Renamed here.
    pub(crate) here: BTreeMap<FileName, FileName>,
    /// Renamed in the cloud.
    pub(crate) there: BTreeMap<FileName, FileName>,
}

impl Moves {
    /// The name that the base and the cloud have for a file of the plan.
    pub(crate) fn in_cloud<'a>(&'a self, name: &'a FileName) -> &'a FileName {
        self.here.get(name).unwrap_or(name)
    }

    /// The name that the base and the folder have for a file of the plan.
    pub(crate) fn in_folder<'a>(&'a self, name: &'a FileName) -> &'a FileName {
        self.there.get(name).unwrap_or(name)
    }

    /// The name that the base has for a file of the plan.
    pub(crate) fn in_base<'a>(&'a self, name: &'a FileName) -> &'a FileName {
        self.in_cloud(self.in_folder(name))
    }
}

/// One change to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A file is renamed; its content stays.
    Rename {
        /// Its name so far.
        from: FileName,
        /// Its new name.
        to: FileName,
    },
    /// A file is created.
    Create(FileName),
    /// A file's content is replaced.
    Update(FileName),
    /// A file is deleted.
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
    /// It created the file.
    Created,
    /// It changed the content.
    Updated,
    /// It deleted the file.
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
///
/// A file that one side renamed and the other changed is renamed on both, and the change follows it.
///
/// `alike` are pairs of files that were renamed and edited, so that their contents differ.
pub(crate) fn plan(base: &Tree, local: &Tree, remote: &Tree, alike: &Moves) -> Plan {
    if local == remote {
        return Plan::default();
    }
    let moves = Moves {
        here: renames(base, local, remote, &alike.here),
        there: renames(base, remote, local, &alike.there),
    };
    let base = &renamed(&renamed(base, &moves.here), &moves.there);
    let local = &renamed(local, &moves.there);
    let remote = &renamed(remote, &moves.here);

    let (mut push, mut pull) = (Changes::new(&moves.here), Changes::new(&moves.there));
    let mut conflicts = Vec::new();
    let empty = Digest::of(b"");
    for name in names([base, local, remote]) {
        let digest = |tree: &Tree| tree.get(name).copied();
        let (base, local, remote) = (digest(base), digest(local), digest(remote));
        if local == remote {
            continue;
        }
        if remote == base {
            push.add(name, base, local);
        } else if local == base {
            pull.add(name, base, remote);
        } else if remote.is_none() && local == Some(empty) {
            // To empty a file is to delete it and to create it anew; a push that was cut off in between leaves this.
            push.add(name, None, local);
        } else {
            let (local, remote) = (Side::new(base, local), Side::new(base, remote));
            conflicts.push(Conflict { name: name.clone(), local, remote });
        }
    }
    Plan { push: push.in_order(), pull: pull.in_order(), conflicts, moves }
}

/// Every name in any of the trees, once and sorted.
pub(crate) fn names(trees: [&Tree; 3]) -> impl Iterator<Item = &FileName> {
    let names: BTreeSet<_> = trees.into_iter().flat_map(BTreeMap::keys).collect();
    names.into_iter()
}

/// The files that `side` has lost and that `other` still has, and the files that only `side` has.
pub(crate) fn gone_and_come<'t>(
    base: &'t Tree,
    side: &'t Tree,
    other: &'t Tree,
) -> (Vec<&'t FileName>, Vec<&'t FileName>) {
    let gone = base.keys().filter(|name| !side.contains_key(*name) && other.contains_key(*name));
    let come = side.keys().filter(|name| !base.contains_key(*name) && !other.contains_key(*name));
    (gone.collect(), come.collect())
}

/// A file gone and one come with the same content is a file renamed; so is a pair in `alike`. Where several could be
/// meant, those that keep the last part of their name are.
fn renames(
    base: &Tree,
    side: &Tree,
    other: &Tree,
    alike: &BTreeMap<FileName, FileName>,
) -> BTreeMap<FileName, FileName> {
    let (mut gone, mut come) = gone_and_come(base, side, other);
    let mut renames = BTreeMap::new();
    let same = |from: &FileName, to: &FileName| base.get(from) == side.get(to);
    let same_and_named =
        |from: &FileName, to: &FileName| same(from, to) && last_part(from) == last_part(to);
    let alike = |from: &FileName, to: &FileName| alike.get(to) == Some(from);
    for fits in [&same_and_named as &dyn Fn(&FileName, &FileName) -> bool, &same, &alike] {
        come.retain(|to| {
            let Some(at) = gone.iter().position(|from| fits(from, to)) else { return true };
            renames.insert((*to).clone(), gone.remove(at).clone());
            false
        });
    }
    renames
}

fn last_part(name: &FileName) -> &str {
    name.as_str().rsplit('/').next().unwrap_or_default()
}

/// The tree with these files under their new names.
fn renamed(tree: &Tree, moves: &BTreeMap<FileName, FileName>) -> Tree {
    let mut tree = tree.clone();
    for (to, from) in moves {
        if let Some(digest) = tree.remove(from) {
            tree.insert(to.clone(), digest);
        }
    }
    tree
}

/// One side's changes while they are collected.
struct Changes {
    renamed: Vec<Change>,
    created: Vec<Change>,
    updated: Vec<Change>,
    deleted: Vec<Change>,
}

impl Changes {
    fn new(moves: &BTreeMap<FileName, FileName>) -> Self {
        let rename = |(to, from): (&FileName, &FileName)| Change::Rename {
            from: from.clone(),
            to: to.clone(),
        };
        let renamed = moves.iter().map(rename).collect();
        Self { renamed, created: Vec::new(), updated: Vec::new(), deleted: Vec::new() }
    }

    /// Notes that a file went from `base` to `now` on one side, which differ.
    fn add(&mut self, name: &FileName, base: Option<Digest>, now: Option<Digest>) {
        match (base, now) {
            (None, _) => self.created.push(Change::Create(name.clone())),
            (_, None) => self.deleted.push(Change::Delete(name.clone())),
            _ => self.updated.push(Change::Update(name.clone())),
        }
    }

    fn in_order(self) -> Vec<Change> {
        let Self { renamed, created, updated, deleted } = self;
        [renamed, created, updated, deleted].into_iter().flatten().collect()
    }
}
