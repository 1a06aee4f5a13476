//! What becomes of deletions, renames and emptied files when other people save meanwhile.

use qc_emulator::{Fault, Rule};

use crate::{
    error::SyncError,
    plan::{Change, Conflict, Side, selection::Selection},
    tests::push::world::{World, contents, name, options},
};

const ASIDE: &str = "deleted-by-qc-0a1b2c3d/a.py";

fn deleted_and_edited() -> Conflict {
    Conflict { name: name("a.py"), local: Side::Deleted, remote: Side::Updated }
}

/// A file that I have deleted.
fn deleted() -> World {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.delete("a.py");
    world
}

#[test]
fn a_file_that_they_edit_before_it_is_set_aside_is_brought_back() {
    let world = deleted();
    let pushed = world.push_while("files/update", 1, || world.they_save("a.py", "theirs\n"));
    assert_eq!(pushed.conflicts, [deleted_and_edited()]);
    assert!(pushed.done.is_empty() && pushed.failed.is_empty(), "{pushed:?}");
    assert_eq!(world.cloud(), contents(&[("a.py", "theirs\n"), ("b.py", "1\n")]));
}

#[test]
fn a_file_that_they_make_anew_while_it_is_set_aside_stays() {
    for (endpoint, nth) in [("files/read", 2), ("files/delete", 1)] {
        let world = deleted();
        let pushed = world.push_while(endpoint, nth, || world.they_save("a.py", "theirs\n"));
        assert!(pushed.failed.is_empty(), "{pushed:?}");
        assert_eq!(world.cloud(), contents(&[("a.py", "theirs\n"), ("b.py", "1\n")]));
        // What was not seen by this push is told by the next command.
        let plan = world.status().plan;
        let is_told =
            plan.conflicts == [deleted_and_edited()] || plan.pull == [Change::Create(name("a.py"))];
        assert!(is_told, "{endpoint}: {plan:?}");
    }
}

#[test]
fn two_texts_of_theirs_are_both_kept() {
    // A push that was cut off has set a text aside that nobody here has seen, and the name is taken while it is brought
    // back.
    let world = deleted();
    world.push_dropped_before("files/read", 2);
    world.they_save(ASIDE, "seen by nobody\n");
    world.push_while("files/update", 1, || world.they_save("a.py", "theirs\n"));
    assert_eq!(world.cloud(), contents(&[("a.py", "theirs\n"), ("b.py", "1\n")]));
    assert!(world.here.texts().contains("seen by nobody\n"));
    // The push has not seen that one; the next command tells it.
    assert_eq!(world.status().plan.pull, [Change::Create(name("a.py"))]);
}

#[test]
fn a_deletion_that_was_cut_off_is_finished_by_the_next_push() {
    for (endpoint, nth, is_aside) in
        [("files/update", 1, false), ("files/read", 2, true), ("files/delete", 1, true)]
    {
        let world = deleted();
        world.push_dropped_before(endpoint, nth);
        assert_eq!(world.cloud().contains_key(&name(ASIDE)), is_aside);
        assert_eq!(world.status().set_aside.len(), usize::from(is_aside));
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{pushed:?}");
        world.assert_in_step();
    }
}

#[test]
fn a_text_that_was_cut_off_with_its_deletion_is_brought_back() {
    // They saved between the first reading and the rename, which took their text along; then the push was cut off.
    let world = deleted();
    world.push_dropped_before("files/read", 2);
    world.they_save(ASIDE, "theirs\n");
    let pushed = world.push();
    assert_eq!(pushed.conflicts, [deleted_and_edited()]);
    assert_eq!(world.cloud(), contents(&[("a.py", "theirs\n"), ("b.py", "1\n")]));
}

#[test]
fn what_another_folder_has_set_aside_is_its_own() {
    let world = deleted();
    let theirs = "deleted-by-qc-ffffffff/a.py";
    world.they_save(theirs, "1\n");
    world.push();
    world.pull();
    assert_eq!(world.cloud(), contents(&[("b.py", "1\n"), (theirs, "1\n")]));
    assert_eq!(world.local(), contents(&[("b.py", "1\n")]));
}

