//! Files of libraries, which the service may send among a project's own, with the same names.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
};

use qc_files::{Language, ProjectId};
use serde_json::{Value, json};

use crate::world::{World, altered::Altered};

const OWN: &str = "own = 1\n";
const THEIRS: &str = "theirs = 1\n";

/// A project with a file of its own, and a library that the service sends unasked, before or after it.
struct Shared {
    world: World,
    service: Altered,
    library: ProjectId,
}

impl Shared {
    fn new(library: &str, is_first: bool) -> Self {
        let world = World::new(&[("main.py", OWN)]);
        let library = world.server.emulator().add_project(library, Language::Python);
        let service = Altered::new(&world, move |endpoint, asked, answer| {
            if endpoint != "files/read" {
                return;
            }
            let file = |name: &str| json!({ "name": name, "content": THEIRS, "isLibrary": true, "projectId": library });
            let theirs =
                ["main.py", "shared/tools.py", "config.json", ".git/config", "../../out.py"];
            let theirs =
                theirs.iter().filter(|name| asked.get("name").is_none_or(|asked| asked == **name));
            let theirs: Vec<Value> = theirs.map(|name| file(name)).collect();
            let own = answer["files"].as_array().cloned().unwrap_or_default();
            if !theirs.is_empty() {
                let files = if is_first { [theirs, own] } else { [own, theirs] };
                *answer = json!({ "files": files.concat(), "success": true });
            }
        });
        Self { world, service, library }
    }

    fn qc(&self, arguments: &[&str]) -> crate::world::Ran {
        self.service.qc(&self.world, arguments)
    }

    /// No request writes, renames or deletes a library's text or name.
    fn assert_untouched(&self) {
        for (endpoint, asked) in self.service.asked() {
            let is_read = matches!(&*endpoint, "files/read" | "projects/read");
            let names = ["tools.py", "theirs = 1", "out.py", ".git", "config.json"];
            let text = asked.to_string();
            assert!(is_read || !names.iter().any(|name| text.contains(name)), "{endpoint}: {text}");
        }
    }
}

#[test]
fn no_command_takes_a_librarys_file_for_the_projects_own() {
    for is_first in [true, false] {
        let shared = Shared::new("Library/Tools", is_first);
        let world = &shared.world;
        shared.qc(&["clone", "Folder/Strategy"]).exits(0).says("1 file\n");
        assert_eq!(world.get("main.py"), OWN);
        assert_eq!(names(&world.folder()), [".qc", "config.json", "main.py"]);
        shared.qc(&["status"]).exits(0).says("in step");
        assert_eq!(shared.qc(&["cat", "main.py"]).exits(0).out, OWN);
        let listed = shared.qc(&["ls", "--json"]).exits(0).json();
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["name"]), (1, &json!("main.py")));

        world.put("main.py", "own = 2\n");
        shared.qc(&["push"]).exits(0).says("update main.py");
        assert_eq!(world.cloud("main.py").as_deref(), Some("own = 2\n"));
        world.put_cloud("main.py", "own = 3\n");
        shared.qc(&["pull"]).exits(0).says("write main.py");
        assert_eq!(world.get("main.py"), "own = 3\n");
        world.put("main.py", "own = 4\n");
        shared.qc(&["restore", "main.py", "--from", "cloud"]).exits(0);
        assert_eq!(world.get("main.py"), "own = 3\n");
        shared.qc(&["restore", "shared/tools.py", "--from", "cloud"]).exits(5);

        world.put("main.py", "own = 5\n");
        let mut watch = watch(&shared);
        while world.cloud("main.py").as_deref() != Some("own = 5\n") {
            thread::yield_now();
        }
        watch.kill().unwrap();
        watch.wait().unwrap();

        world.put("main.py", "own = 6\n");
        shared.qc(&["put", "main.py"]).exits(0).says("update main.py");
        shared.qc(&["mv", "main.py", "moved.py"]).exits(0);
        assert_eq!(world.cloud("moved.py").as_deref(), Some("own = 6\n"));
        // The own one is gone, and the library's of that name is none to put in its place.
        shared.qc(&["cat", "main.py"]).exits(5);
        shared.qc(&["rm", "moved.py"]).exits(0);
        shared.qc(&["cat", "shared/tools.py"]).exits(5);
        assert_eq!(world.server.emulator().file_names(world.id), [""; 0]);
        shared.assert_untouched();
    }
}

