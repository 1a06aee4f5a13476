//! `qc push --create`: a folder that belongs to no project becomes one, once, with all that is in it.

use std::{fs, path::Path};

use qc_files::{
    ProjectId,
    qc_proto::{Project, ReadProject},
};
use serde_json::{Value, json};

use crate::world::{Ran, World, altered::Altered};

fn write(world: &World, path: &str, text: &str) {
    let path = world.home.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn qc_in(world: &World, folder: &str, arguments: &[&str]) -> Ran {
    let folder = world.home.path().join(folder);
    Ran::new(world.command(&folder, arguments).output().unwrap(), arguments)
}

/// The projects beside the world's own: number and name.
fn made(world: &World) -> Vec<(ProjectId, String)> {
    let all = world.server.emulator().projects();
    all.into_iter().filter(|(id, _)| *id != world.id).collect()
}

fn config(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap()
}

#[test]
fn a_folder_of_a_workspace_becomes_a_project_named_after_its_path() {
    let world = World::new(&[]);
    write(&world, "lean.json", "{ // ours\n \"organization-id\": \"0a1b\" }");
    write(&world, "Alpha/Pairs/main.py", "PERIOD = 14\n");
    write(&world, "Alpha/Pairs/signals/fast.py", "W = 1\n");
    let ran = qc_in(&world, "Alpha/Pairs", &["push"]).exits(2);
    assert!(ran.err.contains("qc push --create") && ran.err.contains("qc link"), "{}", ran.err);
    qc_in(&world, "Alpha/Pairs", &["push", "-n"]).exits(2);
    assert_eq!(made(&world), []);
    // Neither the workspace itself nor a folder without a main file is one.
    qc_in(&world, ".", &["push", "--create"]).exits(2).says("belongs to no project");
    qc_in(&world, "Alpha", &["push"]).exits(2).says("belongs to no project: go to");
    qc_in(&world, "Alpha", &["push", "--create"]).exits(2).says("neither main.py nor Main.cs");

    let service = Altered::new(&world, |_, _, _| {});
    let mut command = world.command(&world.home.path().join("Alpha/Pairs"), &["push", "--create"]);
    command.env("QUANTCONNECT_BASE_URL", &service.address);
    Ran::new(command.output().unwrap(), &["push", "--create"])
        .exits(0)
        .says("created Alpha/Pairs: https://www.quantconnect.com/project/")
        .says("update main.py");
    let asked = service.asked();
    let (_, create) = asked.iter().find(|(path, _)| path == "projects/create").unwrap();
    assert_eq!(create["organizationId"], "0a1b");
    let [(id, name)] = &made(&world)[..] else { panic!("{:?}", made(&world)) };
    assert_eq!(name, "Alpha/Pairs");
    assert_eq!(config(&world.home.path().join("Alpha/Pairs"))["cloud-id"], json!(id));
    let mut files = world.server.emulator().file_names(*id);
    files.sort_unstable();
    assert_eq!(files, ["main.py", "signals/fast.py"]);
    assert_eq!(world.server.emulator().file(*id, "main.py"), Some("PERIOD = 14\n"));
    qc_in(&world, "Alpha/Pairs", &["status"]).exits(0).says("in step");
    // `--create` says nothing where there is a project.
    qc_in(&world, "Alpha/Pairs", &["push", "--create"]).exits(0).says("nothing to push");
    assert_eq!(made(&world).len(), 1);
}

#[test]
fn settings_are_pushed_too_and_language_and_organization_come_from_config_json() {
    let world = World::new(&[]);
    write(
        &world,
        "Pairs/config.json",
        r#"{"algorithm-language": "CSharp", "organization-id": "0c2d", "parameters": {"period": "14"},
            "description": "two of a kind", "python-venv": 2, "lean-engine": 15000, "mine": [1.50]}"#,
    );
    write(&world, "Pairs/Main.cs", "class A {}\n");
    write(&world, "Pairs/deep/er/B.cs", "class B {}\n");
    let service = Altered::new(&world, |_, _, _| {});
    let mut command = world.command(&world.home.path().join("Pairs/deep"), &["push", "--create"]);
    command.env("QUANTCONNECT_BASE_URL", &service.address);
    Ran::new(command.output().unwrap(), &["push", "--create"]).exits(0);
    let asked = service.asked();
    let (_, create) = asked.iter().find(|(path, _)| path == "projects/create").unwrap();
    assert_eq!(*create, json!({"name": "Pairs", "language": "C#", "organizationId": "0c2d"}));
    let [(id, _)] = &made(&world)[..] else { panic!("{:?}", made(&world)) };
    let project: Project = world.call(ReadProject::new(*id));
    assert_eq!(project.description.as_deref(), Some("two of a kind"));
    assert_eq!(project.parameters.unwrap()[0].value, "14");
    assert_eq!((project.lean_environment, project.lean_version_id), (Some(2), Some(15_000)));
    let text = fs::read_to_string(world.home.path().join("Pairs/config.json")).unwrap();
    assert!(text.contains("\"mine\": [1.50]"), "{text}");
    qc_in(&world, "Pairs", &["status"]).exits(0).says("in step");
}

