//! The settings in `config.json` are in step, key by key.

use std::fs;

use qc_files::{
    Language, ProjectId,
    qc_proto::{CreateProject, Parameter, Project, ReadProject, UpdateProject},
};
use serde_json::{Value, json};

use crate::world::World;

fn parameter(key: &str, value: &str) -> Parameter {
    Parameter::new(key, value)
}

/// Somebody changes the project in the web.
fn edit_cloud(world: &World, change: impl FnOnce(&mut UpdateProject)) {
    let mut update = UpdateProject::new(world.id);
    change(&mut update);
    world.call(update);
}

fn cloud(world: &World) -> Project {
    world.call(ReadProject::new(world.id))
}

fn create(world: &World, name: &str) -> Project {
    let (name, language) = (name.to_owned(), Language::Python);
    world.call(CreateProject::new(name, language))
}

fn cloud_parameters(world: &World) -> Vec<(String, String)> {
    let all = cloud(world).parameters.unwrap().into_iter();
    all.map(|parameter| (parameter.key, parameter.value)).collect()
}

fn set(world: &World, pointer: &str, value: Value) {
    let mut config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    *config.pointer_mut(pointer).unwrap() = value;
    world.put("config.json", &format!("{config:#}\n"));
}

#[test]
fn a_clone_has_the_settings_and_is_in_step() {
    let world = World::new(&[("main.py", "1\n")]);
    edit_cloud(&world, |update| {
        update.description = Some("what \"it\" is".to_owned());
        update.parameters = Some(vec![parameter("period", "14")]);
        (update.version_id, update.lean_environment) = (Some(15_000), Some(2));
    });
    world.qc(&["clone", "Folder/Strategy"]).exits(0);
    let config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    assert_eq!(config["parameters"], json!({"period": "14"}));
    assert_eq!(config["description"], "what \"it\" is");
    assert_eq!((&config["lean-engine"], &config["python-venv"]), (&json!(15_000), &json!(2)));
    world.qc(&["status"]).exits(0).says("in step");
}

#[test]
fn what_was_changed_here_is_pushed_and_what_was_changed_there_is_pulled() {
    let world = World::cloned(&[("main.py", "1\n")]);
    world
        .put("config.json", &world.get("config.json").replacen('{', "{\n  \"mine\":   [1.50],", 1));
    set(&world, "/parameters", json!({"period": "14", "fast": "3"}));
    edit_cloud(&world, |update| update.description = Some("theirs".to_owned()));
    let ran = world.qc(&["status"]).exits(1);
    assert!(ran.out.contains("  set parameters.period to \"14\"\n"), "{}", ran.out);
    assert!(ran.out.contains("  set description to \"theirs\"\n"), "{}", ran.out);
    let json = world.qc(&["status", "--json"]).exits(1).json();
    assert_eq!(
        json["settings"]["pull"],
        json!([{"key": "description", "from": null, "to": "theirs"}])
    );
    assert_eq!(world.qc(&["status", "--short"]).exits(1).out, "MM config.json\n");
    world.qc(&["diff"]).exits(1).says("+parameters.period = \"14\"");
    world.qc(&["push", "-n"]).exits(0).says("set parameters.fast to \"3\"");
    assert_eq!(cloud_parameters(&world), []);

    world.qc(&["push"]).exits(0).says("set parameters.period to \"14\"");
    assert_eq!(
        cloud_parameters(&world),
        [("fast".into(), "3".into()), ("period".into(), "14".into())]
    );
    assert_eq!(cloud(&world).description.as_deref(), Some("theirs"));
    world.qc(&["pull"]).exits(0).says("set description to \"theirs\"");
    assert!(world.get("config.json").contains("\"mine\""));
    world.qc(&["status"]).exits(0);
    // Nothing was changed here: no request but the files'.
    let before = world.server.emulator().requests().len();
    world.qc(&["push"]).exits(0).says("nothing to push");
    assert_eq!(world.server.emulator().requests().len() - before, 1);
}

#[test]
fn a_pull_changes_its_keys_and_no_other_byte() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let config = world.get("config.json");
    let odd = config.replacen("\"description\": \"\"", "\"description\" :\t\"\"", 1).replacen(
        '{',
        "{ \"z\": 1.0e1,",
        1,
    );
    assert_ne!(config, odd);
    world.put("config.json", &odd);
    edit_cloud(&world, |update| update.description = Some("new".to_owned()));
    world.qc(&["pull"]).exits(0);
    assert_eq!(world.get("config.json"), odd.replacen("\t\"\"", "\t\"new\"", 1));
}

