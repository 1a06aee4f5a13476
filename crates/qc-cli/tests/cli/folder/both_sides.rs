//! A folder and a project: cloned, changed on both sides, cut off, and in step again.

use std::{fs, path::Path, process::Stdio, thread, time::Duration};

use qc_emulator::{Fault, Rule};
use serde_json::{Value, json};

use crate::world::{Ran, World};

#[test]
fn a_project_is_cloned_edited_pushed_and_pulled() {
    let world = World::new(&[("main.py", "a = 1\n"), ("pkg/b.py", "b = 1\n")]);
    world.qc(&["whoami"]).exits(0).says("user 7");
    world.qc(&["projects"]).exits(0).says("Folder/Strategy");
    world.qc(&["clone", "Folder/Strategy"]).exits(0).says("2 files");
    assert_eq!(world.get("pkg/b.py"), "b = 1\n");
    let config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    assert_eq!(config["cloud-id"], json!(world.id));
    world.qc(&["status"]).exits(0).says("in step");

    world.put("main.py", "a = 2\n");
    world.put("new.py", "c = 3\n");
    world.qc(&["status"]).exits(1).says("create new.py").says("update main.py");
    world.qc(&["push", "--dry-run"]).exits(0).says("update main.py");
    assert_eq!(world.cloud("main.py").as_deref(), Some("a = 1\n"), "a dry run does nothing");
    world.qc(&["push"]).exits(0).says("create new.py");
    assert_eq!(world.cloud("main.py").as_deref(), Some("a = 2\n"));

    world.put_cloud("pkg/b.py", "b = 2\n");
    let inside = world.folder().join("pkg");
    let pulled = world.command(&inside, &["pull"]).output().unwrap();
    Ran::new(pulled, &["pull"]).exits(0).says("write pkg/b.py");
    assert_eq!(world.get("pkg/b.py"), "b = 2\n");
    world.qc(&["ls"]).exits(0).says("pkg/b.py");
    assert_eq!(world.qc(&["cat", "pkg/b.py"]).exits(0).out, "b = 2\n");
}

#[test]
fn thirty_edits_cost_two_requests_and_wait_for_no_rate_limit() {
    let files: Vec<(String, String)> =
        (0..30).map(|number| (format!("f{number}.py"), format!("x = {number}\n"))).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let minute = Duration::from_secs(60);
    let world = World::with_service(&files, |emulator| emulator.with_rate_limit(20, minute));
    world.qc(&["clone", &world.id.to_string()]).exits(0);
    for (file, _) in &files {
        world.put(file, "x = 100\n");
    }
    let before = world.server.emulator().requests().len();
    world.qc(&["push"]).exits(0);
    let emulator = world.server.emulator();
    let requests = emulator.requests();
    assert_eq!(requests.len() - before, 2);
    assert!(requests.iter().all(|request| request.retry_after.is_none()), "{requests:?}");
    assert_eq!(emulator.file(world.id, "f29.py"), Some("x = 100\n"));
}

#[test]
fn a_conflict_is_told_left_alone_and_settled_by_name() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    for file in ["a.py", "b.py"] {
        world.put(file, "mine\n");
        world.put_cloud(file, "theirs\n");
    }
    for command in ["status", "pull", "push"] {
        world.qc(&[command]).exits(3).says("a.py (updated here, updated in the cloud)");
    }
    assert_eq!(
        (world.get("a.py").as_str(), world.cloud("a.py").as_deref()),
        ("mine\n", Some("theirs\n"))
    );
    world.qc(&["pull"]).exits(3).says("qc push --ours NAME");
    world.qc(&["push", "--ours", "a.py"]).exits(3).says("update a.py");
    world.qc(&["pull", "--theirs", "b.py"]).exits(0).says("write b.py");
    assert_eq!(
        (world.get("b.py").as_str(), world.cloud("a.py").as_deref()),
        ("theirs\n", Some("mine\n"))
    );
    world.qc(&["status"]).exits(0);
}

#[test]
fn faults_on_the_way_change_nothing_about_the_end() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n"), ("gone.py", "1\n")]);
    world.put("a.py", "2\n");
    world.put("b.py", "2\n");
    world.put("c.py", "new\n");
    fs::remove_file(world.folder().join("gone.py")).unwrap();
    for (endpoint, fault) in [
        ("files/patch", Fault::DropAfter),
        ("files/create", Fault::DropAfter),
        ("files/delete", Fault::Reset { applied: true }),
        ("files/read", Fault::ShortBody),
        ("files/update", Fault::Status { status: 502, applied: true }),
    ] {
        world.server.emulator().add_rule(Rule::new(fault).on(endpoint));
    }
    world.qc(&["push"]).exits(0);
    let emulator = world.server.emulator();
    assert_eq!(emulator.file_names(world.id), ["a.py", "b.py", "c.py"]);
    assert_eq!(emulator.file(world.id, "a.py"), Some("2\n"));
    let created = emulator.applied().iter().filter(|applied| applied.endpoint == "files/create");
    assert_eq!(created.count(), 1, "made once");
}

