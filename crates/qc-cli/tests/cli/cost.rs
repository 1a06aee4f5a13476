//! How many requests a command makes. docs/sync.md lists all of them; `qc-sync`'s `src/tests/push/cost.rs` has the kinds of changes.

use qc_files::Language;

use crate::world::{Ran, World};

impl World {
    /// How many requests it made, done from start to end.
    #[track_caller]
    fn cost(&self, arguments: &[&str]) -> usize {
        let before = self.server.emulator().requests().len();
        self.qc(arguments).exits(0);
        self.server.emulator().requests().len() - before
    }
}

#[test]
fn commands_cost_what_the_document_says() {
    let names: Vec<String> = (0..30).map(|number| format!("f{number}.py")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x = 1\n")).collect();
    let world = World::new(&files);
    assert_eq!(world.cost(&["clone", &world.id.to_string()]), 2, "clone");
    for looks in [&["push"][..], &["push", "-n"], &["ls"], &["status", "f0.py"], &["pull", "f0.py"]]
    {
        assert_eq!(world.cost(looks), 1, "{looks:?}");
    }
    // One for the files and one for the settings.
    for looks in [&["status"], &["diff"], &["pull"]] {
        assert_eq!(world.cost(looks), 2, "{looks:?}");
    }
    world.put("f0.py", "x = 2\n");
    assert_eq!(world.cost(&["push"]), 2, "one edit");
    for name in &names {
        world.put(name, "x = 3\n");
    }
    assert_eq!(world.cost(&["push"]), 2, "thirty edits");
    world.put("new.py", "x = 1\n");
    assert_eq!(world.cost(&["push"]), 3, "one new file");
    assert_eq!(world.cost(&["cat", "new.py"]), 1);
    assert_eq!(world.cost(&["rm", "new.py"]), 3);
    world.put_cloud("f1.py", "theirs\n");
    assert_eq!(world.cost(&["pull"]), 2, "a pull that writes");
    assert_eq!(world.cost(&["undo"]), 0);
    assert_eq!(world.cost(&["history"]), 0);
}

#[test]
fn two_hundred_files_in_a_fresh_project_cost_three_requests() {
    let world = World::with_service(&[], |mut emulator| {
        emulator.add_project("Fresh", Language::Python);
        emulator
    });
    let projects = world.server.emulator().projects();
    let (id, _) = projects.iter().find(|(_, name)| name == "Fresh").unwrap();
    world.qc(&["clone", &id.to_string()]).exits(0);
    let folder = world.home.path().join("Fresh");
    for number in 0..200 {
        std::fs::write(folder.join(format!("f{number}.py")), format!("x = {number}\n")).unwrap();
    }
    let before = world.server.emulator().requests().len();
    Ran::new(world.command(&folder, &["push"]).output().unwrap(), &["push"]).exits(0);
    assert_eq!(world.server.emulator().requests().len() - before, 3);
    assert_eq!(world.server.emulator().file(*id, "f199.py"), Some("x = 199\n"));
}

#[test]
fn a_workspace_costs_one_request_for_all_settings_and_one_for_the_files_of_each_project() {
    const PROJECTS: usize = 40;
    let names: Vec<String> = (0..PROJECTS).map(|number| format!("P{number}")).collect();
    let world = World::with_service(&[], |mut emulator| {
        for name in &names {
            let id = emulator.add_project(name, Language::Python);
            emulator.put_file(id, "main.py", "x = 1\n");
        }
        emulator
    });
    std::fs::write(world.home.path().join("lean.json"), "{}").unwrap();
    for name in &names {
        world.qc(&["clone", name]).exits(0);
    }
    for command in ["status", "pull", "push"] {
        assert_eq!(world.cost(&[command, "--all"]), 1 + PROJECTS, "{command}");
    }
    // A push of an edit costs its patch and a reading.
    for name in &names[..10] {
        std::fs::write(world.home.path().join(name).join("main.py"), "x = 2\n").unwrap();
    }
    assert_eq!(world.cost(&["push", "--all"]), 1 + PROJECTS + 10, "ten edits");
}
