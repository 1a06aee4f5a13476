//! `--all`: every project of a workspace, a line for each.

use std::{
    fs,
    path::{Path, PathBuf},
};

use qc_files::{
    Language, ProjectId,
    qc_proto::{DeleteProject, Project, ReadProject, UpdateProject},
};
use serde_json::{Value, json};

use crate::world::{Ran, World, altered::Altered};

/// A workspace, and a service with projects of these names, each with one file.
struct Workspace {
    world: World,
    ids: Vec<ProjectId>,
}

impl Workspace {
    fn new(names: &[&str]) -> Self {
        let mut ids = Vec::new();
        let world = World::with_service(&[], |mut emulator| {
            for name in names {
                let id = emulator.add_project(name, Language::Python);
                emulator.remove_file(id, "research.ipynb");
                emulator.put_file(id, "main.py", "1\n");
                ids.push(id);
            }
            emulator
        });
        fs::write(world.home.path().join("lean.json"), "{}").unwrap();
        Self { world, ids }
    }

    /// As [`new`](Self::new), and each cloned to the path that its name says.
    fn cloned(names: &[&str]) -> Self {
        let workspace = Self::new(names);
        names.iter().for_each(|name| workspace.clone_to(name));
        workspace
    }

    fn clone_to(&self, name: &str) {
        self.qc(&["clone", name, name]).exits(0);
    }

    fn at(&self, path: &str) -> PathBuf {
        self.world.home.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn qc(&self, arguments: &[&str]) -> Ran {
        self.qc_in(".", arguments)
    }

    fn qc_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = self.world.command(&self.at(folder), arguments).output().unwrap();
        Ran::new(output, arguments)
    }

    fn requests(&self) -> usize {
        self.world.server.emulator().requests().len()
    }

    fn cloud(&self, number: usize, file: &str) -> Option<String> {
        self.world.server.emulator().file(self.ids[number], file).map(str::to_owned)
    }

    fn use_library(&self, project: usize, library: usize) {
        let mut update = UpdateProject::new(self.ids[project]);
        update.libraries = Some(vec![self.ids[library]]);
        self.world.call(update);
    }

    fn project(&self, number: usize) -> Project {
        self.world.call(ReadProject::new(self.ids[number]))
    }
}

fn config(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap()
}

#[test]
fn each_project_is_a_line_and_the_exit_code_is_the_worst() {
    let workspace = Workspace::cloned(&["Alpha/One", "Alpha/Two", "Three"]);
    workspace.qc(&["status", "--all"]).exits(0).says("3 projects, 3 in step; 4 requests in ");
    workspace.write("Alpha/One/main.py", "2\n");
    workspace.world.server.emulator().put_file(workspace.ids[1], "new.py", "x\n");
    let ran = workspace.qc_in("Alpha", &["status", "--all"]).exits(1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[..3], ["Alpha/One  1 to push", "Alpha/Two  1 to pull", "Three      in step"]);
    assert!(lines[3].starts_with("3 projects, 1 in step, 2 different; "), "{}", ran.out);

    workspace.write("Three/main.py", "mine\n");
    workspace.world.server.emulator().put_file(workspace.ids[2], "main.py", "theirs\n");
    let ran = workspace.qc(&["push", "--all"]).exits(3);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "Alpha/One  pushed 1 change",
            "Alpha/Two  nothing to push, 1 to pull",
            "Three      1 conflict"
        ]
    );
    assert!(ran.err.contains("/Three status` shows its files"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert_eq!(workspace.cloud(0, "main.py").as_deref(), Some("2\n"));
    let ran = workspace.qc(&["pull", "--all", "--json"]).exits(3);
    let json = ran.json();
    let states: Vec<&Value> = json.as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["inStep", "changed", "conflict"]);
    assert_eq!(json[1]["report"]["done"], json!([{"action": "write", "name": "new.py"}]));
    assert_eq!((&json[2]["exit"], &json[2]["folder"]), (&json!(3), &json!("Three")));
    workspace.qc(&["pull", "--all", "--force"]).exits(0);
    workspace.qc(&["status", "--all"]).exits(0);
}

