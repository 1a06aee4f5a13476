//! Single files that are put and deleted, with the history as a way back.

use qc_emulator::Fault;
use qc_files::{Effect, ErrorKind};

use crate::{
    cloud::single::replace,
    error::SyncError,
    history::Replaced,
    local::Local as _,
    plan::{Change, version::Version},
    session::Options,
    tests::push::world::{World, name, options},
};

fn timed() -> Options {
    let mut options = options();
    (options.now, options.command) = (7, "put a.py".to_owned());
    options
}

fn put(world: &World, text: &str) -> Result<bool, SyncError> {
    world.run(world.session(&timed()).put(&name("a.py"), text))
}

/// Puts the file, and does something before the first request to an endpoint.
fn put_while(
    world: &World,
    endpoint: &str,
    text: &str,
    act: impl FnOnce(),
) -> Result<bool, SyncError> {
    let (name, options) = (name("a.py"), timed());
    let put = world.session(&options).put(&name, text);
    world.run_while(endpoint, 1, act, put)
}

fn delete(world: &World) -> Result<(), SyncError> {
    world.run(world.session(&timed()).delete(&name("a.py")))
}

fn version(text: &str) -> Version {
    Version::of(text.as_bytes())
}

#[track_caller]
fn fails_with(result: Result<bool, SyncError>, kind: ErrorKind) {
    match result {
        Err(SyncError::Cloud(error)) => assert_eq!(error.kind(), kind, "{error}"),
        other => panic!("{other:?}"),
    }
}

/// What the history says that the only command replaced.
#[track_caller]
fn replaced(world: &World) -> Replaced {
    let history = world.here.history().unwrap();
    let [done] = &history[..] else { panic!("{history:?}") };
    assert_eq!((done.at, done.command.as_str(), done.here.len()), (7, "put a.py", 0));
    let [file] = &done.cloud[..] else { panic!("{history:?}") };
    file.clone()
}

#[test]
fn a_file_that_is_put_is_created_or_replaced_with_a_way_back() {
    let world = World::in_step(&[("b.py", "1\n")]);
    assert!(put(&world, "1\n").unwrap(), "created");
    assert_eq!(world.paths(), ["files/read", "files/create"]);
    assert_eq!(world.here.history().unwrap(), []);
    assert!(!put(&world, "1\n").unwrap(), "there already");
    assert_eq!(world.paths().len(), 3);
    assert!(!put(&world, "2\n").unwrap(), "replaced");
    assert_eq!(world.paths()[3..], ["files/read", "files/patch"]);
    assert_eq!(world.cloud()[&name("a.py")], "2\n");
    let expected =
        Replaced { name: name("a.py"), before: Some(version("1\n")), after: Some(version("2\n")) };
    assert_eq!(replaced(&world), expected);
    assert_eq!(world.here.object(version("1\n").object).unwrap(), "1\n");
}

#[test]
fn a_file_that_is_put_as_it_is_here_is_in_step_and_follows_a_rename_in_the_cloud() {
    let world = World::in_step(&[("b.py", "1\n")]);
    world.save("a.py", "1\n2\n");
    put(&world, "another text\n").unwrap();
    assert_eq!(world.here.base(world.id).unwrap().len(), 1, "the file here differs");
    put(&world, "1\n2\n").unwrap();
    let base = world.here.base(world.id).unwrap();
    assert_eq!(base[&name("a.py")], version("1\n2\n"));
    world.run(world.project.rename("a.py", &name("c.py"))).unwrap();
    assert_eq!(world.status().plan.pull, [Change::Rename { from: name("a.py"), to: name("c.py") }]);
    assert!(world.status().plan.push.is_empty());
}

#[test]
fn a_file_that_is_put_empty_is_made_anew() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    assert!(put(&world, "").unwrap());
    assert_eq!(world.cloud()[&name("a.py")], "");
    assert_eq!(world.here.object(version("1\n").object).unwrap(), "1\n");
}

#[test]
fn what_they_save_before_a_put_is_kept() {
    let world = World::in_step(&[("a.py", "1\n")]);
    let put = put_while(&world, "files/patch", "mine\n", || world.they_save("a.py", "theirs\n"));
    assert!(!put.unwrap());
    assert_eq!(world.cloud()[&name("a.py")], "mine\n");
    assert_eq!(world.here.object(version("theirs\n").object).unwrap(), "theirs\n");
}

#[test]
fn what_they_create_before_a_put_is_kept() {
    let world = World::in_step(&[("b.py", "1\n")]);
    let put = put_while(&world, "files/create", "mine\n", || world.they_save("a.py", "theirs\n"));
    assert!(!put.unwrap());
    assert_eq!(world.cloud()[&name("a.py")], "mine\n");
    assert_eq!(world.here.object(version("theirs\n").object).unwrap(), "theirs\n");
}

