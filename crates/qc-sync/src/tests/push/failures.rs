//! What a push leaves when requests fail.

use qc_emulator::{Fault, Rule};
use qc_files::ErrorKind;

use crate::{
    cloud::push::Reason,
    error::SyncError,
    plan::Change,
    tests::push::world::{World, contents, name},
};

fn refusal() -> Fault {
    Fault::Refusal("No.".to_owned())
}

#[test]
fn files_are_replaced_where_nothing_has_changed_and_the_patch_is_refused_all_the_same() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.save("a.py", "3\n");
    world.save("b.py", "4\n");
    world.emulator().add_rule(Rule::new(refusal()).on("files/patch"));
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (2, 0), "{pushed:?}");
    let requests = ["files/patch", "files/read", "files/update", "files/update", "files/read"];
    assert_eq!(world.paths(), requests);
    world.assert_in_step();
}

#[test]
fn odd_names_are_replaced_where_the_service_takes_no_patch_of_them() {
    let world = World::in_step(&[("plain.py", "1\n"), ("d e.py", "1\n"), ("ü.py", "1\n")]);
    for file in ["plain.py", "d e.py", "ü.py"] {
        world.save(file, "2\n");
    }
    let pushed = world.push_while("files/patch", 2, || {
        world.emulator().add_rule(Rule::new(refusal()).on("files/patch"));
    });
    let [read, patch, update] = ["files/read", "files/patch", "files/update"];
    assert_eq!(world.paths(), [read, patch, patch, read, update, update, read]);
    assert_eq!((pushed.done.len(), pushed.failed.len()), (3, 0), "{pushed:?}");
    world.assert_in_step();
}

#[test]
fn nothing_is_replaced_while_others_change_what_the_patch_was_refused_for() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.save("a.py", "mine\n");
    world.save("b.py", "mine\n");
    world.emulator().add_rule(Rule::new(refusal()).on("files/patch"));
    let pushed = world.push_while("files/read", 1, || world.they_save("a.py", "theirs\n"));
    assert_eq!(pushed.done, [Change::Update(name("b.py"))]);
    assert_eq!(pushed.conflicts.len(), 1);
    assert!(!world.paths().contains(&"files/update".to_owned()), "{:?}", world.paths());
    assert_eq!(world.cloud()[&name("a.py")], "theirs\n");
}

#[test]
fn a_patch_whose_answer_is_lost_is_looked_at_before_it_is_sent_again() {
    for (fault, requests) in [
        (Fault::DropAfter, &["files/patch", "files/read"][..]),
        (Fault::DropBefore, &["files/patch", "files/read", "files/patch", "files/read"]),
    ] {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
        world.save("a.py", "3\n");
        world.emulator().add_rule(Rule::new(fault.clone()).on("files/patch"));
        let pushed = world.push();
        assert_eq!((pushed.done.len(), pushed.failed.len()), (1, 0), "{fault:?}: {pushed:?}");
        assert_eq!(world.paths(), requests, "{fault:?}");
        world.assert_in_step();
    }
}

#[test]
fn what_is_refused_is_named_and_the_rest_goes_on() {
    let before = contents(&[("a.py", "1\n"), ("keep.py", "keep\n")]);
    let here = contents(&[("b.py", "2\n"), ("c.py", "3\n"), ("keep.py", "keep\n")]);
    let world = World::new(&before, &here, &before);
    world.emulator().add_rule(Rule::new(refusal()).on("files/create"));
    let pushed = world.push();
    assert_eq!(pushed.done, [Change::Create(name("c.py")), Change::Delete(name("a.py"))]);
    let failed = &pushed.failed[0];
    assert_eq!(failed.change, Change::Create(name("b.py")));
    assert_eq!(failed.error().unwrap().kind(), ErrorKind::Refused);
    assert!(world.push().failed.is_empty(), "another push goes on from there");
    world.assert_in_step();
}

