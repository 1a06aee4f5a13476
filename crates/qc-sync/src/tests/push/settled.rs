//! Choices, line ends, and projects and folders that have lost their files.

use crate::{
    error::SyncError,
    plan::{Change, selection::Selection},
    tests::push::world::{Contents, World, contents, name, options},
};

#[test]
fn an_answer_without_its_list_deletes_nothing_here() {
    let before = contents(&[("a.py", "1\n"), ("b.py", "2\n")]);
    let world = World::new(&before, &before, &Contents::new());
    let error = world.try_pull(&options()).unwrap_err();
    assert!(matches!(error, SyncError::Emptied { had: 2 }), "{error}");
    let error = world.try_push(&options()).unwrap_err();
    assert!(matches!(error, SyncError::Emptied { had: 2 }), "{error}");
    assert_eq!(world.local(), before);
}

#[test]
fn a_folder_without_its_files_deletes_nothing_in_the_cloud() {
    let before = contents(&[("a.py", "1\n"), ("b.py", "2\n")]);
    let world = World::new(&before, &Contents::new(), &before);
    let error = world.try_push(&options()).unwrap_err();
    assert!(matches!(error, SyncError::EmptiedHere { had: 2 }), "{error}");
    assert_eq!((world.cloud(), world.paths().len()), (before, 0));
    let mut options = options();
    options.accept_empty = true;
    assert_eq!(world.try_push(&options).unwrap().done.len(), 2);
    assert_eq!(world.cloud(), Contents::new());
}

#[test]
fn a_name_that_no_file_can_have_is_left_alone() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.save("a.py", "2\n");
    world.they_save("../x", "outside");
    world.push();
    world.pull();
    assert_eq!(world.emulator().file(world.id, "../x"), Some("outside"));
    assert_eq!(world.local(), contents(&[("a.py", "2\n")]));
}

#[test]
fn line_ends_alone_are_sent_when_they_are_asked_for_by_name() {
    for (mine, theirs) in [("1\r\n2\r\n", "1\n2\n"), ("1\n2", "1\n2\n"), ("1\n2\n", "1\r\n2")] {
        let world = World::in_step(&[("a.py", theirs), ("b.py", "1\n")]);
        world.save("a.py", mine);
        let status = world.status();
        assert!(status.plan.is_empty(), "{status:?}");
        assert_eq!(status.line_ends, [name("a.py")]);

        assert!(world.push().done.is_empty());
        let mut everything = options();
        everything.ours = Selection::all();
        assert!(world.try_push(&everything).unwrap().done.is_empty());
        assert_eq!(world.cloud()[&name("a.py")], theirs);

        let mut by_name = options();
        by_name.ours = Selection::paths(["a.py"]);
        let pushed = world.try_push(&by_name).unwrap();
        assert_eq!((pushed.done, pushed.failed.len()), (vec![Change::Update(name("a.py"))], 0));
        assert_eq!(world.cloud()[&name("a.py")], mine);
        assert!(world.status().line_ends.is_empty());
    }
}

#[test]
fn line_ends_alone_are_brought_when_they_are_asked_for_by_name() {
    let world = World::in_step(&[("a.py", "1\n2\n"), ("b.py", "1\n")]);
    world.save("a.py", "1\r\n2\r\n");
    assert!(world.pull().writes.is_empty());
    let mut by_name = options();
    by_name.theirs = Selection::paths(["a.py"]);
    world.try_pull(&by_name).unwrap();
    world.assert_in_step();
}

#[test]
fn ours_sends_a_file_over_what_the_push_has_read_and_over_nothing_else() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    for file in ["a.py", "b.py"] {
        world.save(file, "mine\n");
        world.they_save(file, "theirs\n");
    }
    world.delete("c.py");
    world.they_save("c.py", "theirs of c\n");
    let mut options = options();
    options.ours = Selection::paths(["a.py", "c.py"]);
    let pushed = world.try_push(&options).unwrap();
    assert_eq!(pushed.done, [Change::Update(name("a.py")), Change::Delete(name("c.py"))]);
    assert_eq!(pushed.conflicts.len(), 1, "{pushed:?}");
    assert_eq!(world.cloud(), contents(&[("a.py", "mine\n"), ("b.py", "theirs\n")]));
    // What it replaced can be had back.
    let texts = world.here.texts();
    assert!(texts.contains("theirs\n") && texts.contains("theirs of c\n"), "{texts:?}");
}

#[test]
fn theirs_keeps_in_the_cloud_what_only_this_side_changed_or_deleted() {
    let world =
        World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n"), ("d.py", "4\n")]);
    world.save("a.py", "mine\n");
    world.delete("b.py");
    world.save("c.py", "mine\n");
    world.rename("d.py", "new.py");
    let mut options = options();
    options.theirs = Selection::paths(["a.py", "b.py"]);
    let pushed = world.try_push(&options).unwrap();
    let rename = Change::Rename { from: name("d.py"), to: name("new.py") };
    assert_eq!(pushed.done, [rename, Change::Update(name("c.py"))]);
    assert_eq!(pushed.incoming, [Change::Create(name("b.py")), Change::Update(name("a.py"))]);
    world.try_pull(&options).unwrap();
    assert_eq!(world.local()[&name("a.py")], "1\n");
    assert!(world.here.texts().contains("mine\n"), "what a pull replaces is kept");
    world.assert_in_step();
}

#[test]
fn a_push_of_some_files_leaves_the_others_alone() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("pkg/c.py", "1\n")]);
    world.save("a.py", "2\n");
    world.delete("b.py");
    world.save("pkg/c.py", "2\n");
    let mut options = options();
    options.only = Selection::paths(["pkg"]);
    assert_eq!(world.try_push(&options).unwrap().done, [Change::Update(name("pkg/c.py"))]);
    assert_eq!(world.cloud(), contents(&[("a.py", "1\n"), ("b.py", "1\n"), ("pkg/c.py", "2\n")]));
    world.push();
    world.assert_in_step();
}