#[test]
fn a_patch_that_is_refused_all_the_same_is_an_update_of_what_was_read_twice() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.emulator().add_rule("files/patch:refusal=Some words*always".parse().unwrap());
    assert!(!put(&world, "2\n").unwrap());
    let sent = ["files/read", "files/patch", "files/read", "files/update"];
    assert_eq!(world.paths(), sent);
    assert_eq!(world.cloud()[&name("a.py")], "2\n");
}

#[test]
fn a_put_in_doubt_is_looked_at() {
    for (rule, sent) in [
        ("files/patch:drop-after*1", vec!["files/read", "files/patch", "files/read"]),
        (
            "files/patch:drop-before*1",
            vec!["files/read", "files/patch", "files/read", "files/patch"],
        ),
    ] {
        let world = World::in_step(&[("a.py", "1\n")]);
        world.emulator().add_rule(rule.parse().unwrap());
        assert!(!put(&world, "2\n").unwrap());
        assert_eq!(world.paths(), sent, "{rule}");
        assert_eq!(world.cloud()[&name("a.py")], "2\n");
    }
}

#[test]
fn a_put_that_cannot_be_done_says_why_and_stops() {
    let world = World::in_step(&[("a.py", "1\n")]);
    world.emulator().add_rule("files/patch:refusal=No write permission*always".parse().unwrap());
    fails_with(put(&world, "2\n"), ErrorKind::Locked);
    let patches = world.paths().iter().filter(|path| *path == "files/patch").count();
    assert_eq!(patches, 2, "edit control is taken once: {:?}", world.paths());

    let world = World::in_step(&[("a.py", "1\n")]);
    world.emulator().add_rule("files/patch:drop-before*always".parse().unwrap());
    match put(&world, "2\n") {
        Err(SyncError::Cloud(error)) => assert_eq!(error.effect(), Effect::Unknown, "{error}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.paths().len(), 10, "five readings and five patches");

    let world = World::in_step(&[("b.py", "1\n")]);
    world.emulator().add_rule("files/read:refusal=No write permission*always".parse().unwrap());
    fails_with(put(&world, "2\n"), ErrorKind::Locked);
    assert_eq!(world.paths(), ["files/read"], "nothing is created that was not looked for");

    let world = World::in_step(&[("b.py", "1\n")]);
    world.emulator().add_rule("files/create:refusal=No write permission*always".parse().unwrap());
    fails_with(put(&world, "2\n"), ErrorKind::Locked);
    let creates = world.paths().iter().filter(|path| *path == "files/create").count();
    assert_eq!(creates, 2, "edit control is taken once: {:?}", world.paths());
}

#[test]
fn a_deleted_file_can_be_had_back() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    delete(&world).unwrap();
    assert_eq!(world.paths(), ["files/update", "files/read", "files/delete"]);
    assert_eq!(world.cloud().len(), 1);
    let expected = Replaced { name: name("a.py"), before: Some(version("1\n")), after: None };
    assert_eq!(replaced(&world), expected);
}

#[test]
fn a_file_that_somebody_deletes_first_is_deleted() {
    let world = World::in_step(&[("a.py", "1\n")]);
    let (name, options) = (name("a.py"), timed());
    let deleting = world.session(&options).delete(&name);
    world.run_while("files/delete", 1, || world.they_delete_all(), deleting).unwrap();
    assert_eq!(world.cloud().len(), 0);

    let world = World::in_step(&[("a.py", "1\n")]);
    world.emulator().add_rule("files/delete:refusal=No write permission*always".parse().unwrap());
    fails_with(delete(&world).map(|()| false), ErrorKind::Locked);
}

#[test]
fn a_content_is_replaced_if_it_is_still_what_it_was() {
    let world = World::in_step(&[("a.py", "1\n")]);
    let swap = |old: &str, new: &str| world.run(replace(&world.project, &name("a.py"), old, new));
    assert_eq!(swap("1\n", "2\n").unwrap(), None);
    assert_eq!(world.paths(), ["files/patch"]);
    assert_eq!(swap("1\n", "3\n").unwrap().as_deref(), Some("2\n"));
    assert_eq!(world.cloud()[&name("a.py")], "2\n");
    for (fault, content) in [(Fault::DropAfter, "4\n"), (Fault::DropBefore, "5\n")] {
        let old = world.cloud()[&name("a.py")].clone();
        world.emulator().push_fault(fault);
        assert_eq!(swap(&old, content).unwrap(), None);
        assert_eq!(world.cloud()[&name("a.py")], content);
    }
    assert_eq!(swap("5\n", "").unwrap_err().kind(), ErrorKind::Invalid);
}
