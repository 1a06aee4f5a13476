//! `qc new`: a project is made once, and its folder is like a clone of it.

use std::fs;

use qc_emulator::{Fault, Rule};
use serde_json::{Value, json};

use crate::world::{Ran, World, altered::Altered};

/// The names of all projects but the world's own.
fn made(world: &World) -> Vec<String> {
    let all = world.server.emulator().projects();
    all.into_iter().map(|(_, name)| name).filter(|name| name != "Folder/Strategy").collect()
}

#[test]
fn a_new_project_is_there_in_the_cloud_and_here_and_in_step() {
    let world = World::new(&[]);
    world
        .qc(&["new", "Research/Pairs", "--language", "csharp"])
        .exits(0)
        .says("created Research/Pairs in Pairs: 2 files; https://www.quantconnect.com/project/");
    assert_eq!(made(&world), ["Research/Pairs"]);
    let folder = world.home.path().join("Pairs");
    assert!(folder.join("Main.cs").is_file());
    let config: Value =
        serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap();
    assert_eq!(config["algorithm-language"], "CSharp");
    let ran = world.command(&folder, &["status"]).output().unwrap();
    Ran::new(ran, &["status"]).exits(0).says("in step");
}

#[test]
fn a_taken_name_gets_a_number_and_a_taken_folder_stops_it() {
    let world = World::new(&[]);
    world.qc(&["new", "Pairs"]).exits(0);
    world.qc(&["new", "Pairs"]).exits(2).says("qc new NAME DIRECTORY");
    assert_eq!(made(&world), ["Pairs"]);
    let ran = world.qc(&["new", "Pairs", "second", "--json"]).exits(0);
    assert!(ran.err.contains("the new one is called `Pairs 1`"), "{}", ran.err);
    let json = ran.json();
    assert_eq!((&json["name"], &json["directory"]), (&json!("Pairs 1"), &json!("second")));
    world.qc(&["new", "-", "--language", "python"]).exits(2).says("cannot be the name of a folder");
    world.qc(&["new", "", "x"]).exits(2);
    assert_eq!(made(&world), ["Pairs", "Pairs 1"]);
    // The folder is called like the project where nobody says how.
    fs::remove_dir_all(world.home.path().join("Pairs")).unwrap();
    world.qc(&["new", "Pairs"]).exits(0).says("created Pairs 2 in Pairs 2");
}

#[test]
fn the_organization_is_sent() {
    let world = World::new(&[]);
    let service = Altered::new(&world, |_, _, _| {});
    service.qc(&world, &["new", "Pairs", "--organization", "0a1b"]).exits(0);
    let asked = service.asked();
    let (_, create) = asked.iter().find(|(path, _)| path == "projects/create").unwrap();
    assert_eq!(*create, json!({"name": "Pairs", "language": "Py", "organizationId": "0a1b"}));
}

#[test]
fn a_lost_answer_makes_no_second_project() {
    for fault in ["drop-after", "drop-before", "status=502/applied", "status=502"] {
        let world = World::new(&[]);
        let rule = format!("projects/create:{fault}").parse().unwrap();
        world.server.emulator().add_rule(rule);
        world.qc(&["new", "Pairs"]).exits(0).says("created Pairs in Pairs");
        assert_eq!(made(&world), ["Pairs"], "{fault}");
    }
}

#[test]
fn a_folder_that_cannot_be_filled_is_told_with_the_number_of_the_project() {
    let world = World::new(&[]);
    let refusal = Fault::Refusal("Too odd.".to_owned());
    world.server.emulator().add_rule(Rule::new(refusal).on("files/read"));
    world
        .qc(&["new", "Pairs"])
        .exits(6)
        .says("was created, and its folder was not: `qc clone 2000");
    assert_eq!(made(&world), ["Pairs"]);
    assert!(!world.home.path().join("Pairs").exists());
}
