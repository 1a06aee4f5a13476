//! Conflicts that are brought together, or settled by name.

use std::fs;

use crate::{
    cloud::pull::{Merge, Pull},
    plan::{Change, selection::Selection},
    session::Options,
    tests::{folder::world::World, place::name},
};

fn merged(world: &World) -> Pull {
    let mut options = Options::new(0);
    options.merge = true;
    world.try_pull(&options).unwrap()
}

fn cloud(world: &World, file: &str) -> String {
    world.emulator().file(world.id(), file).unwrap().to_owned()
}

/// In step over `a.py`, and then edited on both sides.
fn edited(base: &str, here: &str, there: &str) -> World {
    let world = World::new(&[("a.py", base)]);
    world.pull();
    world.put("a.py", here);
    let id = world.id();
    world.emulator().put_file(id, "a.py", there);
    world
}

#[test]
fn edits_of_different_lines_come_together_and_are_pushed() {
    let world = edited("1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n");
    let pull = merged(&world);
    assert_eq!(pull.merged, [Merge { name: name("a.py"), overlaps: false }]);
    assert!(pull.conflicts.is_empty());
    assert_eq!(world.get("a.py").unwrap(), "one\n2\n3\n4\nfive\n");
    let push = world.push();
    assert!(push.unresolved.is_empty());
    assert_eq!(cloud(&world, "a.py"), "one\n2\n3\n4\nfive\n");
    assert!(world.pull().writes.is_empty());
}

#[test]
fn edits_of_the_same_line_stand_between_markers_and_stay_here_until_these_are_gone() {
    let world = edited("x = 1\ny = 1\n", "x = 2\ny = 1\n", "x = 3\ny = 1\n");
    assert!(merged(&world).merged[0].overlaps);
    let both = "<<<<<<< ours\nx = 2\n=======\nx = 3\n>>>>>>> theirs\ny = 1\n";
    assert_eq!(world.get("a.py").unwrap(), both);

    let push = world.push();
    assert_eq!((push.unresolved, push.done.len()), (vec![name("a.py")], 0));
    assert_eq!(cloud(&world, "a.py"), "x = 3\ny = 1\n");
    let seen = world.try_status(&Options::new(0)).unwrap();
    assert_eq!(seen.unresolved, [name("a.py")]);
    // A second merge does not wrap markers in markers, and names the file.
    assert_eq!(merged(&world).unresolved, [name("a.py")]);
    let id = world.id();
    world.emulator().put_file(id, "a.py", "x = 4\ny = 1\n");
    let again = merged(&world);
    assert_eq!((again.conflicts.len(), again.unresolved), (1, vec![name("a.py")]));
    assert_eq!(world.get("a.py").unwrap(), both);

    world.emulator().put_file(id, "a.py", "x = 3\ny = 1\n");
    world.put("a.py", "x = 23\ny = 1\n");
    assert!(world.push().unresolved.is_empty());
    assert_eq!(cloud(&world, "a.py"), "x = 23\ny = 1\n");
}

#[test]
fn a_file_with_markers_is_not_pushed_even_when_asked_for_by_name() {
    let world = World::new(&[]);
    let text = "<<<<<<< ours\n=======\n>>>>>>> theirs\n";
    world.put("git.py", text);
    assert_eq!(world.push().unresolved, [name("git.py")]);
    let mut options = Options::new(0);
    options.ours = Selection::paths(["git.py"]);
    let pushed = world.try_push(&options).unwrap();
    assert_eq!((pushed.unresolved, pushed.done.len()), (vec![name("git.py")], 0));
    assert_eq!(world.emulator().file(world.id(), "git.py"), None);
    // In step it is nobody's business.
    world.emulator().put_file(world.id(), "git.py", text);
    world.pull();
    assert!(world.push().unresolved.is_empty());
}

#[test]
fn what_one_side_removed_is_no_merge() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.pull();
    world.put("a.py", "2\n");
    let id = world.id();
    world.emulator().remove_file(id, "a.py");
    let pull = merged(&world);
    assert_eq!((pull.conflicts.len(), pull.merged.len()), (1, 0));
    assert_eq!(world.get("a.py").unwrap(), "2\n");
}

