//! Which project it is: by `config.json`, as others write it, and by name.

use std::fs;

use qc_files::Language;
use serde_json::json;

use crate::world::{World, altered::Altered};

#[test]
fn a_config_with_a_byte_order_mark_or_the_number_as_text_is_read() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let id = world.id;
    for config in [
        format!("\u{feff}{{\"cloud-id\": {id}}}"),
        format!("{{\"cloud-id\": \"{id}\"}}"),
        format!("\u{feff}{{\"cloud-id\": \"{id}\"}}"),
    ] {
        world.put("config.json", &config);
        world.qc(&["status"]).exits(0).says("in step");
    }
    for config in [
        "{\"cloud-id\": \"x\"}",
        "{\"cloud-id\": 1.5}",
        "{\"cloud-id\": [1]}",
        "{\"cloud-id\": -1}",
    ] {
        world.put("config.json", config);
        world.qc(&["status"]).exits(2).says("is no project's number");
    }
}

#[test]
fn the_folder_of_another_project_is_left_alone_whatever_marks_its_config_has() {
    let world = World::cloned(&[("main.py", "1\n")]);
    fs::create_dir(world.folder().join("other")).unwrap();
    world.put("other/config.json", "\u{feff}{\"cloud-id\": \"1\"}");
    world.put("other/main.py", "2\n");
    world.qc(&["status"]).exits(0).says("in step");
}

#[test]
fn a_name_with_a_slash_in_front_is_the_one_without() {
    let world = World::new(&[("main.py", "1\n")]);
    let slashed = Altered::new(&world, |endpoint, _, answer| {
        if endpoint == "projects/read" {
            answer["projects"][0]["name"] = json!("/Folder/Strategy");
        }
    });
    slashed.qc(&world, &["cat", "main.py", "--project", "/Folder/Strategy"]).exits(0);
    slashed.qc(&world, &["cat", "main.py", "--project", "Folder/Strategy"]).exits(0);
    slashed.qc(&world, &["clone", "Folder/Strategy"]).exits(0).says("into Strategy");
    assert_eq!(slashed.asked().len(), 6, "each name costs one request");
    world.qc(&["cat", "main.py", "--project", "/Folder/Strategy"]).exits(0);
}

#[test]
fn a_deleted_project_is_listed_as_such() {
    let world = World::new(&[]);
    world.server.emulator().add_project("Recycle Bin/Old", Language::Python);
    let ran = world.qc(&["projects", "--all"]).exits(0).says("Recycle Bin/Old (deleted)\n");
    assert!(ran.out.contains("Folder/Strategy\n"), "{}", ran.out);
    let listed = world.qc(&["projects", "--all", "--json"]).exits(0).json();
    let listed = listed.as_array().unwrap();
    let deleted = |name: &str| {
        listed.iter().find(|project| project["name"] == name).unwrap()["deleted"].clone()
    };
    assert_eq!(
        (deleted("Folder/Strategy"), deleted("Recycle Bin/Old")),
        (json!(false), json!(true))
    );
}
