//! How a push goes on, and when it ends, while others change the project.

use qc_files::ErrorKind;

use crate::{
    cloud::push::Reason,
    plan::Change,
    tests::push::world::{Contents, World, contents, name, options},
};

#[test]
fn an_empty_folder_that_never_had_files_pushes_nothing() {
    let world = World::new(&Contents::new(), &Contents::new(), &contents(&[("a.py", "1\n")]));
    let pushed = world.push();
    assert_eq!((pushed.done, pushed.incoming), (vec![], vec![Change::Create(name("a.py"))]));
}

#[test]
fn the_last_thing_is_a_reading_however_often_others_are_first() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "mine\n");
    let mut patches = 0;
    let options = options();
    let pushed = world.drive(world.session(&options).push(), |path, _| {
        if path == "files/patch" {
            patches += 1;
            // What they save is what both had: nothing that would be a conflict.
            world.they_save("a.py", if patches % 2 == 1 { "1" } else { "1\n" });
        }
        true
    });
    let pushed = pushed.unwrap().unwrap();
    assert!(pushed.verified && pushed.done.is_empty(), "{pushed:?}");
    assert_eq!(world.paths().last().unwrap(), "files/read");
    let readings = world.paths().iter().filter(|path| *path == "files/read").count();
    assert!(readings <= 5, "{:?}", world.paths());
}

#[test]
fn a_name_that_was_taken_for_a_moment_is_tried_again() {
    let world = World::in_step(&[("b.py", "1\n")]);
    world.save("a.py", "mine\n");
    let options = options();
    let pushed = world.drive(world.session(&options).push(), |path, count| {
        match (path, count) {
            ("files/create", 1) => world.they_save("a.py", "theirs\n"),
            ("files/read", 3) => world.emulator().remove_file(world.id, "a.py"),
            _ => {}
        }
        true
    });
    let pushed = pushed.unwrap().unwrap();
    assert_eq!((pushed.done, pushed.failed.len()), (vec![Change::Create(name("a.py"))], 0));
    world.assert_in_step();
}

#[test]
fn what_fails_for_the_whole_project_is_not_tried_for_each_file() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "2\n"), ("c.py", "3\n")]);
    world.rename("a.py", "x.py");
    world.rename("b.py", "y.py");
    world.emulator().add_rule("files/update:refusal=Project not found*always".parse().unwrap());
    let pushed = world.push();
    let [first, second] = &pushed.failed[..] else { panic!("{pushed:?}") };
    let kind = first.error().map(qc_files::Error::kind);
    assert_eq!(kind, Some(ErrorKind::ProjectNotFound));
    assert!(matches!(second.reason, Reason::NotTried), "{second:?}");
}
