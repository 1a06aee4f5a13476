//! The plan, case by case and against a model.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::btree_map, prelude::*};
use qc_proto::FileName;

use crate::plan::{self, Change, Conflict, Moves, Plan, Side, Tree, version::Digest};

fn name(text: &str) -> FileName {
    FileName::new(text).unwrap()
}

/// The plan where no file was both renamed and edited.
fn plan(base: &Tree, local: &Tree, remote: &Tree) -> Plan {
    plan::plan(base, local, remote, &Moves::default())
}

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(file, text)| (name(file), Digest::of(text.as_bytes()))).collect()
}

/// A tree of the one file `f`, or of none.
fn one(content: Option<char>) -> Tree {
    content.into_iter().map(|text| (name("f"), Digest::of(text.to_string().as_bytes()))).collect()
}

#[test]
fn what_one_side_changed_goes_to_the_other() {
    let base = tree(&[("main.py", "1"), ("old.py", "2"), ("both.py", "3")]);
    let local = tree(&[("main.py", "edited"), ("new.py", "2"), ("both.py", "mine")]);
    let remote = tree(&[("main.py", "1"), ("old.py", "2"), ("both.py", "theirs")]);
    let plan = plan(&base, &local, &remote);
    let push: Vec<_> = plan.push.iter().map(Change::to_string).collect();
    assert_eq!(push, ["rename old.py to new.py", "update main.py"]);
    assert_eq!(plan.conflicts[0].name.as_str(), "both.py");
    assert!(plan.pull.is_empty());
}

#[derive(Clone, Copy, Debug)]
enum Case {
    InStep,
    Push(fn(FileName) -> Change),
    Pull(fn(FileName) -> Change),
    Both(Side, Side),
}

/// Absent, as it was, or changed: base, local and remote, each in every combination. `-` is absent.
#[rustfmt::skip]
const CASES: &[(&str, Case)] = &[
    ("---", Case::InStep),
    ("--a", Case::Pull(Change::Create)),
    ("--b", Case::Pull(Change::Create)),
    ("-a-", Case::Push(Change::Create)),
    ("-aa", Case::InStep),
    ("-ab", Case::Both(Side::Created, Side::Created)),
    ("-b-", Case::Push(Change::Create)),
    ("-ba", Case::Both(Side::Created, Side::Created)),
    ("-bb", Case::InStep),
    ("a--", Case::InStep),
    ("a-a", Case::Push(Change::Delete)),
    ("a-b", Case::Both(Side::Deleted, Side::Updated)),
    ("aa-", Case::Pull(Change::Delete)),
    ("aaa", Case::InStep),
    ("aab", Case::Pull(Change::Update)),
    ("ab-", Case::Both(Side::Updated, Side::Deleted)),
    ("aba", Case::Push(Change::Update)),
    ("abb", Case::InStep),
    ("b--", Case::InStep),
    ("b-a", Case::Both(Side::Deleted, Side::Updated)),
    ("b-b", Case::Push(Change::Delete)),
    ("ba-", Case::Both(Side::Updated, Side::Deleted)),
    ("baa", Case::InStep),
    ("bab", Case::Push(Change::Update)),
    ("bb-", Case::Pull(Change::Delete)),
    ("bba", Case::Pull(Change::Update)),
    ("bbb", Case::InStep),
    // Beyond the twenty-seven: changed on both sides, and not to the same.
    ("abc", Case::Both(Side::Updated, Side::Updated)),
];

#[test]
fn every_case_of_three_states() {
    let mut seen = BTreeSet::new();
    for (states, case) in CASES {
        let mut trees = states.chars().map(|state| one(Some(state).filter(|state| *state != '-')));
        let (base, local, remote) =
            (trees.next().unwrap(), trees.next().unwrap(), trees.next().unwrap());
        let mut expected = Plan::default();
        match case {
            Case::InStep => {}
            Case::Push(change) => expected.push.push(change(name("f"))),
            Case::Pull(change) => expected.pull.push(change(name("f"))),
            Case::Both(local, remote) => {
                let conflict = Conflict { name: name("f"), local: *local, remote: *remote };
                expected.conflicts.push(conflict);
            }
        }
        assert_eq!(plan(&base, &local, &remote), expected, "{states}");
        seen.insert(*states);
    }
    assert_eq!(seen.len(), 28);
}