#[test]
fn a_value_that_both_changed_is_left_alone_until_one_is_chosen() {
    let both = || {
        let world = World::cloned(&[("main.py", "1\n")]);
        set(&world, "/description", json!("mine"));
        edit_cloud(&world, |update| update.description = Some("theirs".to_owned()));
        world
    };
    let world = both();
    let conflict = "config.json: description: \"mine\" here, \"theirs\" in the cloud";
    world.qc(&["status"]).exits(3).says(conflict);
    world.qc(&["push"]).exits(3).says(conflict).says("qc push --ours config.json");
    world.qc(&["pull"]).exits(3).says(conflict);
    assert_eq!(cloud(&world).description.as_deref(), Some("theirs"));
    world
        .qc(&["push", "--ours", "config.json"])
        .exits(0)
        .says("set description to \"mine\" (was \"theirs\")");
    assert_eq!(cloud(&world).description.as_deref(), Some("mine"));
    world.qc(&["status"]).exits(0);

    let world = both();
    world
        .qc(&["pull", "--theirs", "config.json"])
        .exits(0)
        .says("set description to \"theirs\" (was \"mine\")");
    world.qc(&["status"]).exits(0);
}

#[test]
fn a_path_limits_a_command_to_the_settings_or_to_the_rest() {
    let world = World::cloned(&[("main.py", "1\n")]);
    set(&world, "/description", json!("mine"));
    world.put("main.py", "2\n");
    world.qc(&["push", "main.py"]).exits(0);
    assert_eq!(cloud(&world).description.as_deref(), Some(""));
    world.put("main.py", "3\n");
    world.qc(&["push", "config.json"]).exits(0);
    assert_eq!(cloud(&world).description.as_deref(), Some("mine"));
    assert_eq!(world.cloud("main.py").as_deref(), Some("2\n"));
}

#[test]
fn what_makes_no_sense_is_told_before_anything_is_done() {
    let world = World::cloned(&[("main.py", "1\n")]);
    world.put("main.py", "2\n");
    set(&world, "/parameters", json!({"period": 14}));
    for command in ["status", "push", "pull", "diff"] {
        world.qc(&[command]).exits(2).says("config.json: parameters.period: it must be text");
    }
    assert_eq!(world.cloud("main.py").as_deref(), Some("1\n"));
    set(&world, "/parameters", json!({}));
    set(&world, "/algorithm-language", json!("CSharp"));
    world.qc(&["status"]).exits(2).says("algorithm-language: it is CSharp here");
}

#[test]
fn a_lost_answer_changes_nothing_of_the_outcome() {
    for fault in ["drop-after", "drop-before", "status=502/applied"] {
        let world = World::cloned(&[("main.py", "1\n")]);
        set(&world, "/description", json!("mine"));
        let rule = format!("projects/update:{fault}").parse().unwrap();
        world.server.emulator().add_rule(rule);
        world.qc(&["push"]).exits(0);
        assert_eq!(cloud(&world).description.as_deref(), Some("mine"));
        world.qc(&["status"]).exits(0);
    }
}

#[test]
fn libraries_are_in_step_inside_of_a_workspace() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let tools = create(&world, "Library/Tools");
    let other = create(&world, "Library/Other");
    fs::write(world.home.path().join("lean.json"), "{}").unwrap();
    let place = |project: &Project| {
        let folder = world.home.path().join(&project.name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.json"), format!("{{\"cloud-id\": {}}}", project.project_id))
            .unwrap();
    };
    place(&tools);
    let config = world.get("config.json");
    world.put(
        "config.json",
        &config.replacen(
            '{',
            "{\"libraries\": [{\"name\": \"Tools\", \"path\": \"Library/Tools\"}],",
            1,
        ),
    );
    world.qc(&["push"]).exits(0).says(&format!("set libraries.{}", tools.project_id));
    assert_eq!(cloud(&world).libraries.unwrap(), [tools.project_id]);

    let all: Vec<ProjectId> = vec![tools.project_id, other.project_id];
    edit_cloud(&world, |update| update.libraries = Some(all));
    world.qc(&["pull"]).exits(0);
    let config: Value = serde_json::from_str(&world.get("config.json")).unwrap();
    assert_eq!(config["libraries"][1], json!({"name": "Other", "path": "Library/Other"}));
    // The reference leads nowhere yet: that is no reason to take the library from the project.
    world.qc(&["push"]).exits(0);
    assert_eq!(cloud(&world).libraries.unwrap().len(), 2);
    place(&other);
    world.qc(&["status"]).exits(0);
}

#[test]
fn a_saved_setting_is_pushed_by_watch() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let watch = crate::folder::watch::Watch::start(&world, &[]);
    set(&world, "/description", json!("mine"));
    assert_eq!(watch.pushes(), "set description to \"mine\"");
    assert_eq!(cloud(&world).description.as_deref(), Some("mine"));
}