#[test]
fn a_file_that_they_delete_first_is_done() {
    let world = deleted();
    let id = world.id;
    let pushed = world.push_while("files/update", 1, || world.emulator().remove_file(id, "a.py"));
    assert_eq!((pushed.done, pushed.failed.len()), (vec![Change::Delete(name("a.py"))], 0));
    world.assert_in_step();
}

#[test]
fn a_renamed_file_takes_their_edit_along() {
    for (endpoint, nth) in [("files/read", 1), ("files/update", 1)] {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1 2\n")]);
        world.rename("a.py", "pkg/new.py");
        let pushed = world.push_while(endpoint, nth, || world.they_save("a.py", "theirs\n"));
        let rename = Change::Rename { from: name("a.py"), to: name("pkg/new.py") };
        assert_eq!((pushed.done, pushed.failed.len()), (vec![rename], 0), "{endpoint}");
        assert_eq!(pushed.incoming, [Change::Update(name("pkg/new.py"))], "{endpoint}");
        assert!(pushed.conflicts.is_empty());
        assert_eq!(world.cloud(), contents(&[("pkg/new.py", "theirs\n"), ("b.py", "1 2\n")]));
        world.pull();
        world.assert_in_step();
    }
}

#[test]
fn a_file_that_is_renamed_and_edited_here_and_edited_there_is_a_conflict_under_its_new_name() {
    let world = World::in_step(&[("a.py", "1\n2\n3\n4\n5\n"), ("b.py", "b\n")]);
    world.rename("a.py", "new.py");
    world.save("new.py", "mine\n2\n3\n4\n5\n");
    let pushed =
        world.push_while("files/patch", 1, || world.they_save("new.py", "1\n2\n3\n4\ntheirs\n"));
    let conflict = Conflict { name: name("new.py"), local: Side::Updated, remote: Side::Updated };
    assert_eq!(pushed.conflicts, [conflict]);
    assert_eq!(pushed.done.len(), 1, "the rename is done: {pushed:?}");
    assert_eq!(world.cloud()[&name("new.py")], "1\n2\n3\n4\ntheirs\n");
    assert_eq!(world.local()[&name("new.py")], "mine\n2\n3\n4\n5\n");
    assert_eq!(world.cloud().len(), 2);
}

#[test]
fn a_moved_and_edited_file_is_no_new_file() {
    let world = World::in_step(&[("a.py", "1\n2\n3\n4\n5\n"), ("b.py", "b\n")]);
    world.rename("a.py", "pkg/a.py");
    world.save("pkg/a.py", "1\n2\n3\n4\nfive\n");
    let pushed = world.push();
    let rename = Change::Rename { from: name("a.py"), to: name("pkg/a.py") };
    assert_eq!(pushed.done, [rename, Change::Update(name("pkg/a.py"))]);
    let applied: Vec<_> =
        world.emulator().applied().iter().map(|applied| applied.endpoint).collect();
    assert_eq!(applied, ["files/update", "files/patch"]);
    world.assert_in_step();
}

#[test]
fn a_name_that_they_take_before_a_rename_is_theirs() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "b\n")]);
    world.rename("a.py", "new.py");
    let pushed = world.push_while("files/update", 1, || world.they_save("new.py", "theirs\n"));
    let conflict = Conflict { name: name("new.py"), local: Side::Created, remote: Side::Created };
    assert_eq!(pushed.conflicts, [conflict]);
    assert_eq!(world.cloud()[&name("new.py")], "theirs\n");
    assert_eq!(world.local()[&name("new.py")], "1\n");
}

#[test]
fn an_emptied_file_is_empty_in_the_cloud() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n"), ("pkg/__init__.py", "x\n")]);
    world.save("a.py", "");
    world.save("pkg/__init__.py", "");
    world.save("lib/__init__.py", "");
    let pushed = world.push();
    assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{pushed:?}");
    assert_eq!(world.cloud()[&name("a.py")], "");
    world.assert_in_step();
}

