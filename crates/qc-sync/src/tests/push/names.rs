//! Names that the folder's system takes for the same.

use crate::{
    folder::portable::System,
    tests::push::world::{World, contents, name},
};

/// A world whose folder is one of this system.
fn on(system: System, mut world: World) -> World {
    world.here.system = system;
    world
}

fn refused(world: &World) -> Vec<String> {
    world.status().refused.into_iter().map(|refused| refused.name).collect()
}

#[test]
fn of_two_names_that_differ_in_case_a_folder_has_one_and_the_cloud_keeps_both() {
    for system in [System::MacOs, System::Windows] {
        let world = on(system, World::in_step(&[("a.py", "1\n")]));
        world.they_save("A.py", "theirs\n");
        world.they_save("pkg/b.py", "2\n");
        world.they_save("PKG/c.py", "3\n");
        let pulled = world.pull();
        assert_eq!(pulled.refused.len(), 2, "{:?}", pulled.refused);
        assert!(pulled.refused.iter().all(|refused| refused.is_lasting), "{:?}", pulled.refused);
        let expected = contents(&[("a.py", "1\n"), ("PKG/c.py", "3\n")]);
        assert_eq!(world.local(), expected);
        assert_eq!(refused(&world), ["A.py", "pkg/b.py"]);
        let before = world.cloud();
        world.save("a.py", "mine\n");
        world.push();
        let mut after = before;
        after.insert(name("a.py"), "mine\n".to_owned());
        assert_eq!(world.cloud(), after);
    }
}

#[test]
fn a_folder_that_moves_to_a_system_with_one_file_for_both_deletes_none_in_the_cloud() {
    let both = contents(&[("A.py", "1\n"), ("a.py", "2\n")]);
    let world = on(System::MacOs, World::new(&both, &contents(&[("A.py", "1\n")]), &both));
    world.push();
    world.pull();
    assert_eq!((world.cloud(), world.local()), (both, contents(&[("A.py", "1\n")])));
    assert_eq!(refused(&world), ["a.py"]);
}

#[test]
fn a_second_spelling_of_accents_in_the_cloud_deletes_nothing_there() {
    for system in [System::Linux, System::MacOs, System::Windows] {
        let world = on(system, World::in_step(&[("\u{e9}.py", "1\n")]));
        world.they_save("e\u{301}.py", "2\n");
        world.push();
        world.pull();
        assert_eq!(world.cloud().len(), 2, "{system:?}");
        assert_eq!(world.local(), contents(&[("\u{e9}.py", "1\n")]), "{system:?}");
        assert_eq!(refused(&world), ["e\u{301}.py"], "{system:?}");
    }
}

#[test]
fn a_file_that_changes_its_case_on_one_side_stays_one_file() {
    let before = contents(&[("a.py", "1\n"), ("b.py", "2\n")]);
    let renamed_here = contents(&[("A.py", "1\n"), ("b.py", "2\n")]);
    let renamed_there = contents(&[("a.py", "1\n"), ("B.py", "2\n")]);
    let world = on(System::Windows, World::new(&before, &renamed_here, &renamed_there));
    let status = world.status();
    assert!(status.plan.is_empty() && status.refused.is_empty(), "{status:?}");
    world.push();
    world.pull();
    assert_eq!((world.local(), world.cloud()), (renamed_here, renamed_there));
    // Elsewhere these are renames.
    let world = World::new(&before, &contents(&[("A.py", "1\n"), ("b.py", "2\n")]), &before);
    world.push();
    world.assert_in_step();
    assert!(world.cloud().contains_key(&name("A.py")));
}

#[test]
fn names_that_only_windows_reserves_stay_in_the_cloud_there() {
    let files = [("Aux/x.py", "1\n"), ("CON.py", "2\n"), ("a:b.py", "3\n"), ("ok.py", "4\n")];
    for (system, here, left) in [
        (System::Windows, 1, ["Aux/x.py", "CON.py", "a:b.py"].as_slice()),
        (System::MacOs, 3, &["a:b.py"]),
        (System::Linux, 3, &["a:b.py"]),
    ] {
        let world = on(system, World::in_step(&[]));
        files.iter().for_each(|(file, text)| world.they_save(file, text));
        world.pull();
        world.push();
        assert_eq!((world.local().len(), world.cloud().len()), (here, 4), "{system:?}");
        assert_eq!(refused(&world), left, "{system:?}");
    }
}