#[test]
fn many_files_go_in_one_request() {
    let world = World::new(&[]);
    for number in 0..50 {
        write(&world, &format!("Pairs/f{number}.py"), &format!("x = {number}\n"));
    }
    write(&world, "Pairs/main.py", "x\n");
    let before = world.server.emulator().requests().len();
    qc_in(&world, "Pairs", &["push", "--create"]).exits(0);
    let cost = world.server.emulator().requests().len() - before;
    // List and create, files and settings, then the push.
    assert!(cost <= 12, "{cost}");
    let (id, _) = made(&world)[0].clone();
    assert_eq!(world.server.emulator().file(id, "f49.py"), Some("x = 49\n"));
}

#[test]
fn whatever_fails_there_is_one_project_in_the_end() {
    for rule in [
        "projects/create:drop-after",
        "projects/create:drop-before",
        "projects/create:status=502/applied",
        "files/read:refusal=No",
        "files/patch:drop-after",
        "projects/read:drop-after",
    ] {
        let world = World::new(&[]);
        write(&world, "Pairs/main.py", "PERIOD = 14\n");
        world.server.emulator().add_rule(rule.parse().unwrap());
        let first = qc_in(&world, "Pairs", &["push", "--create"]);
        if first.code != Some(0) {
            qc_in(&world, "Pairs", &["push"]).exits(0);
        }
        let [(id, name)] = &made(&world)[..] else { panic!("{rule}: {:?}", made(&world)) };
        assert_eq!(name, "Pairs", "{rule}");
        assert_eq!(world.server.emulator().file(*id, "main.py"), Some("PERIOD = 14\n"), "{rule}");
        qc_in(&world, "Pairs", &["status"]).exits(0);
    }
}

#[test]
fn a_project_whose_number_did_not_reach_config_json_is_taken() {
    let world = World::new(&[]);
    write(&world, "Pairs/main.py", "PERIOD = 14\n");
    world.server.emulator().add_rule("files/read:refusal=No".parse().unwrap());
    qc_in(&world, "Pairs", &["push", "--create"]).exits(6);
    fs::remove_file(world.home.path().join("Pairs/config.json")).unwrap();
    qc_in(&world, "Pairs", &["push", "--create"]).exits(0);
    assert_eq!(made(&world).len(), 1);
}

#[test]
fn an_encrypted_folder_is_refused() {
    let world = World::new(&[]);
    write(&world, "Pairs/config.json", r#"{"encrypted": true, "algorithm-language": "Python"}"#);
    write(&world, "Pairs/main.py", "x\n");
    qc_in(&world, "Pairs", &["push", "--create"]).exits(2).says("encrypted");
    assert_eq!(made(&world), []);
}
