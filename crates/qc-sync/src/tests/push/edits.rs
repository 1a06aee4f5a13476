//! What becomes of edits when other people save meanwhile.

use crate::{
    plan::{Change, Conflict, Side},
    tests::push::world::{World, name},
};

fn lines(count: usize) -> String {
    (1..=count).map(|number| format!("line {number}\n")).collect()
}

fn both_edited(file: &str) -> Conflict {
    Conflict { name: name(file), local: Side::Updated, remote: Side::Updated }
}

#[test]
fn an_edit_of_a_file_that_they_replace_is_a_conflict() {
    let world = World::in_step(&[("a.py", &lines(40)), ("b.py", "1\n")]);
    let mine = lines(40).replace("line 5\n", "mine\n");
    world.save("a.py", &mine);
    let pushed = world.push_while("files/patch", 1, || world.they_save("a.py", "all new\n"));
    assert_eq!((pushed.done, pushed.failed.len()), (vec![], 0));
    assert_eq!(pushed.conflicts, [both_edited("a.py")]);
    assert_eq!(world.cloud()[&name("a.py")], "all new\n");
    assert_eq!(world.local()[&name("a.py")], mine);
    assert_eq!(world.paths(), ["files/patch", "files/read"]);

    // Pushed again, it is the same.
    assert_eq!(world.push().conflicts, [both_edited("a.py")]);
    assert_eq!(world.cloud()[&name("a.py")], "all new\n");
}

#[test]
fn an_edit_far_from_a_line_that_they_put_in_front_is_a_conflict() {
    let world = World::in_step(&[("a.py", &lines(40)), ("b.py", "1\n")]);
    let (mine, theirs) =
        (lines(40).replace("line 30\n", "mine\n"), format!("theirs\n{}", lines(40)));
    world.save("a.py", &mine);
    let pushed = world.push_while("files/patch", 1, || world.they_save("a.py", &theirs));
    assert_eq!(pushed.conflicts, [both_edited("a.py")]);
    assert_eq!(world.cloud()[&name("a.py")], theirs);
    assert_eq!(world.local()[&name("a.py")], mine);
}

#[test]
fn an_edit_of_a_file_that_they_rename_follows_it() {
    let world = World::in_step(&[("a.py", &lines(40)), ("b.py", "1\n")]);
    let mine = lines(40).replace("line 30\n", "mine\n");
    world.save("a.py", &mine);
    let pushed = world.push_while("files/patch", 1, || {
        world.they_save("new.py", &lines(40));
        let id = world.id;
        world.emulator().remove_file(id, "a.py");
    });
    assert!(pushed.conflicts.is_empty() && pushed.failed.is_empty(), "{pushed:?}");
    let rename = Change::Rename { from: name("a.py"), to: name("new.py") };
    assert_eq!(pushed.incoming, [rename]);
    world.pull();
    world.push();
    assert_eq!(world.cloud()[&name("new.py")], mine);
    world.assert_in_step();
}

#[test]
fn an_edit_beside_one_of_theirs_goes_through_without_force() {
    let world = World::in_step(&[("a.py", "1\n2\n"), ("b.py", "1\n2\n")]);
    world.save("a.py", "mine\n2\n");
    world.save("b.py", "mine\n2\n");
    let pushed = world.push_while("files/patch", 1, || world.they_save("a.py", "theirs\n2\n"));
    assert_eq!(pushed.done, [Change::Update(name("b.py"))]);
    assert_eq!((pushed.conflicts, pushed.failed.len()), (vec![both_edited("a.py")], 0));
    let cloud = world.cloud();
    assert_eq!(
        (cloud[&name("a.py")].as_str(), cloud[&name("b.py")].as_str()),
        ("theirs\n2\n", "mine\n2\n")
    );
    assert_eq!(world.paths(), ["files/patch", "files/read", "files/patch", "files/read"]);
}

#[test]
fn a_line_that_they_append_stays_and_is_told() {
    let world = World::in_step(&[("a.py", "1\n2\n"), ("b.py", "1\n")]);
    world.save("a.py", "mine\n2\n");
    let pushed = world.push_while("files/patch", 1, || world.they_save("a.py", "1\n2\ntheirs\n"));
    assert_eq!(pushed.done, [Change::Update(name("a.py"))]);
    assert_eq!(pushed.incoming, [Change::Update(name("a.py"))]);
    assert!(pushed.conflicts.is_empty() && pushed.failed.is_empty(), "{pushed:?}");
    assert_eq!(world.cloud()[&name("a.py")], "mine\n2\ntheirs\n");
    world.pull();
    world.assert_in_step();
}

#[test]
fn what_they_save_after_the_patch_is_incoming() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "mine\n");
    let pushed = world.push_while("files/read", 1, || {
        world.they_save("a.py", "theirs\n");
        world.they_save("c.py", "new\n");
    });
    assert_eq!(pushed.done, [Change::Update(name("a.py"))]);
    assert_eq!(pushed.incoming, [Change::Create(name("c.py")), Change::Update(name("a.py"))]);
    assert!(pushed.conflicts.is_empty(), "{pushed:?}");
    assert!(world.here.texts().contains("mine\n"));
    world.pull();
    world.assert_in_step();
}

#[test]
fn a_file_that_they_create_first_is_a_conflict() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.save("new.py", "mine\n");
    world.save("other.py", "mine too\n");
    let pushed = world.push_while("files/create", 1, || world.they_save("new.py", "theirs\n"));
    assert_eq!(pushed.done, [Change::Create(name("other.py"))]);
    let conflict = Conflict { name: name("new.py"), local: Side::Created, remote: Side::Created };
    assert_eq!((pushed.conflicts, pushed.failed.len()), (vec![conflict], 0));
    assert_eq!(world.cloud()[&name("new.py")], "theirs\n");
}

#[test]
fn a_file_that_they_create_alike_is_done() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.save("new.py", "same\n");
    let pushed = world.push_while("files/create", 1, || world.they_save("new.py", "same\n"));
    assert_eq!((pushed.done.len(), pushed.failed.len(), pushed.conflicts.len()), (1, 0, 0));
    world.assert_in_step();
}

#[test]
fn an_edit_of_a_file_that_they_delete_is_a_conflict() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "mine\n");
    let id = world.id;
    let pushed = world.push_while("files/patch", 1, || world.emulator().remove_file(id, "a.py"));
    let conflict = Conflict { name: name("a.py"), local: Side::Updated, remote: Side::Deleted };
    assert_eq!((pushed.conflicts, pushed.done), (vec![conflict], vec![]));
    assert_eq!(world.local()[&name("a.py")], "mine\n");
    assert!(!world.cloud().contains_key(&name("a.py")));
}

#[test]
fn an_edit_that_they_make_alike_is_done() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    world.save("a.py", "mine\n");
    world.save("b.py", "mine\n");
    let pushed = world.push_while("files/patch", 1, || {
        world.they_save("b.py", "mine\n");
        world.they_save("c.py", "theirs\n");
    });
    assert_eq!(pushed.done, [Change::Update(name("a.py")), Change::Update(name("b.py"))]);
    assert_eq!(pushed.incoming, [Change::Update(name("c.py"))]);
    assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{pushed:?}");
}