#[test]
fn a_base_that_was_not_kept_leaves_the_choice_to_the_person() {
    let world = edited("1\n2\n", "one\n2\n", "1\ntwo\n");
    fs::remove_dir_all(world.folder().root().join(".qc/objects")).unwrap();
    assert!(merged(&world).merged[0].overlaps);
    let text = world.get("a.py").unwrap();
    assert!(text.contains("one") && text.contains("two"), "{text}");
}

#[test]
fn a_choice_made_in_one_direction_is_remembered_in_the_other() {
    // Ours, said to a pull: the next push sends it.
    let world = edited("1\n", "mine\n", "theirs\n");
    let mut options = Options::new(0);
    options.ours = Selection::paths(["a.py"]);
    let pulled = world.try_pull(&options).unwrap();
    assert!(pulled.conflicts.is_empty() && pulled.writes.is_empty());
    assert_eq!(pulled.outgoing, [Change::Update(name("a.py"))]);
    assert_eq!(world.push().done.len(), 1);
    assert_eq!(cloud(&world, "a.py"), "mine\n");

    // Theirs, said to a push: the next pull brings it.
    let world = edited("1\n", "mine\n", "theirs\n");
    let mut options = Options::new(0);
    options.theirs = Selection::all();
    let pushed = world.try_push(&options).unwrap();
    assert!(pushed.conflicts.is_empty() && pushed.done.is_empty());
    assert_eq!(pushed.incoming, [Change::Update(name("a.py"))]);
    world.pull();
    assert_eq!(world.get("a.py").unwrap(), "theirs\n");
}

#[test]
fn theirs_brings_back_what_only_this_side_changed() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n"), ("d.py", "1\n")]);
    world.pull();
    world.put("a.py", "mine\n");
    world.remove("b.py");
    world.put("c.py", "mine\n");
    let mut options = Options::new(0);
    options.theirs = Selection::paths(["a.py", "b.py"]);
    world.try_pull(&options).unwrap();
    let files = ["a.py", "b.py", "c.py", "d.py"].map(|file| world.get(file).unwrap());
    assert_eq!(files, ["1\n", "1\n", "mine\n", "1\n"]);
}

#[test]
fn a_status_of_some_files_speaks_of_no_others() {
    let world = edited("1\n", "2\n", "1\n");
    world.put("git.py", "<<<<<<< ours\n");
    world.put("latin.py", b"\xe4");
    let mut options = Options::new(0);
    options.only = Selection::paths(["a.py"]);
    let some = world.try_status(&options).unwrap();
    assert_eq!((some.plan.push.len(), some.unresolved.len(), some.refused.len()), (1, 0, 0));
    options.only = Selection::paths(["git.py", "latin.py"]);
    let others = world.try_status(&options).unwrap();
    assert_eq!((others.unresolved.len(), others.refused.len()), (1, 1));
}

#[test]
fn a_notebook_merges_by_cells_and_is_left_alone_if_one_side_broke_it() {
    let name = "research.ipynb";
    let notebook = |sources: [&str; 2]| {
        let cells = sources.map(|source| format!(r#"{{"cell_type":"raw","source":"{source}"}}"#));
        format!(r#"{{"cells":[{}],"nbformat":4,"nbformat_minor":4}}"#, cells.join(","))
    };
    let world = World::new(&[(name, &notebook(["x = 1", "y = 1"]))]);
    world.pull();
    let id = world.id();
    world.put(name, notebook(["x = 2", "y = 1"]));
    world.emulator().put_file(id, name, "<");
    assert_eq!(
        (merged(&world).merged.len(), world.get(name)),
        (0, Some(notebook(["x = 2", "y = 1"])))
    );

    world.emulator().put_file(id, name, &notebook(["x = 3", "y = 3"]));
    assert!(merged(&world).merged[0].overlaps);
    let both = r"<<<<<<< ours\nx = 2\n=======\nx = 3\n>>>>>>> theirs";
    assert_eq!(world.get(name).unwrap(), notebook([both, "y = 3"]));
    assert_eq!(world.push().unresolved.len(), 1);
}
