//! A project whose files are ciphertext in the cloud.

use std::fs;

use serde_json::json;

use crate::world::{World, altered::Altered};

#[test]
fn an_encrypted_project_is_neither_cloned_nor_written_by_its_name() {
    let world = World::new(&[("main.py", "Y2lwaGVydGV4dA==")]);
    let encrypted = Altered::new(&world, |endpoint, _, answer| {
        if endpoint == "projects/read" {
            answer["projects"][0]["encrypted"] = json!(true);
        }
    });
    fs::write(world.home.path().join("a.py"), "plain\n").unwrap();
    for arguments in [
        &["clone", "Folder/Strategy"][..],
        &["clone", &world.id.to_string()],
        &["put", "a.py", "--project", "Folder/Strategy"],
        &["patch", "a.py", "--project", "Folder/Strategy"],
    ] {
        let ran = encrypted.qc(&world, arguments).exits(2);
        ran.says("Folder/Strategy is encrypted").says("use the official command line tool");
    }
    assert!(encrypted.asked().iter().all(|(endpoint, _)| endpoint == "projects/read"));
    assert!(!world.folder().exists());
}

#[test]
fn a_folder_that_the_official_tool_has_encrypted_is_left_alone() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let plain = world.get("config.json");
    let mut config: serde_json::Value = serde_json::from_str(&plain).unwrap();
    config["encrypted"] = json!(true);
    world.put("config.json", &config.to_string());
    world.put("main.py", "2\n");
    world.put("fix.diff", "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-1\n+2\n");
    let before = world.server.emulator().requests().len();
    for arguments in [
        &["status"][..],
        &["diff"],
        &["pull"],
        &["push"],
        &["push", "--force"],
        &["watch"],
        &["put", "main.py"],
        &["patch", "fix.diff"],
        &["restore", "main.py", "--from", "cloud"],
    ] {
        world
            .qc(arguments)
            .exits(2)
            .says("is encrypted")
            .says("decrypt the project in the web IDE");
    }
    assert_eq!(world.server.emulator().requests().len(), before);
    config["encrypted"] = json!(false);
    world.put("config.json", &config.to_string());
    world.qc(&["push"]).exits(0);
}