#[test]
fn a_file_emptied_here_and_gone_there_is_made_anew() {
    let base = tree(&[("a.py", "1"), ("b.py", "1")]);
    let plan = plan(&base, &tree(&[("a.py", ""), ("b.py", "2")]), &Tree::new());
    assert_eq!(plan.push, [Change::Create(name("a.py"))]);
    let conflict = Conflict { name: name("b.py"), local: Side::Updated, remote: Side::Deleted };
    assert_eq!(plan.conflicts, [conflict]);
}

#[test]
fn line_endings_and_a_final_newline_are_no_change() {
    let base = tree(&[("a.py", "x\ny\n"), ("b.py", "x")]);
    let local = tree(&[("a.py", "x\r\ny\r\n"), ("b.py", "x\n")]);
    assert!(plan(&base, &local, &base).is_empty());
    assert!(plan(&Tree::new(), &local, &base).is_empty());
    // A blank line at the end, a lone carriage return and a blank are changes.
    for changed in ["x\n\n", "x\r", "x "] {
        let local = tree(&[("a.py", "x\ny\n"), ("b.py", changed)]);
        assert_eq!(plan(&base, &local, &base).push, [Change::Update(name("b.py"))], "{changed:?}");
    }
}

#[test]
fn a_file_moved_is_one_rename() {
    let base = tree(&[("a.py", "1"), ("b.py", "2"), ("keep.py", "3")]);
    let local = tree(&[("pkg/a.py", "1"), ("c.py", "2"), ("keep.py", "3")]);
    let renames = [("b.py", "c.py"), ("a.py", "pkg/a.py")]
        .map(|(from, to)| Change::Rename { from: name(from), to: name(to) });
    assert_eq!(plan(&base, &local, &base).push, renames);
    assert_eq!(plan(&base, &base, &local).pull, renames);
}

#[test]
fn among_equals_the_name_decides() {
    let base = tree(&[("a/__init__.py", ""), ("b/__init__.py", ""), ("b/x.py", "")]);
    let local = tree(&[("c/x.py", ""), ("c/__init__.py", "")]);
    let changes = plan(&base, &local, &base).push;
    let expected = [
        Change::Rename { from: name("a/__init__.py"), to: name("c/__init__.py") },
        Change::Rename { from: name("b/x.py"), to: name("c/x.py") },
        Change::Delete(name("b/__init__.py")),
    ];
    assert_eq!(changes, expected);
}

#[test]
fn a_file_renamed_on_one_side_and_edited_on_the_other_is_both() {
    let base = tree(&[("a.py", "1")]);
    let renamed = tree(&[("b.py", "1")]);
    let edited = tree(&[("a.py", "2")]);
    let rename = Change::Rename { from: name("a.py"), to: name("b.py") };
    let moves = BTreeMap::from([(name("b.py"), name("a.py"))]);

    let here = plan(&base, &renamed, &edited);
    assert_eq!((&here.push, &here.moves.here), (&vec![rename.clone()], &moves));
    assert_eq!((here.pull, here.conflicts), (vec![Change::Update(name("b.py"))], vec![]));

    let there = plan(&base, &edited, &renamed);
    assert_eq!((&there.pull, &there.moves.there), (&vec![rename], &moves));
    assert_eq!((there.push, there.conflicts), (vec![Change::Update(name("b.py"))], vec![]));
}

#[test]
fn a_file_renamed_on_one_side_and_deleted_on_the_other_is_made_anew() {
    let base = tree(&[("a.py", "1"), ("b.py", "2")]);
    let renamed = tree(&[("c.py", "1"), ("b.py", "2")]);
    let plan = plan(&base, &renamed, &tree(&[("b.py", "2")]));
    assert_eq!(plan.push, [Change::Create(name("c.py"))]);
    assert!(plan.pull.is_empty() && plan.conflicts.is_empty(), "{plan:?}");
}

