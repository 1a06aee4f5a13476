//! The way back: `qc undo`, `qc restore` and `qc history`, and what guards before it is needed.

use std::fs;

use crate::world::{Ran, World};

/// Without a network: the service is gone.
fn offline(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(&world.folder(), arguments);
    command.env("QUANTCONNECT_BASE_URL", "http://127.0.0.1:1/api/v2");
    Ran::new(command.output().unwrap(), arguments)
}

#[test]
fn what_a_pull_replaces_comes_back_and_goes_again() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n"), ("gone.py", "1\n")]);
    world.put("a.py", "mine\n");
    world.put_cloud("a.py", "theirs\n");
    world.put_cloud("b.py", "2\n");
    world.server.emulator().remove_file(world.id, "gone.py");
    world.server.emulator().put_file(world.id, "new.py", "1\n");
    world.qc(&["pull", "--theirs", "a.py"]).exits(0);
    assert_eq!((world.get("a.py").as_str(), world.get("b.py").as_str()), ("theirs\n", "2\n"));

    offline(&world, &["history"]).exits(0).says("pull --theirs").says("delete gone.py here");
    offline(&world, &["undo"]).exits(0).says("restore a.py");
    assert_eq!((world.get("a.py").as_str(), world.get("b.py").as_str()), ("mine\n", "1\n"));
    assert_eq!(world.get("gone.py"), "1\n");
    assert!(!world.folder().join("new.py").exists());
    // It is as before the pull: the conflict is there again.
    world.qc(&["status"]).exits(3).says("a.py (updated here, updated in the cloud)");

    offline(&world, &["undo"]).exits(0);
    assert_eq!((world.get("a.py").as_str(), world.get("new.py").as_str()), ("theirs\n", "1\n"));
    world.qc(&["status"]).exits(0);
}

#[test]
fn a_merge_can_be_abandoned_and_its_markers_stay_here() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "mine\n");
    world.put_cloud("a.py", "theirs\n");
    world.qc(&["pull", "--merge"]).exits(3).says("qc undo");
    assert!(world.get("a.py").contains("<<<<<<< ours"));
    for arguments in [&["push"][..], &["push", "--ours", "a.py"], &["push", "--force"]] {
        world.qc(arguments).exits(3).says("a.py still has the markers");
    }
    world.qc(&["put", "a.py"]).exits(2).says("markers");
    assert_eq!(world.cloud("a.py").as_deref(), Some("theirs\n"));
    world.qc(&["undo"]).exits(0);
    assert_eq!(world.get("a.py"), "mine\n");
    world.qc(&["pull", "--merge"]).exits(3);
    world.qc(&["pull", "--theirs", "a.py"]).exits(0);
    assert_eq!(world.get("a.py"), "theirs\n");
    world.qc(&["status"]).exits(0);
}

#[test]
fn deleted_files_are_had_back() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "2\n")]);
    for file in ["a.py", "b.py"] {
        fs::remove_file(world.folder().join(file)).unwrap();
    }
    offline(&world, &["restore", "a.py"]).exits(0).says("restore a.py");
    assert_eq!(world.get("a.py"), "1\n");
    world.qc(&["pull", "--theirs", "b.py"]).exits(0);
    assert_eq!(world.get("b.py"), "2\n");
    world.put("a.py", "wrong\n");
    world.qc(&["restore", "a.py", "--from", "cloud"]).exits(0);
    assert_eq!(world.get("a.py"), "1\n");
    offline(&world, &["restore", "never.py"]).exits(5).says("never.py");
    offline(&world, &["restore", "a.py", "--from", "nowhere"]).exits(2).says("base, cloud");
}

#[test]
fn what_a_push_replaces_in_the_cloud_is_in_the_history() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("a.py", "mine\n");
    world.put_cloud("a.py", "theirs\n");
    world.qc(&["push", "--ours", "a.py"]).exits(0);
    let history = offline(&world, &["history", "--json"]).exits(0).json();
    let id = history[0]["id"].to_string();
    offline(&world, &["restore", "a.py", "--from", &id]).exits(0);
    assert_eq!(world.get("a.py"), "theirs\n");
    world.qc(&["rm", "a.py"]).exits(0);
    let history = offline(&world, &["history", "--json"]).exits(0).json();
    assert_eq!(history[0]["cloud"][0]["action"], "delete");
}