#[test]
fn an_emptied_file_loses_no_text_of_theirs() {
    for (endpoint, nth) in
        [("files/update", 1), ("files/read", 2), ("files/delete", 1), ("files/create", 1)]
    {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
        world.save("a.py", "");
        let pushed = world.push_while(endpoint, nth, || world.they_save("a.py", "theirs\n"));
        assert_eq!(pushed.conflicts.len(), 1, "{endpoint}: {pushed:?}");
        assert_eq!(world.cloud()[&name("a.py")], "theirs\n", "{endpoint}");
        assert_eq!(world.local()[&name("a.py")], "", "{endpoint}");
    }
}

/// An editor that empties a file before it writes may be seen between the two.
#[test]
fn a_file_that_is_written_while_it_is_emptied_in_the_cloud_is_no_conflict() {
    for (endpoint, nth) in
        [("files/update", 1), ("files/read", 2), ("files/delete", 1), ("files/read", 3)]
    {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
        world.save("a.py", "");
        world.push_while(endpoint, nth, || world.save("a.py", "2\n"));
        let pushed = world.push();
        assert!(pushed.conflicts.is_empty() && pushed.failed.is_empty(), "{endpoint}: {pushed:?}");
        assert_eq!(world.cloud()[&name("a.py")], "2\n", "{endpoint}");
        world.assert_in_step();
    }
}

#[test]
fn an_emptied_file_whose_push_was_cut_off_is_emptied_by_the_next() {
    for (endpoint, nth) in
        [("files/update", 1), ("files/read", 2), ("files/delete", 1), ("files/create", 1)]
    {
        let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
        world.save("a.py", "");
        world.push_dropped_before(endpoint, nth);
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{endpoint}: {pushed:?}");
        world.assert_in_step();
    }
}

#[test]
fn more_than_half_and_more_than_ten_deletions_are_asked_for() {
    let files: Vec<String> = (0..20).map(|number| format!("f{number}.py")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "same\n")).collect();
    for (deleted, is_refused) in [(10, false), (11, true), (19, true)] {
        let world = World::in_step(&files);
        for (file, _) in &files[..deleted] {
            world.delete(file);
        }
        if is_refused {
            let error = world.try_push(&options()).unwrap_err();
            assert!(
                matches!(error, SyncError::ManyDeletions { files, of: 20, .. } if files == deleted),
                "{error}"
            );
            assert_eq!(world.cloud().len(), 20);
        }
        let mut options = options();
        options.delete_many = is_refused;
        assert_eq!(world.try_push(&options).unwrap().done.len(), deleted);
        world.assert_in_step();
    }
    // It is the same here.
    let world = World::in_step(&files);
    let id = world.id;
    for (file, _) in &files[..11] {
        world.emulator().remove_file(id, file);
    }
    let error = world.try_pull(&options()).unwrap_err();
    assert!(matches!(error, SyncError::ManyDeletions { files: 11, of: 20, .. }), "{error}");
    assert_eq!(world.local().len(), 20);
    let mut options = options();
    options.delete_many = true;
    world.try_pull(&options).unwrap();
    world.assert_in_step();
}

#[test]
fn a_text_that_cannot_be_brought_back_stays_set_aside_and_is_told() {
    let world = deleted();
    world.push_dropped_before("files/read", 2);
    world.they_save(ASIDE, "theirs\n");
    let refusal = Fault::Refusal("Too odd.".to_owned());
    world.emulator().add_rule(Rule::new(refusal).on("files/update").always());
    let pushed = world.push();
    assert_eq!(world.cloud()[&name(ASIDE)], "theirs\n");
    let told: Vec<_> = pushed.failed.iter().filter_map(|failed| failed.error()).collect();
    assert!(told.iter().any(|error| error.to_string().contains("Too odd.")), "{pushed:?}");
}

#[test]
fn a_push_of_other_files_leaves_what_is_set_aside() {
    let world = deleted();
    world.push_dropped_before("files/read", 2);
    world.save("b.py", "2\n");
    let mut options = options();
    options.only = Selection::paths(["b.py"]);
    let pushed = world.try_push(&options).unwrap();
    assert_eq!(pushed.done, [Change::Update(name("b.py"))]);
    assert_eq!(world.cloud(), contents(&[(ASIDE, "1\n"), ("b.py", "2\n")]));
}