#[test]
fn a_failed_project_does_not_keep_the_others_from_being_done() {
    let workspace = Workspace::cloned(&["One", "Two", "Three"]);
    for name in ["One", "Two", "Three"] {
        workspace.write(&format!("{name}/main.py"), "2\n");
    }
    fs::write(workspace.at("Two/config.json"), "{").unwrap();
    let ran = workspace.qc(&["push", "--all"]).exits(2);
    assert!(
        ran.out.contains("Two    failed: ") && ran.out.contains("2 changed, 1 failed"),
        "{}",
        ran.out
    );
    assert_eq!(workspace.cloud(0, "main.py").as_deref(), Some("2\n"));
    assert_eq!(workspace.cloud(2, "main.py").as_deref(), Some("2\n"));
}

#[test]
fn refused_credentials_stop_what_was_not_begun() {
    let names: Vec<String> = (10..30).map(|number| format!("P{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let workspace = Workspace::cloned(&names);
    let before = workspace.requests();
    let rule = "files/read:refuse=200*always".parse().unwrap();
    workspace.world.server.emulator().add_rule(rule);
    let ran = workspace.qc(&["status", "--all"]).exits(4);
    assert!(ran.out.contains("not tried"), "{}", ran.out);
    assert!(workspace.requests() - before < 12, "{}", workspace.requests() - before);
}

#[test]
fn two_folders_of_one_project_are_told_before_anything_is_done() {
    let workspace = Workspace::cloned(&["One"]);
    workspace.qc(&["clone", "One", "deep/Copy"]).exits(0);
    let before = workspace.requests();
    for command in ["status", "push", "pull"] {
        let ran = workspace.qc(&[command, "--all"]).exits(2);
        assert!(ran.err.contains("One and deep/Copy both belong to project"), "{}", ran.err);
    }
    assert_eq!(workspace.requests(), before);
}

#[test]
fn what_is_no_project_is_passed_over_and_what_cannot_be_in_step_is_named() {
    let workspace = Workspace::cloned(&["One", "Old", "Secret"]);
    for place in [".hidden", "node_modules/x", "One/inside", "One/backtests/2025", "data/x"] {
        workspace.write(&format!("{place}/config.json"), "{\"cloud-id\": 5}");
    }
    fs::write(workspace.at("lean.json"), "{ \"data-folder\": \"data\" }").unwrap();
    workspace.world.call(DeleteProject::new(workspace.ids[1]));
    let mut secret = config(&workspace.at("Secret"));
    secret["encrypted"] = json!(true);
    fs::write(workspace.at("Secret/config.json"), secret.to_string()).unwrap();
    workspace.write("Fresh/config.json", "{\"algorithm-language\": \"Python\"}");
    workspace.write("Fresh/main.py", "1\n");
    let ran = workspace.qc(&["pull", "--all"]).exits(0);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "Fresh   not in the cloud yet",
            "Old     in the recycle bin, left alone",
            "One     nothing new",
            "Secret  encrypted, left alone",
        ]
    );
    workspace
        .qc(&["push", "--all"])
        .exits(0)
        .says("`qc push --all --create` makes a project of it");
    workspace.qc(&["status", "--all"]).exits(1).says("Fresh   not in the cloud yet");
    workspace.qc(&["push", "--all", "--create"]).exits(0).says("Fresh   created Fresh, pushed ");
    assert!(config(&workspace.at("Fresh"))["cloud-id"].is_number());
    workspace.qc(&["status", "--all"]).exits(0);
}