#[test]
fn what_was_changed_here_after_the_look_is_left_for_another_push() {
    let before = contents(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    let here = contents(&[("a.py", "2\n"), ("b.py", "2\n"), ("c.py", "1\n"), ("d.py", "2\n")]);
    let world = World::new(&before, &here, &before);
    let pushed = world.push_while("files/read", 1, || {
        world.save("a.py", "typed in the meantime\n");
        world.delete("d.py");
    });
    assert_eq!(pushed.done, [Change::Update(name("b.py"))]);
    let left: Vec<_> = pushed.failed.iter().map(|failed| failed.change.clone()).collect();
    assert_eq!(left, [Change::Create(name("d.py")), Change::Update(name("a.py"))]);
    assert!(pushed.failed.iter().all(|failed| matches!(failed.reason, Reason::ChangedHere)));
    assert_eq!(world.cloud()[&name("a.py")], "1\n");
    assert_eq!(world.push().done, [Change::Update(name("a.py"))]);
    world.assert_in_step();
}

#[test]
fn a_file_that_was_empty_only_while_it_was_saved_loses_nothing() {
    for (endpoint, requests) in [("files/read", 2), ("files/update", 5), ("files/delete", 5)] {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
        world.save("a.py", "");
        let pushed = world.push_while(endpoint, 1, || world.save("a.py", "2\n"));
        assert_eq!(world.paths().len(), requests, "{endpoint}: {:?}", world.paths());
        assert!(matches!(pushed.failed[0].reason, Reason::ChangedHere), "{endpoint}: {pushed:?}");
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{endpoint}: {pushed:?}");
        assert_eq!(world.cloud()[&name("a.py")], "2\n", "{endpoint}");
        world.assert_in_step();
    }
}

#[test]
fn a_file_that_is_emptied_is_not_taken_for_another_empty_one_that_was_moved() {
    let base = contents(&[("a.py", ""), ("b.py", "1\n"), ("keep.py", "keep\n")]);
    let here = contents(&[("b.py", ""), ("keep.py", "keep\n")]);
    let there = contents(&[("a.py", "theirs\n"), ("b.py", "1\n"), ("keep.py", "keep\n")]);
    let world = World::new(&base, &here, &there);
    let pushed = world.push();
    assert_eq!(pushed.conflicts[0].name, name("a.py"), "{pushed:?}");
    assert_eq!(world.cloud()[&name("a.py")], "theirs\n");
    assert_eq!(world.cloud()[&name("b.py")], "");
}

const ACQUIRE: &str = "projects/collaboration/lock/acquire";

#[test]
fn a_project_that_is_held_elsewhere_is_taken_once_and_read_before_it_is_written() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.emulator().lock(world.id, "web-ide");
    world.save("a.py", "2\n");
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (1, 0), "{pushed:?}");
    assert_eq!(world.paths(), ["files/patch", ACQUIRE, "files/read", "files/patch", "files/read"]);

    for endpoint in ["files/create", "files/update", "files/patch", "files/delete"] {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n"), ("old.py", "3\n")]);
        world.save("a.py", "one\n");
        world.rename("b.py", "moved.py");
        world.save("new.py", "4\n");
        world.delete("old.py");
        let id = world.id;
        let pushed = world.push_while(endpoint, 1, || world.emulator().lock(id, "web-ide"));
        assert_eq!((pushed.done.len(), pushed.failed.len()), (4, 0), "{endpoint}: {pushed:?}");
        let asked = world.paths().iter().filter(|path| *path == ACQUIRE).count();
        assert_eq!(asked, 1, "{endpoint}");
        world.assert_in_step();
    }
}

#[test]
fn a_first_push_takes_edit_control_too() {
    let world = World::untouched();
    for number in 0..9 {
        world.save(&format!("{number}.py"), "1\n");
    }
    world.pull();
    world.emulator().lock(world.id, "web-ide");
    assert!(world.push().failed.is_empty());
    let [read, update] = ["files/read", "projects/update"];
    assert_eq!(world.paths()[1..], [read, update, ACQUIRE, read, update, read]);
    world.assert_in_step();
}

#[test]
fn where_edit_control_is_refused_the_first_refusal_is_told() {
    for refusal in ["Endpoint not found", "You have no write permission"] {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
        world.emulator().lock(world.id, "web-ide");
        let refusal = Fault::Refusal(refusal.to_owned());
        world.emulator().add_rule(Rule::new(refusal).on(ACQUIRE).always());
        world.save("a.py", "2\n");
        let pushed = world.push();
        assert_eq!(world.paths(), ["files/patch", ACQUIRE]);
        let error = pushed.failed[0].error().unwrap();
        assert_eq!((error.kind(), error.endpoint()), (ErrorKind::Locked, "files/patch"));
        assert!(error.messages()[0].contains("edited in web-ide"), "{error}");
    }
}

#[test]
fn a_deletion_that_was_left_over_hides_no_refusal() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.delete("b.py");
    world.push_dropped_before("files/delete", 1);
    world.save("a.py", "2\n");
    world.emulator().lock(world.id, "web-ide");
    world.emulator().add_rule(Rule::new(refusal()).on(ACQUIRE).always());
    let pushed = world.try_push(&crate::tests::push::world::options());
    assert!(
        matches!(&pushed, Err(SyncError::Cloud(error)) if error.kind() == ErrorKind::Locked),
        "{pushed:?}"
    );
    world.emulator().unlock(world.id);
    assert!(world.push().failed.is_empty());
    world.assert_in_step();
}

