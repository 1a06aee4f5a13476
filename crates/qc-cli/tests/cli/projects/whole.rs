//! `qc project`: a project as a whole is shown, renamed and deleted.

use qc_files::{
    Language,
    qc_proto::{CreateProject, Parameter, Project, ReadProject, UpdateProject},
};
use serde_json::json;

use crate::world::{World, altered::Altered};

fn cloud(world: &World) -> Project {
    world.call(ReadProject::new(world.id))
}

fn create(world: &World, name: &str) -> Project {
    let (name, language) = (name.to_owned(), Language::Python);
    world.call(CreateProject::new(name, language))
}

#[test]
fn a_project_is_shown_from_its_folder_by_number_by_name_and_by_address() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let tools = create(&world, "Library/Tools");
    let mut update = UpdateProject::new(world.id);
    update.description = Some("two\nlines".to_owned());
    update.parameters = Some(vec![Parameter::new("period", "14")]);
    update.libraries = Some(vec![tools.project_id]);
    (update.version_id, update.lean_environment) = (Some(15_000), Some(2));
    world.call(update);
    let number = world.id.to_string();
    let address = format!("https://www.quantconnect.com/project/{number}");
    for named in [
        &["project", "show"][..],
        &["project", "show", "Folder/Strategy"],
        &["project", "show", &number],
        &["project", "show", &address],
    ] {
        let before = world.server.emulator().requests().len();
        let ran = world.qc(named).exits(0);
        assert_eq!(world.server.emulator().requests().len() - before, 1, "{named:?}");
        for line in [
            "Folder/Strategy",
            &number,
            &address,
            "period = 14",
            "15000",
            "user-7 (owner)",
            &tools.project_id.to_string(),
            "two\\nlines",
        ] {
            assert!(ran.out.contains(line), "{line}: {}", ran.out);
        }
    }
    let shown = world.qc(&["project", "show", "--json"]).exits(0).json();
    assert_eq!(shown["parameters"], json!({"period": "14"}));
    assert_eq!(shown["libraries"], json!([tools.project_id]));
    assert_eq!((&shown["leanVersion"], &shown["environment"]), (&json!(15_000), &json!(2)));
    assert_eq!((&shown["deleted"], &shown["encrypted"]), (&json!(false), &json!(false)));
    world
        .qc(&["project", "show", "Folder/Stratgy"])
        .exits(5)
        .says("did you mean `Folder/Strategy`");
    world.qc(&["project"]).exits(2);
}

#[test]
fn a_project_is_renamed_but_not_to_a_name_that_is_taken() {
    let world = World::cloned(&[("main.py", "1\n")]);
    let other = create(&world, "Pairs");
    world
        .qc(&["project", "rename", "Folder/New"])
        .exits(0)
        .says("renamed Folder/Strategy to Folder/New");
    assert_eq!(cloud(&world).name, "Folder/New");
    world
        .qc(&["project", "rename", "Pairs"])
        .exits(2)
        .says(&format!("project {} is called `Pairs` already", other.project_id));
    assert_eq!(cloud(&world).name, "Folder/New");
    let renamed = world.qc(&["project", "rename", "Folder/New", "Newer", "--json"]).exits(0).json();
    assert_eq!((&renamed["from"], &renamed["name"]), (&json!("Folder/New"), &json!("Newer")));
    // The folder goes on belonging to it.
    world.qc(&["status"]).exits(0);
    world.qc(&["project", "rename", ""]).exits(2);
}

#[test]
fn a_deletion_needs_a_word_and_leaves_the_folder() {
    let world = World::cloned(&[("main.py", "1\n")]);
    world.qc(&["project", "delete"]).exits(2).says("--yes");
    assert!(!cloud(&world).is_in_recycle_bin());
    let ran = world.qc(&["project", "delete", "--yes"]).exits(0);
    assert!(ran.out.contains("Folder/Strategy is in the recycle bin now"), "{}", ran.out);
    assert!(ran.err.contains("its folder stays: "), "{}", ran.err);
    assert_eq!(world.get("main.py"), "1\n");
    assert!(cloud(&world).is_in_recycle_bin());
    world.qc(&["project", "show"]).exits(0).says("in the recycle bin");
    let again = world.qc(&["project", "delete", "--yes", "--json"]).exits(0).json();
    assert_eq!(again["deleted"], false);
    // It is neither listed nor offered any more.
    assert_eq!(world.qc(&["projects"]).exits(0).out, "");
    let ran = world.qc(&["clone", "Folder/Strateg", "x"]).exits(5);
    assert!(!ran.err.contains("did you mean"), "{}", ran.err);
}

#[test]
fn a_lost_answer_to_a_deletion_deletes_once() {
    for fault in ["drop-after", "drop-before", "status=502/applied"] {
        let world = World::cloned(&[("main.py", "1\n")]);
        let rule = format!("projects/delete:{fault}").parse().unwrap();
        world.server.emulator().add_rule(rule);
        world.qc(&["project", "delete", "--yes"]).exits(0).says("in the recycle bin now");
        assert_eq!(cloud(&world).name, "Recycle Bin/Folder/Strategy", "{fault}");
    }
}

#[test]
fn what_is_odd_in_a_project_is_shown_as_far_as_it_can_be_read() {
    let world = World::new(&[("main.py", "1\n")]);
    let service = Altered::new(&world, |endpoint, _, answer| {
        if endpoint == "projects/read" {
            let project = &mut answer["projects"][0];
            project["collaborators"] = json!([{"uid": 5, "epermission": "read"}, 7]);
            project["parameters"] = json!([["odd"]]);
            project["encrypted"] = json!(true);
        }
    });
    let ran = service.qc(&world, &["project", "show", "Folder/Strategy"]).exits(0);
    assert!(ran.out.contains("5 (read)") && ran.out.contains("encrypted"), "{}", ran.out);
    let shown = service.qc(&world, &["project", "show", "Folder/Strategy", "--json"]).json();
    assert_eq!(shown["parameters"], json!(null));
}
