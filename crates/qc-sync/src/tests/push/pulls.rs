//! What a pull writes and keeps.

use crate::{
    cloud::pull::{Merge, Write},
    error::SyncError,
    history::Replaced,
    local::Local as _,
    plan::{Change, version::Version},
    session::Options,
    tests::push::world::{Contents, World, contents, name, options},
};

const BASE: &str = "1\n2\n3\n4\n5\n6\n";
const THEIRS: &str = "1\n2\n3\n4\n5\ntheirs\n";

fn version(text: &str) -> Version {
    Version::of(text.as_bytes())
}

/// `a.py`, which they have renamed to `new.py` and edited.
fn renamed_and_edited(mine: &str) -> World {
    let side = |file, text| contents(&[(file, text), ("b.py", "b\n")]);
    World::new(&side("a.py", BASE), &side("a.py", mine), &side("new.py", THEIRS))
}

#[test]
fn a_file_that_they_rename_and_edit_is_written_once_with_their_text() {
    let world = renamed_and_edited(BASE);
    let pulled = world.pull();
    let expected =
        Write::Rename { from: name("a.py"), to: name("new.py"), content: Default::default() };
    assert_eq!(pulled.writes, [expected]);
    assert_eq!(world.local(), world.cloud());
    world.assert_in_step();
}

#[test]
fn a_merge_of_a_renamed_file_is_written_under_its_new_name() {
    let mut merging = options();
    merging.merge = true;
    let mine = "mine\n2\n3\n4\n5\n6\n";
    let world = renamed_and_edited(mine);
    // Another rename, whose content stays as it is.
    world.they_save("beside.py", "x\n");
    let pulled = world.try_pull(&merging).unwrap();
    assert_eq!(pulled.merged, [Merge { name: name("new.py"), overlaps: false }], "{pulled:?}");
    let expected = contents(&[
        ("b.py", "b\n"),
        ("beside.py", "x\n"),
        ("new.py", "mine\n2\n3\n4\n5\ntheirs\n"),
    ]);
    assert_eq!(world.local(), expected);
}

#[test]
fn a_pull_says_in_the_history_when_and_what_it_was() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.they_save("a.py", "2\n");
    let mut options = options();
    (options.now, options.command) = (7, "pull --force".to_owned());
    world.try_pull(&options).unwrap();
    let history = world.here.history().unwrap();
    assert_eq!((history[0].at, history[0].command.as_str()), (7, "pull --force"));
    let (before, after) = (Some(version("1\n")), Some(version("2\n")));
    assert_eq!(history[0].here, [Replaced { name: name("a.py"), before, after }]);
}

#[test]
fn a_first_pull_has_nothing_to_go_back_to() {
    let world = World::new(&Contents::new(), &Contents::new(), &contents(&[("a.py", "1\n")]));
    assert_eq!(world.pull().writes.len(), 1);
    assert_eq!(world.here.history().unwrap(), []);
}

#[test]
fn a_push_says_in_the_history_when_and_what_it_was() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.save("a.py", "2\n");
    let mut options = options();
    (options.now, options.command) = (9, "push".to_owned());
    world.try_push(&options).unwrap();
    let history = world.here.history().unwrap();
    assert_eq!((history[0].at, history[0].command.as_str()), (9, "push"));
}

#[test]
fn a_push_that_nobody_checks_keeps_the_texts_that_it_sent() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "2\n");
    let mut options = options();
    options.verify = false;
    world.try_push(&options).unwrap();
    assert_eq!(world.here.object(version("2\n").object).unwrap(), "2\n");
}

fn pulled(of: usize, deleted: usize, options: &Options) -> Result<usize, SyncError> {
    let files: Vec<String> = (0..of).map(|number| format!("f{number}.py")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "same\n")).collect();
    let base = contents(&files);
    let world = World::new(&base, &base, &contents(&files[deleted..]));
    world.try_pull(options).map(|pulled| {
        let is_removal = |write: &&Write| matches!(write, Write::Remove(_));
        pulled.writes.iter().filter(is_removal).count()
    })
}

#[test]
fn more_than_half_and_more_than_ten_deletions_are_asked_for_here_too() {
    assert_eq!(pulled(12, 10, &options()).unwrap(), 10, "ten are not many");
    assert_eq!(pulled(22, 11, &options()).unwrap(), 11, "half are not many");
    let error = pulled(21, 11, &options()).unwrap_err();
    assert!(matches!(error, SyncError::ManyDeletions { files: 11, of: 21, .. }), "{error}");
    let mut emptied = options();
    emptied.accept_empty = true;
    assert_eq!(pulled(12, 12, &emptied).unwrap(), 12, "all were allowed");
    assert!(pulled(21, 11, &emptied).is_err(), "and these are not all");
    let mut many = options();
    many.delete_many = true;
    assert_eq!(pulled(21, 11, &many).unwrap(), 11);
}

#[test]
fn a_plan_is_empty_without_changes_and_conflicts() {
    let world = World::in_step(&[("a.py", "1\n")]);
    assert!(world.status().plan.is_empty());
    world.they_save("a.py", "2\n");
    let plan = world.status().plan;
    assert!(!plan.is_empty() && plan.pull == [Change::Update(name("a.py"))]);
    world.save("a.py", "3\n");
    let plan = world.status().plan;
    assert!(!plan.is_empty() && plan.pull.is_empty() && plan.conflicts.len() == 1);
    world.pull();
    world.they_save("a.py", "1\n");
    let plan = world.status().plan;
    assert!(!plan.is_empty() && plan.push == [Change::Update(name("a.py"))], "{plan:?}");
}