#[test]
fn a_file_that_is_refused_is_named_and_the_others_are_pushed() {
    let world = World::cloned(&[]);
    world.put("a.py", "1\n");
    world.put("b.py", "2\n");
    fs::write(world.folder().join("latin.py"), b"\xe4").unwrap();
    world
        .server
        .emulator()
        .add_rule(Rule::new(Fault::Refusal("Too odd.".to_owned())).on("files/create"));
    let ran = world.qc(&["push"]).exits(7).says("failed: create ").says("Too odd.");
    // Both requests are under way at the same time.
    let (failed, made) = match world.cloud("a.py") {
        None => ("a.py", "b.py"),
        Some(_) => ("b.py", "a.py"),
    };
    let ran = ran.says(&format!("failed: create {failed}"));
    assert!(ran.out.starts_with(&format!("create {made}\npushed 1 change with ")), "{}", ran.out);
    ran.says("left alone: latin.py: it is not UTF-8");
    world.qc(&["push"]).exits(7).says(&format!("create {failed}"));
}

#[test]
fn hostile_names_are_escaped_and_write_nothing_outside() {
    let long = "x".repeat(297) + ".py";
    let hostile = [
        "../../x",
        "../../out.py",
        "/x",
        "/abs.py",
        "C:\\x",
        "C:\\x.py",
        "C:x.py",
        "CON",
        "CON.py",
        "a.py/b.py",
        "\u{1b}[2Jred.py",
        "re\u{202e}yp.py",
        "heart\u{fe0f}.py",
        "\u{3164}.py",
        &long,
        ".git/hooks/x.py",
        ".git/config",
        ".qc/base.json",
        ".qc/x.py",
        "backtests/x.py",
        "storage/x.py",
        "config.json",
    ];
    let mut files = vec![("main.py", "1\n"), ("a.py", "2\n"), ("pkg/b.py", "3\n")];
    files.extend(hostile.map(|name| (name, "{\"cloud-id\": 1}")));
    let world = World::new(&files);
    let ran = world.qc(&["clone", &world.id.to_string()]).exits(7);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\u{202e}'), "{:?}", ran.err);
    let told = [
        "../../x:",
        "../../out.py:",
        "/x:",
        "/abs.py:",
        "C:\\x:",
        "C:\\x.py:",
        "C:x.py:",
        "a.py/b.py:",
        "\\u{1b}[2Jred.py:",
        "re\\u{202e}yp.py:",
        "heart\\u{fe0f}.py:",
        "\\u{3164}.py:",
        "xxx.py: a name here must not be longer than 255 bytes",
    ];
    for name in told {
        assert!(ran.err.contains(name), "{name} is not told of: {}", ran.err);
    }
    assert_eq!(ran.err.lines().count(), told.len(), "{}", ran.err);

    for (name, content) in &files[..3] {
        assert_eq!(world.get(name), *content, "none of the others is lost");
    }
    let config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    assert_eq!(config["cloud-id"], json!(world.id));
    let listed = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(listed(world.home.path()), ["Strategy"]);
    assert_eq!(listed(&world.folder()), [".qc", "CON.py", "a.py", "config.json", "main.py", "pkg"]);
    assert_eq!(
        listed(&world.folder().join(".qc")),
        [".gitignore", "base.json", "lock", "objects", "settings.json"]
    );
    // Only the file whose folder would be a file might come yet.
    let status = world.qc(&["status", "--json"]).exits(1).json();
    assert_eq!(status["pull"], json!([{"action": "create", "name": "a.py/b.py"}]));
    assert_eq!(status["refused"].as_array().unwrap().len(), told.len() - 1);
    let listed = world.qc(&["ls"]).exits(0);
    assert!(!listed.out.contains('\u{1b}'), "{:?}", listed.out);
}

#[test]
fn a_clone_does_not_go_where_something_is() {
    let world = World::new(&[("a.py", "1\n")]);
    fs::create_dir(world.home.path().join("taken")).unwrap();
    fs::write(world.home.path().join("taken/mine.py"), "mine").unwrap();
    let id = world.id.to_string();
    world.qc(&["clone", &id, "taken"]).exits(2).says("not empty");
    assert!(!world.home.path().join("taken/config.json").exists());
    fs::create_dir(world.home.path().join("empty")).unwrap();
    world.qc(&["clone", &id, "empty"]).exits(0);
    world.qc(&["clone", &id, "a/new/one"]).exits(0);
    assert!(world.home.path().join("a/new/one/a.py").exists());
}