#[test]
fn a_locked_project_stops_the_push_and_deletes_nothing() {
    let before = contents(&[("a.py", "1\n"), ("b.py", "1\n")]);
    let world = World::new(&before, &contents(&[("c.py", "2\n"), ("b.py", "2\n")]), &before);
    let locked = Fault::Refusal("You have no write permission".to_owned());
    for endpoint in ["files/create", "files/update", "files/delete"] {
        world.emulator().add_rule(Rule::new(locked.clone()).on(endpoint).always());
    }
    let pushed = world.push();
    let [read, create] = ["files/read", "files/create"];
    assert_eq!(world.paths(), [read, create, ACQUIRE, read, create, read]);
    assert_eq!(pushed.failed.len(), 3);
    assert_eq!(pushed.failed[0].error().unwrap().kind(), ErrorKind::Locked);
    let are_not_tried =
        pushed.failed[1..].iter().all(|failed| matches!(failed.reason, Reason::NotTried));
    assert!(are_not_tried, "{pushed:?}");
    assert_eq!(world.cloud(), before);
}

#[test]
fn a_locked_project_refuses_edits_too() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "2\n");
    let locked = Fault::Refusal("You have no write permission".to_owned());
    world.emulator().add_rule(Rule::new(locked).on("files/patch").always());
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (0, 1));
    assert_eq!(pushed.failed[0].error().unwrap().kind(), ErrorKind::Locked);
    assert_eq!(world.paths(), ["files/patch", ACQUIRE, "files/read", "files/patch", "files/read"]);
    assert!(pushed.unchecked.is_none());
    // The next one goes on.
    world.emulator().clear_faults();
    world.push();
    world.assert_in_step();
}

#[test]
fn a_push_that_cannot_look_says_so_and_the_next_one_finds_what_was_done() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "2\n");
    world.emulator().add_rule(Rule::new(refusal()).on("files/read").always());
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.verified), (1, false));
    assert!(pushed.unchecked.is_some());
    world.emulator().clear_faults();
    let pushed = world.push();
    assert!(pushed.done.is_empty() && pushed.conflicts.is_empty(), "{pushed:?}");
    world.assert_in_step();
}

#[test]
fn a_push_that_is_killed_at_its_disk_loses_nothing() {
    for fuse in 1..8 {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
        world.save("a.py", "2\n");
        world.delete("b.py");
        world.save("new.py", "new\n");
        world.here.fuse.set(Some(fuse));
        let _ = world.try_push(&crate::tests::push::world::options());
        let was_killed = world.here.is_dead();
        world.here.fuse.set(None);
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{fuse}: {pushed:?}");
        assert!(was_killed || fuse > 3, "{fuse}");
        world.assert_in_step();
    }
}

#[test]
fn a_disk_that_is_full_after_the_patch_hides_nothing_of_what_was_done() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.save("a.py", "3\n");
    world.save("b.py", "4\n");
    // The history can be written, and the new texts cannot.
    world.here.fuse.set(Some(2));
    let pushed = world.push();
    assert_eq!(pushed.done, [Change::Update(name("a.py")), Change::Update(name("b.py"))]);
    assert!(matches!(pushed.unchecked, Some(SyncError::Folder(_))), "{pushed:?}");
    assert_eq!(world.cloud()[&name("b.py")], "4\n");
    world.here.fuse.set(None);
    assert!(world.push().failed.is_empty());
    world.assert_in_step();
}

#[test]
fn without_a_history_nothing_is_sent() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.save("a.py", "2\n");
    world.here.fuse.set(Some(1));
    let pushed = world.try_push(&crate::tests::push::world::options());
    assert!(matches!(pushed, Err(SyncError::Folder(_))), "{pushed:?}");
    assert_eq!(world.paths(), [""; 0]);
}

#[test]
fn one_edit_is_sent_as_a_whole_when_its_patch_is_refused_although_nothing_has_changed() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.save("a.py", "3\n");
    world.emulator().add_rule(Rule::new(refusal()).on("files/patch"));
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (1, 0), "{pushed:?}");
    assert_eq!(world.paths(), ["files/patch", "files/read", "files/update", "files/read"]);
}

#[test]
fn a_conflict_is_no_failure_and_a_failure_no_conflict() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.save("a.py", "mine\n");
    world.they_save("a.py", "theirs\n");
    world.save("c.py", "new\n");
    world.emulator().add_rule(Rule::new(refusal()).on("files/create").always());
    let pushed = world.push();
    let failed: Vec<&Change> = pushed.failed.iter().map(|failed| &failed.change).collect();
    assert_eq!(failed, [&Change::Create(name("c.py"))]);
    assert_eq!(pushed.conflicts.len(), 1);
    assert_eq!(pushed.conflicts[0].name, name("a.py"));
}

#[test]
fn a_file_that_was_empty_is_not_patched_unread() {
    let world = World::in_step(&[("a.py", ""), ("b.py", "2\n")]);
    world.save("a.py", "3\n");
    let pushed = world.push();
    assert_eq!(pushed.done, [Change::Update(name("a.py"))]);
    assert_eq!(world.paths()[0], "files/read");
    world.assert_in_step();
}
