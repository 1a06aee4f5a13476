//! `qc compile` and `qc push --compile`: whether the project builds, and if not, where it is wrong.

use crate::world::World;

const BROKEN: &str = "import x\n\ndef f(:\n    pass\n";

#[test]
fn a_project_that_builds_says_so() {
    let world = World::cloned(&[("main.py", "x = 1\n")]);
    let ran = world.qc(&["compile"]).exits(0).says("built without an error in ");
    assert_eq!(ran.err, "");
    let ran = world.qc(&["compile", "--project", &world.id.to_string(), "--json"]).exits(0);
    let json = ran.json();
    assert_eq!(json["state"], "BuildSuccess");
    assert_eq!(json["diagnostics"], serde_json::json!([]));
    assert!(json["logs"][0].as_str().unwrap().starts_with("Build Request Successful"));
}

#[test]
fn an_error_is_told_with_file_and_line() {
    let world = World::cloned(&[("main.py", "x = 1\n"), ("signals/fast.py", "1\n")]);
    world.put("signals/fast.py", BROKEN);
    let ran = world.qc(&["push", "--compile"]).exits(8).says("update signals/fast.py");
    assert!(ran.out.contains("\nsignals/fast.py:3:7: error: "), "{}", ran.out);
    assert!(ran.out.contains("the build failed with "), "{}", ran.out);

    let json = world.qc(&["compile", "--json"]).exits(8).json();
    assert_eq!(json["state"], "BuildError");
    let found = &json["diagnostics"][0];
    assert_eq!((&found["file"], &found["line"]), (&"signals/fast.py".into(), &3.into()));
    assert!(
        json["logs"][0].as_str().unwrap().starts_with("Build Error: File: signals/fast.py Line:3")
    );
}

#[test]
fn one_json_document_tells_of_push_and_build() {
    let world = World::cloned(&[("main.py", "x = 1\n")]);
    world.put("main.py", BROKEN);
    let json = world.qc(&["push", "--compile", "--json"]).exits(8).json();
    assert_eq!(json["done"][0]["name"], "main.py");
    assert_eq!(json["compile"]["state"], "BuildError");
    assert_eq!(json["compile"]["differs"], serde_json::json!([]));
}

#[test]
fn a_build_of_other_files_than_those_here_says_so() {
    let world = World::cloned(&[("main.py", "x = 1\n"), ("a.py", "1\n")]);
    world.put_cloud("a.py", "2\n");
    world.put("main.py", "x = 2\n");
    let ran =
        world.qc(&["push", "--compile"]).exits(0).says("a.py differs from what the cloud has now");
    assert!(ran.out.contains("built without an error"), "{}", ran.out);
    world.put("main.py", "x = 3\n");
    world
        .qc(&["compile"])
        .exits(0)
        .says("2 files differ from what the cloud has now (a.py, main.py)");
}

#[test]
fn what_was_not_pushed_is_not_built() {
    let world = World::cloned(&[("main.py", "x = 1\n")]);
    world.put_cloud("main.py", "x = 2\n");
    world.put("main.py", "x = 3\n");
    world.qc(&["push", "--compile"]).exits(3).says("not built: not everything was pushed");
    let asked =
        world.server.emulator().requests().iter().any(|request| request.path == "compile/create");
    assert!(!asked);
}