#[test]
fn a_file_renamed_and_edited_is_a_rename_and_an_update() {
    let base = tree(&[("a.py", "1")]);
    let local = tree(&[("b.py", "2")]);
    let here = BTreeMap::from([(name("b.py"), name("a.py"))]);
    let alike = Moves { here, ..Moves::default() };
    let first = plan::plan(&base, &local, &base, &alike);
    let rename = Change::Rename { from: name("a.py"), to: name("b.py") };
    assert_eq!(first.push, [rename.clone(), Change::Update(name("b.py"))]);

    // Edited on both sides, it is a conflict under its new name.
    let second = plan::plan(&base, &local, &tree(&[("a.py", "3")]), &alike);
    let conflict = Conflict { name: name("b.py"), local: Side::Updated, remote: Side::Updated };
    assert_eq!((second.push, second.conflicts), (vec![rename], vec![conflict]));
}

/// What changes make of a tree, with contents taken from where they were made. `old_name` is what a file is called there.
fn apply<'n>(
    changes: &'n [Change],
    to: &mut Tree,
    from: &Tree,
    old_name: impl Fn(&'n FileName) -> &'n FileName,
) {
    for change in changes {
        match change {
            Change::Rename { from, to: new } => {
                let digest = to.remove(from).unwrap();
                assert!(to.insert(new.clone(), digest).is_none(), "{change} overwrites");
            }
            Change::Create(file) => {
                assert!(to.insert(file.clone(), from[file]).is_none(), "{change} overwrites");
            }
            Change::Update(file) => {
                assert!(
                    to.insert(file.clone(), from[old_name(file)]).is_some(),
                    "{change} of nothing"
                );
            }
            Change::Delete(file) => {
                assert!(to.remove(file).is_some(), "{change} of nothing");
            }
        }
    }
}

/// What a push makes of the cloud and a pull of the folder.
fn carried_out(plan: &Plan, local: &Tree, remote: &Tree) -> [Tree; 2] {
    let (mut here, mut there) = (local.clone(), remote.clone());
    apply(&plan.push, &mut there, local, |file| plan.moves.there.get(file).unwrap_or(file));
    apply(&plan.pull, &mut here, remote, |file| plan.moves.here.get(file).unwrap_or(file));
    [here, there]
}

/// The name that a file has after renames.
fn new_name<'n>(moves: &'n BTreeMap<FileName, FileName>, file: &'n FileName) -> &'n FileName {
    moves.iter().find(|(_, old)| *old == file).map_or(file, |(new, _)| new)
}

/// The base after both sides met: what they agree on, and what it was where they don't.
fn agreed(base: &Tree, local: &Tree, remote: &Tree) -> Tree {
    let names: BTreeSet<_> = [base, local, remote].into_iter().flat_map(BTreeMap::keys).collect();
    let of = |file: &FileName| {
        let (here, there) = (local.get(file), remote.get(file));
        if here == there { here } else { base.get(file) }.copied()
    };
    names.into_iter().filter_map(|file| Some((file.clone(), of(file)?))).collect()
}

fn trees() -> impl Strategy<Value = [Tree; 3]> {
    let name = prop::sample::select(vec!["a", "b", "c", "d/a", "d/e", "f"]).prop_map(name);
    let content = prop::sample::select(vec!["", "1", "2", "3"]);
    let digest = content.prop_map(|text: &str| Digest::of(text.as_bytes()));
    let tree = btree_map(name, digest, 0..6);
    [tree.clone(), tree.clone(), tree]
}