#[test]
fn a_folder_of_the_official_tool_works_at_once() {
    let world = World::new(&[("main.py", "1\n"), ("other.py", "2\n")]);
    fs::create_dir(world.folder()).unwrap();
    let config = format!("{{\n    \"zebra\": 1,\n    \"cloud-id\": {}\n}}", world.id);
    world.put("config.json", &config);
    world.put("main.py", "1");
    world.put("mine.py", "3\n");
    let status = world.qc(&["status", "--json"]).exits(1).json();
    assert_eq!(status["push"], json!([{"action": "create", "name": "mine.py"}]));
    assert_eq!(status["pull"], json!([{"action": "create", "name": "other.py"}]));
    assert_eq!(status["conflicts"], json!([]));
    world.qc(&["pull"]).exits(0);
    world.qc(&["push"]).exits(0);
    assert_eq!(world.get("config.json"), config, "it is kept as it was");
    world.qc(&["status"]).exits(0).says("in step");
}

/// Kills the command as soon as the service has seen so many requests of it.
fn killed_after(world: &World, arguments: &[&str], requests: usize) {
    let before = world.server.emulator().requests().len();
    let mut command = world.command(&world.folder(), arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while world.server.emulator().requests().len() < before + requests
        && child.try_wait().unwrap().is_none()
    {
        thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn killed_at_any_request_it_leaves_whole_files_and_goes_on_from_there() {
    let old: Vec<(String, String)> = (0..20)
        .map(|number| (format!("f{number}.py"), format!("old {number}\n").repeat(500)))
        .collect();
    let files: Vec<(&str, &str)> =
        old.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let new = |text: &str| text.replace("old", "new");
    for requests in 1..=9 {
        let world = World::cloned(&files);
        // Ten changed here, ten in the cloud; of ours, one made, one moved, one removed.
        for (file, text) in &files[..10] {
            world.put(file, &new(text));
        }
        for (file, text) in &files[10..] {
            world.put_cloud(file, &new(text));
        }
        world.put("made.py", "made\n");
        fs::rename(world.folder().join("f0.py"), world.folder().join("moved.py")).unwrap();
        fs::remove_file(world.folder().join("f1.py")).unwrap();

        killed_after(&world, &["push"], requests);
        killed_after(&world, &["pull"], 1);
        for (file, text) in &files[10..] {
            let here = world.get(file);
            assert!(here == *text || here == new(text), "{file} is half written after {requests}");
        }
        world.qc(&["push"]).exits(0);
        world.qc(&["pull"]).exits(0);
        world.qc(&["status"]).exits(0).says("in step");
        for (file, text) in &files[2..] {
            assert_eq!(world.get(file), new(text), "{file} after {requests}");
            assert_eq!(world.cloud(file), Some(new(text)), "{file} after {requests}");
        }
        assert_eq!(world.cloud("made.py").as_deref(), Some("made\n"));
        assert_eq!(world.cloud("f0.py").or(world.cloud("f1.py")), None);
        assert!(world.cloud("moved.py").is_some());
    }
}

#[test]
fn force_settles_every_conflict_for_the_side_it_is_said_to() {
    for (command, kept) in [("push", "mine\n"), ("pull", "theirs\n")] {
        let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
        for file in ["a.py", "b.py"] {
            world.put(file, "mine\n");
            world.put_cloud(file, "theirs\n");
        }
        world.qc(&[command]).exits(3);
        world.qc(&[command, "--force"]).exits(0);
        for file in ["a.py", "b.py"] {
            assert_eq!(
                (world.get(file), world.cloud(file)),
                (kept.to_owned(), Some(kept.to_owned()))
            );
        }
    }
}

#[test]
fn a_merge_writes_markers_where_edits_overlap_and_a_push_waits_for_their_end() {
    let world = World::cloned(&[("a.py", "1\n2\n3\n"), ("b.py", "1\n2\n3\n")]);
    world.put("a.py", "one\n2\n3\n");
    world.put_cloud("a.py", "1\n2\nthree\n");
    world.put("b.py", "1\nmine\n3\n");
    world.put_cloud("b.py", "1\ntheirs\n3\n");
    world.qc(&["pull", "--merge"]).exits(3).says("merge a.py").says("the same lines of b.py");
    assert_eq!(world.get("a.py"), "one\n2\nthree\n");
    assert_eq!(world.get("b.py"), "1\n<<<<<<< ours\nmine\n=======\ntheirs\n>>>>>>> theirs\n3\n");
    let status = world.qc(&["status"]).exits(3).says("with the markers of a merge");
    assert_eq!(status.out.matches("b.py").count(), 1, "{}", status.out);
    world.qc(&["push"]).exits(3).says("update a.py").says("b.py still has the markers");
    let again = world.qc(&["pull", "--merge"]).exits(3);
    let again = again.says("b.py still has the markers of an earlier merge").says("then `qc push`");
    assert_eq!(again.out, "");
    world.qc(&["pull"]).exits(0);
    world.put_cloud("b.py", "1\nnewer\n3\n");
    world.qc(&["pull", "--merge"]).exits(3).says("then `qc pull --merge`");
    world.put("b.py", "1\nboth\n3\n");
    world.qc(&["push", "--ours", "b.py"]).exits(0);
    assert_eq!(world.cloud("b.py").as_deref(), Some("1\nboth\n3\n"));
    assert_eq!(world.cloud("a.py").as_deref(), Some("one\n2\nthree\n"));
}