#[test]
fn libraries_are_made_before_what_uses_them() {
    let workspace = Workspace::new(&[]);
    workspace.write("Library/Tools/config.json", "{\"algorithm-language\": \"Python\"}");
    workspace.write("Library/Tools/tools.py", "1\n");
    workspace.write(
        "Alpha/config.json",
        "{\"algorithm-language\": \"Python\", \"libraries\": [{\"name\": \"Tools\", \"path\": \"Library/Tools\"}]}",
    );
    workspace.write("Alpha/main.py", "1\n");
    workspace.qc(&["push", "--all", "--create"]).exits(0);
    let all = workspace.world.server.emulator().projects();
    let id = |name: &str| all.iter().find(|(_, known)| known == name).unwrap().0;
    let alpha: Project = workspace.world.call(ReadProject::new(id("Alpha")));
    assert_eq!(alpha.libraries.unwrap(), [id("Library/Tools")]);
    workspace.qc(&["status", "--all"]).exits(0);
}

#[test]
fn a_library_without_a_folder_is_cloned_with_those_that_it_uses() {
    let workspace = Workspace::new(&["Alpha", "Library/Tools", "Library/Base"]);
    workspace.clone_to("Alpha");
    workspace.use_library(0, 1);
    workspace.use_library(1, 2);
    let ran = workspace.qc(&["pull", "--all"]).exits(0);
    for line in ["Library/Tools  library cloned: 1 file", "Library/Base   library cloned: 1 file"] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    let libraries = config(&workspace.at("Alpha"))["libraries"].clone();
    assert_eq!(libraries, json!([{"name": "Tools", "path": "Library/Tools"}]));
    workspace.qc(&["pull", "--all"]).exits(0);
    let ran = workspace.qc(&["status", "--all"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    // A folder that is in the way stays as it is.
    fs::remove_dir_all(workspace.at("Library/Tools")).unwrap();
    workspace.write("Library/Tools/mine.py", "1\n");
    workspace.qc(&["pull", "--all"]).exits(7).says("whose folder is there and not empty");
}

#[test]
fn a_library_of_another_owner_is_only_downloaded() {
    let workspace = Workspace::new(&["Alpha", "Library/Tools"]);
    workspace.clone_to("Alpha");
    workspace.use_library(0, 1);
    let tools = workspace.ids[1];
    let service = Altered::new(&workspace.world, move |endpoint, _, answer| {
        let projects = answer.get_mut("projects").and_then(Value::as_array_mut);
        for project in projects.into_iter().flatten().filter(|_| endpoint == "projects/read") {
            if project["projectId"] == json!(tools) {
                project["ownerId"] = json!(99);
            }
        }
    });
    let qc = |arguments: &[&str]| {
        let mut command = workspace.world.command(&workspace.at("."), arguments);
        Ran::new(
            command.env("QUANTCONNECT_BASE_URL", &service.address).output().unwrap(),
            arguments,
        )
    };
    qc(&["pull", "--all"]).exits(0).says("library cloned: 1 file, of another owner");
    qc(&["push", "--all"]).exits(0).says("library of another owner, only downloaded");
    workspace.write("Library/Tools/main.py", "mine\n");
    qc(&["push", "--all"]).exits(7).says("only downloaded: 1 change here not pushed");
    assert_eq!(workspace.cloud(1, "main.py").as_deref(), Some("1\n"));
    assert!(workspace.project(0).libraries.unwrap().contains(&tools));
}

#[test]
fn without_a_workspace_or_a_project_in_it_the_error_says_so() {
    let world = World::cloned(&[("main.py", "1\n")]);
    world.qc(&["status", "--all"]).exits(2).says("a workspace is a folder with `lean.json`");
    let workspace = Workspace::new(&[]);
    workspace.qc(&["pull", "--all"]).exits(2).says("there is no project's folder in ");
    workspace.qc(&["pull", "--all", "main.py"]).exits(2);
    workspace.qc(&["status", "--all", "--short"]).exits(2);
    workspace.qc(&["push", "--all", "-n"]).exits(2);
}