#[test]
fn many_deletions_are_asked_for() {
    let files: Vec<(String, &str)> = (0..20).map(|n| (format!("f{n}.py"), "1\n")).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let world = World::cloned(&files);
    for (file, _) in &files[..11] {
        fs::remove_file(world.folder().join(file)).unwrap();
    }
    world.qc(&["push"]).exits(3).says("11 of 20").says("--delete-many");
    assert_eq!(world.server.emulator().file_names(world.id).len(), 20);
    world.qc(&["push", "--delete-many"]).exits(0);
    assert_eq!(world.server.emulator().file_names(world.id).len(), 9);
}

#[test]
fn names_are_where_one_stands() {
    let world = World::cloned(&[("main.py", "root\n"), ("signals/alpha.py", "1\n")]);
    let inside = world.folder().join("signals");
    let qc = |arguments: &[&str]| {
        Ran::new(world.command(&inside, arguments).output().unwrap(), arguments)
    };
    qc(&["rm", "main.py"]).exits(5);
    assert_eq!(world.cloud("main.py").as_deref(), Some("root\n"));
    fs::write(inside.join("alpha.py"), "2\n").unwrap();
    qc(&["put", "alpha.py"]).exits(0).says("update signals/alpha.py");
    assert_eq!(world.cloud("signals/alpha.py").as_deref(), Some("2\n"));
    qc(&["mv", "alpha.py", "../alpha.py"]).exits(0).says("rename signals/alpha.py to alpha.py");
    assert_eq!(qc(&["cat", "../alpha.py"]).exits(0).out, "2\n");
}

#[test]
fn a_clone_is_all_or_nothing() {
    let world = World::new(&[("a.py", "1\n")]);
    let id = world.id.to_string();
    let fault = qc_emulator::Fault::Refusal("No.".to_owned());
    world.server.emulator().add_rule(qc_emulator::Rule::new(fault).on("files/read"));
    world.qc(&["clone", &id]).exits(6);
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 0);
    // One that was killed leaves a folder beside the place.
    fs::create_dir_all(world.home.path().join(".Strategy.qc-clone/x")).unwrap();
    world.qc(&["clone", &id]).exits(0);
    assert_eq!(fs::read_dir(world.home.path()).unwrap().count(), 1);
    world.qc(&["status"]).exits(0);

    let here = world.home.path().join("here");
    fs::create_dir_all(here.join(".qc-clone/x")).unwrap();
    let ran =
        |arguments: &[&str]| Ran::new(world.command(&here, arguments).output().unwrap(), arguments);
    ran(&["clone", &id, "."]).exits(0);
    ran(&["status"]).exits(0).says("in step");
    assert!(!here.join(".qc-clone").exists());
}

#[test]
fn line_ends_are_told_and_sent_when_asked_for() {
    let world = World::cloned(&[("a.py", "1\n2\n")]);
    world.put("a.py", "1\r\n2\r\n");
    world.qc(&["status"]).exits(0).says("in step, except for line ends").says("a.py");
    world.qc(&["push"]).exits(0).says("nothing to push");
    world.qc(&["push", "--ours", "a.py"]).exits(0).says("update a.py");
    assert_eq!(world.cloud("a.py").as_deref(), Some("1\r\n2\r\n"));
}

#[test]
fn a_file_that_was_put_and_renamed_in_the_cloud_is_renamed_here() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("x.py", "2\n");
    world.qc(&["put", "x.py"]).exits(0).says("create x.py");
    world.qc(&["status"]).exits(0).says("in step");
    world.qc(&["mv", "x.py", "y.py"]).exits(0).says("`qc pull` does the same here");
    let ran = world.qc(&["status"]).exits(1);
    assert_eq!(ran.out, "changed in the cloud (`qc pull`):\n  rename x.py to y.py\n");
    world.qc(&["pull"]).exits(0).says("rename x.py to y.py");
    assert_eq!((world.get("y.py"), world.folder().join("x.py").exists()), ("2\n".into(), false));
}