fn names_in_conflict(plan: &Plan) -> BTreeSet<FileName> {
    plan.conflicts.iter().map(|conflict| conflict.name.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn push_and_pull_bring_both_sides_in_step([base, before_local, before_remote] in trees()) {
        let first = plan(&base, &before_local, &before_remote);
        let [local, remote] = carried_out(&first, &before_local, &before_remote);

        // All but the conflicts, which stay as they were.
        let conflicts = names_in_conflict(&first);
        for file in &conflicts {
            prop_assert_eq!(local.get(file), before_local.get(file));
            prop_assert_eq!(remote.get(file), before_remote.get(file));
        }
        let but_conflicts = |tree: &Tree| -> Tree {
            tree.iter().filter(|(file, _)| !conflicts.contains(*file)).map(|(file, digest)| (file.clone(), *digest)).collect()
        };
        prop_assert_eq!(but_conflicts(&local), but_conflicts(&remote));

        // Planning again changes nothing.
        let base = agreed(&base, &local, &remote);
        let second = plan(&base, &local, &remote);
        prop_assert!(second.push.is_empty() && second.pull.is_empty(), "{second:?}");
        prop_assert_eq!(second.conflicts, first.conflicts);
        if conflicts.is_empty() {
            prop_assert_eq!(&base, &local);
        }
    }

    /// A content that one side has and the base has not is still there after a push and a pull.
    #[test]
    fn what_exists_on_one_side_only_is_not_lost([base, local, remote] in trees()) {
        let planned = plan(&base, &local, &remote);
        let [here, there] = carried_out(&planned, &local, &remote);
        let Moves { here: mine, there: theirs } = &planned.moves;
        for (before, after, own, others) in [(&local, &here, mine, theirs), (&remote, &there, theirs, mine)] {
            for (file, digest) in before {
                if base.get(own.get(file).unwrap_or(file)) != Some(digest) {
                    prop_assert_eq!(after.get(new_name(others, file)), Some(digest), "{} was lost", file);
                }
            }
        }
    }

    /// A push alone never touches what the cloud changed, nor a pull what was changed here.
    #[test]
    fn each_direction_leaves_the_others_changes_alone([base, local, remote] in trees()) {
        let planned = plan(&base, &local, &remote);
        let mut push_alone = planned.clone();
        push_alone.pull.clear();
        let mut pull_alone = planned.clone();
        pull_alone.push.clear();
        let [untouched, there] = carried_out(&push_alone, &local, &remote);
        prop_assert_eq!(&untouched, &local);
        let [here, untouched] = carried_out(&pull_alone, &local, &remote);
        prop_assert_eq!(&untouched, &remote);
        let Moves { here: mine, there: theirs } = &planned.moves;
        for (before, after, own, others) in [(&remote, &there, theirs, mine), (&local, &here, mine, theirs)] {
            for (file, digest) in before {
                if base.get(own.get(file).unwrap_or(file)) != Some(digest) {
                    prop_assert_eq!(after.get(new_name(others, file)), Some(digest), "{} was overwritten", file);
                }
            }
        }
    }

    /// No file is in two changes, and renames, which cost one request where a delete and a create cost two, are found
    /// wherever a content has gone from one name and come to another.
    #[test]
    fn changes_are_disjoint_and_renames_are_found([base, local, _] in trees()) {
        let changes = plan(&base, &local, &base).push;
        let mut touched = BTreeSet::new();
        let (mut gone, mut come) = (BTreeMap::new(), BTreeMap::new());
        for change in &changes {
            let (names, digest): (Vec<&FileName>, _) = match change {
                Change::Rename { from, to } => (vec![from, to], None),
                Change::Create(file) => (vec![file], Some((&mut come, local[file]))),
                Change::Delete(file) => (vec![file], Some((&mut gone, base[file]))),
                Change::Update(file) => (vec![file], None),
            };
            for file in names {
                prop_assert!(touched.insert(file.clone()), "{file} is in two changes");
            }
            if let Some((side, digest)) = digest {
                *side.entry(digest).or_insert(0) += 1;
            }
        }
        prop_assert!(gone.keys().all(|digest| !come.contains_key(digest)), "a rename was missed");
    }
}