fn watch(shared: &Shared) -> Child {
    let mut command = shared.world.command(&shared.world.folder(), &["watch"]);
    command.env("QUANTCONNECT_BASE_URL", &shared.service.address);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn libraries_are_brought_to_read_and_never_pushed() {
    for by_clone in [true, false] {
        let shared = Shared::new("/Library/Tools", true);
        let world = &shared.world;
        let refused = "left alone: Library/Tools/../../out.py";
        if by_clone {
            let ran = shared.qc(&["clone", "Folder/Strategy", "--with-libraries"]).exits(0);
            ran.says("library Library/Tools\n").says(refused);
        } else {
            shared.qc(&["clone", "Folder/Strategy"]).exits(0);
            shared.qc(&["pull", "--with-libraries"]).exits(0).says("library Library/Tools\n");
        }
        assert_eq!(names(world.home.path()), ["Strategy"]);
        assert_eq!(names(&world.folder()), [".qc", "Library", "config.json", "main.py"]);
        let tools = world.folder().join("Library/Tools");
        assert_eq!(names(&tools), ["main.py", "shared"]);
        assert_eq!(
            (world.get("Library/Tools/main.py"), world.get("main.py")),
            (THEIRS.into(), OWN.into())
        );
        let written = fs::metadata(tools.join("shared/tools.py")).unwrap();
        assert!(written.permissions().readonly());
        shared.qc(&["status"]).exits(0).says("in step");
        world.put("main.py", "own = 2\n");
        let pushed = shared.qc(&["push", "--json"]).exits(0).json();
        assert_eq!(pushed["done"].as_array().unwrap().len(), 1, "{pushed}");
        // Once more, and without the option nothing of it is written.
        shared.qc(&["pull", "--with-libraries"]).exits(0);
        let before = fs::metadata(tools.join("main.py")).unwrap().modified().unwrap();
        shared.qc(&["pull"]).exits(0);
        assert_eq!(fs::metadata(tools.join("main.py")).unwrap().modified().unwrap(), before);
        shared.assert_untouched();
        assert_eq!(
            names(&world.folder().join(".qc")).iter().filter(|name| name.contains("lib")).count(),
            0
        );
    }
}

#[test]
fn a_library_whose_name_makes_no_folder_has_its_number() {
    for name in ["../x", ".hidden", "a/.git", "CON:", ""] {
        let shared = Shared::new("Tools", true);
        let number = shared.library.to_string();
        let name = name.to_owned();
        let renamed = Altered::new(&shared.world, move |endpoint, asked, answer| match endpoint {
            "projects/read" if asked.get("projectId") == Some(&json!(shared.library)) => {
                answer["projects"][0]["name"] = json!(name);
            }
            "files/read" => {
                let file = json!({ "name": "a.py", "content": THEIRS, "isLibrary": true, "projectId": shared.library });
                answer["files"].as_array_mut().unwrap().push(file);
            }
            _ => {}
        });
        let world = &shared.world;
        let id = world.id.to_string();
        let cloned = renamed.qc(world, &["clone", &id, "Strategy", "--with-libraries", "--json"]);
        let cloned = cloned.exits(0).json();
        assert_eq!(cloned["libraries"], json!([format!("Library/{number}")]), "{cloned}");
        assert_eq!(names(&world.folder().join("Library")), [".qc-libraries.json", &number]);
    }
}

#[test]
fn a_folder_of_the_users_own_is_in_step_and_never_replaced() {
    let shared = Shared::new("Tools", false);
    let world = &shared.world;
    world.put_cloud("Library/mine.py", "mine = 1\n");
    let why = "left alone: Library: it is not one that was made for libraries";
    shared.qc(&["clone", "Folder/Strategy", "--with-libraries"]).exits(7).says(why);
    assert_eq!(names(&world.folder().join("Library")), ["mine.py"]);
    world.put("Library/mine.py", "mine = 2\n");
    shared.qc(&["push"]).exits(0).says("update Library/mine.py");
    shared.qc(&["pull", "--with-libraries"]).exits(7).says(why);
    assert_eq!(world.get("Library/mine.py"), "mine = 2\n");
}

#[test]
fn what_was_changed_or_added_among_the_libraries_is_named_and_kept() {
    let shared = Shared::new("Tools", false);
    let world = &shared.world;
    shared.qc(&["clone", "Folder/Strategy", "--with-libraries"]).exits(0);
    let place = world.folder().join("Library/Tools");
    for file in ["main.py", "added.py"] {
        let _ = fs::remove_file(place.join(file));
        fs::write(place.join(file), "mine\n").unwrap();
        let ran = shared.qc(&["pull", "--with-libraries"]).exits(7);
        ran.says(&format!("left alone: Library/Tools/{file}: it was changed or added here"));
        assert_eq!(fs::read_to_string(place.join(file)).unwrap(), "mine\n");
        fs::remove_file(place.join(file)).unwrap();
    }
    shared.qc(&["pull", "--with-libraries"]).exits(0).says("library Library/Tools");
    assert_eq!(world.get("Library/Tools/main.py"), THEIRS);
    // The project's own files of such names are not hidden without a word.
    world.put_cloud("Library/own.py", "1\n");
    let why = "left alone: Library/own.py: the folder of that name here holds the libraries";
    shared.qc(&["pull"]).exits(0).says(why);
    shared.qc(&["status"]).exits(0).says(why);
    // A project that uses none any more has none.
    world.qc(&["pull", "--with-libraries"]).exits(0);
    assert!(!world.folder().join("Library").exists());
    world.qc(&["pull"]).exits(0).says("write Library/own.py");
}
