//! What is read, what is written, and what never is.

#[cfg(unix)]
use std::fs;
use std::sync::{Arc, Mutex};

use qc_emulator::Emulator;
use qc_proto::FileName;

use crate::{
    cloud::pull::Write,
    error::SyncError,
    local::Local as _,
    observer::{Caution, Event, Observer},
    plan::{Change, selection::Selection},
    session::Options,
    tests::{folder::world::World, place::name},
};

#[test]
fn what_is_in_step_is_decided_by_name() {
    let world = World::new(&[]);
    for file in [
        "main.py",
        "Main.cs",
        "pkg/a.py",
        "research.ipynb",
        "report.html",
        "style.css", // in step
        "notes.md",
        "config.json",
        "data.csv",
        "Makefile", // other types
        ".hidden.py",
        ".git/hooks/a.py",
        ".idea/b.py",
        ".ipynb_checkpoints/c.ipynb",
        "bin/a.cs",
        "obj/b.cs",
        "__pycache__/c.py",
        "backtests/1/code/main.py",
        "pkg/live/a.py",
        "venv/pyvenv.cfg",
        "venv/lib/x.py",
        "scratch/a.py",
        "secret.py",
        "pkg/generated.py",
        "pkg/kept.py",
        "own/b.py",
    ] {
        world.put(file, "x");
    }
    world.put(".gitignore", "scratch/\nsecret.py\n");
    world.put("pkg/.gitignore", "*.py\n!kept.py\n!a.py\n");
    world.put(".qcignore", "/own\n");
    let scan = world.folder().scan().unwrap();
    let names: Vec<&str> = scan.files.keys().map(FileName::as_str).collect();
    assert_eq!(
        names,
        [
            "Main.cs",
            "main.py",
            "pkg/a.py",
            "pkg/kept.py",
            "report.html",
            "research.ipynb",
            "style.css"
        ]
    );
    assert_eq!(scan.refused, []);
    for out in ["scratch/new.py", "pkg/new.py", "own/deep/new.py", "venv/new.py", "x.md", ".x.py"] {
        assert!(world.folder().unsynced(&name(out)).is_some(), "{out}");
    }
    assert_eq!(world.folder().unsynced(&name("pkg/new.cs")), None);
}

#[test]
fn a_folder_is_cloned_edited_and_pushed_byte_for_byte() {
    let world =
        World::new(&[("main.py", "a\r\nb\r\n"), ("pkg/__init__.py", ""), ("ü.py", "\u{feff}x")]);
    let pulled = world.pull();
    assert_eq!((pulled.refused.len(), pulled.writes.len()), (0, 3));
    assert_eq!(world.get("main.py").unwrap(), "a\r\nb\r\n");
    assert_eq!(world.get("pkg/__init__.py").unwrap(), "");
    assert_eq!(world.get("ü.py").unwrap(), "\u{feff}x");
    assert!(world.pull().writes.is_empty());

    world.put("main.py", "a\r\nc\r\n");
    world.put("new/b.py", "no newline");
    world.remove("ü.py");
    let pushed = world.push();
    assert!(pushed.failed.is_empty() && pushed.refused.is_empty());
    let emulator = world.emulator();
    assert_eq!(emulator.file(world.id(), "main.py"), Some("a\r\nc\r\n"));
    assert_eq!(emulator.file(world.id(), "new/b.py"), Some("no newline"));
    assert_eq!(emulator.file_names(world.id()), ["main.py", "new/b.py", "pkg/__init__.py"]);
}

#[test]
fn a_pull_renames_removes_and_leaves_no_empty_folders() {
    let world = World::new(&[("a.py", "1\n"), ("old/deep/b.py", "2\n")]);
    world.pull();
    world.emulator().remove_file(world.id(), "a.py");
    world.emulator().put_file(world.id(), "pkg/a.py", "1\n");
    world.emulator().remove_file(world.id(), "old/deep/b.py");
    let pulled = world.pull();
    assert!(matches!(pulled.writes[0], Write::Rename { .. }), "{:?}", pulled.writes);
    assert_eq!(world.place.all_files(), ["folder/pkg/a.py"]);
    assert!(!world.place.outside.path().join("folder/old").exists());
}

#[test]
fn hostile_names_write_nothing_that_they_should_not_and_lose_no_other_file() {
    let long = format!("{}.py", "x".repeat(297));
    let hostile = [
        "../../x.py",
        "../x.py",
        "/x.py",
        "a/../../x.py",
        "C:\\x.py",
        "C:x.py",
        "CON:.py",
        "pkg/aux?.py",
        "taken",
        "taken/b.py",
        "re\u{202e}yp.py",
        "zero\u{200b}.py",
        "a\tb.py",
        "dot./x.py",
        &long,
    ];
    let silent =
        [".git/hooks/x.py", ".qc/x.py", "config.json", ".gitignore", "backtests/x.py", ".env"];
    let mut files: Vec<(&str, &str)> =
        hostile.iter().chain(&silent).map(|file| (*file, "hostile")).collect();
    files.extend([("main.py", "1"), ("taken.py/x.py", "2"), ("pkg/fine.py", "3")]);
    let world = World::new(&files);
    world.put("taken.py", "mine");
    world.put("config.json", "{}");
    world.put(".git/config", "git");
    let pulled = world.pull();
    // `taken` is of no type of ours, so `taken/b.py` can be had; `taken.py/x.py` cannot beside `taken.py`.
    assert_eq!(
        world.place.all_files(),
        [
            "folder/.git/config",
            "folder/config.json",
            "folder/main.py",
            "folder/pkg/fine.py",
            "folder/taken.py",
            "folder/taken/b.py",
        ]
    );
    assert_eq!(world.get("taken.py").unwrap(), "mine");
    assert_eq!(world.get("config.json").unwrap(), "{}");
    let refused: Vec<&str> = pulled.refused.iter().map(|refused| refused.name.as_str()).collect();
    for file in hostile.iter().filter(|file| !file.starts_with("taken")).chain(&["taken.py/x.py"]) {
        assert!(refused.contains(file), "{file} is not told: {refused:?}");
    }

    // What could not be had here is not taken for deleted here.
    let pushed = world.push();
    let deleted = |change: &Change| matches!(change, Change::Delete(_) | Change::Rename { .. });
    assert!(!pushed.done.iter().any(deleted), "{:?}", pushed.done);
    assert_eq!(world.emulator().file_names(world.id()).len(), files.len() + 1);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;

    let world = World::new(&[("link/x.py", "1"), ("file.py", "2"), ("main.py", "3")]);
    let root = world.place.outside.path();
    fs::create_dir(root.join("elsewhere")).unwrap();
    fs::write(root.join("secret.py"), "outside").unwrap();
    symlink(root.join("elsewhere"), root.join("folder/link")).unwrap();
    symlink(root.join("secret.py"), root.join("folder/file.py")).unwrap();
    let pulled = world.pull();
    assert_eq!(world.get("main.py").unwrap(), "3");
    assert_eq!(fs::read_to_string(root.join("secret.py")).unwrap(), "outside");
    assert!(!root.join("elsewhere/x.py").exists());
    let refused: Vec<&str> = pulled.refused.iter().map(|refused| refused.name.as_str()).collect();
    assert_eq!(refused, ["file.py", "link"]);
    let pushed = world.push();
    assert!(pushed.done.is_empty(), "a link's target is not sent: {:?}", pushed.done);

    // The folder's own is no link either.
    fs::remove_dir_all(root.join("folder/.qc")).unwrap();
    symlink(root.join("elsewhere"), root.join("folder/.qc")).unwrap();
    assert!(matches!(
        crate::folder::Folder::open(root.join("folder")),
        Err(crate::folder::FolderError::Io { .. })
    ));
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_link_to_a_folder_is_not_taken_for_deleted() {
    let world = World::new(&[("shared/x.py", "1\n"), ("main.py", "1\n")]);
    world.pull();
    let folder = world.place.outside.path().join("folder");
    fs::rename(folder.join("shared"), world.place.outside.path().join("shared")).unwrap();
    std::os::unix::fs::symlink(world.place.outside.path().join("shared"), folder.join("shared"))
        .unwrap();
    let pushed = world.push();
    assert!(pushed.done.is_empty(), "{:?}", pushed.done);
    assert_eq!(pushed.refused[0].name, "shared");
    world.emulator().put_file(world.id(), "shared/x.py", "2\n");
    assert!(world.pull().writes.is_empty(), "nothing is written through it either");
    assert_eq!(world.emulator().file_names(world.id()), ["main.py", "shared/x.py"]);
}

#[test]
fn a_folder_that_has_lost_all_its_files_deletes_nothing_in_the_cloud() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.pull();
    world.remove("a.py");
    world.remove("b.py");
    let error = world.try_push(&Options::new(0)).unwrap_err();
    assert!(matches!(error, SyncError::EmptiedHere { had: 2 }), "{error}");
    assert_eq!(world.emulator().file_names(world.id()).len(), 2);
    let mut options = Options::new(0);
    options.accept_empty = true;
    world.try_push(&options).unwrap();
    assert_eq!(world.emulator().file_names(world.id()).len(), 0);
}

#[test]
fn a_file_that_cannot_be_sent_is_named_and_not_deleted_in_the_cloud() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "2\n"), ("c.py", "3\n")]);
    world.pull();
    world.put("a.py", b"\xff\xfe not UTF-8");
    world.put(".gitignore", "b.py\n");
    world.remove("c.py");
    let pushed = world.push();
    assert_eq!(pushed.done, [Change::Delete(name("c.py"))]);
    assert_eq!(pushed.refused[0].name, "a.py");
    assert!(pushed.refused[0].why.contains("UTF-8"), "{:?}", pushed.refused);
    assert_eq!(world.emulator().file_names(world.id()), ["a.py", "b.py"]);
    // Put right, it goes on as if nothing had been.
    world.put("a.py", "4\n");
    assert_eq!(world.push().done, [Change::Update(name("a.py"))]);
}

#[test]
fn both_sides_edits_are_a_conflict_and_stay() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.pull();
    world.put("a.py", "mine\n");
    world.emulator().put_file(world.id(), "a.py", "theirs\n");
    world.emulator().put_file(world.id(), "b.py", "2\n");
    let pulled = world.pull();
    assert_eq!(pulled.conflicts.len(), 1);
    assert_eq!(
        (world.get("a.py").unwrap(), world.get("b.py").unwrap()),
        ("mine\n".into(), "2\n".into())
    );
    let pushed = world.push();
    assert_eq!((pushed.conflicts.len(), pushed.done.len()), (1, 0));
    assert_eq!(world.emulator().file(world.id(), "a.py"), Some("theirs\n"));
}

#[test]
fn a_conflict_is_settled_for_the_side_that_is_named() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "1\n"), ("c.py", "1\n")]);
    world.pull();
    for file in ["a.py", "b.py", "c.py"] {
        world.put(file, "mine\n");
        world.emulator().put_file(world.id(), file, "theirs\n");
    }
    let mut options = Options::new(0);
    options.ours = Selection::paths(["a.py"]);
    options.theirs = Selection::paths(["b.py"]);
    let pushed = world.try_push(&options).unwrap();
    assert_eq!(pushed.done, [Change::Update(name("a.py"))]);
    assert_eq!(pushed.conflicts.len(), 1, "{:?}", pushed.conflicts);
    let pulled = world.try_pull(&options).unwrap();
    assert_eq!((pulled.writes.len(), pulled.conflicts.len()), (1, 1));
    assert_eq!(world.emulator().file(world.id(), "a.py"), Some("mine\n"));
    assert_eq!(world.get("b.py").unwrap(), "theirs\n");
    let last = world.push();
    assert_eq!((last.done.len(), last.conflicts.len()), (0, 1), "c.py is nobody's yet");
}

#[test]
fn a_base_that_was_not_kept_costs_nothing_but_another_look() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.pull();
    world.remove(".qc/base.json");
    assert!(world.push().done.is_empty());
    assert!(world.pull().conflicts.is_empty());
    assert_eq!(world.folder().base(world.id()).unwrap().len(), 2);
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_new_files_have_the_usual_ones() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new(&[("tool.py", "1\n"), ("plain.py", "1\n")]);
    world.pull();
    let mode = |file: &str| {
        let path = world.place.outside.path().join("folder").join(file);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    world.put("usual", "");
    assert_eq!(mode("plain.py"), mode("usual"));
    let path = world.place.outside.path().join("folder/tool.py");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
    world.emulator().put_file(world.id(), "tool.py", "2\n");
    world.pull();
    assert_eq!((world.get("tool.py").unwrap().as_str(), mode("tool.py")), ("2\n", 0o750));
}

#[cfg(unix)]
#[test]
fn a_file_moved_in_the_cloud_keeps_its_permissions_and_its_time() {
    use std::{
        os::unix::fs::PermissionsExt as _,
        time::{Duration, SystemTime},
    };

    let world = World::new(&[("a.py", "1\n"), ("b.py", "2\n")]);
    world.pull();
    let root = world.folder().root().to_owned();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for file in ["a.py", "b.py"] {
        let file = fs::File::options().write(true).open(root.join(file)).unwrap();
        file.set_permissions(fs::Permissions::from_mode(0o750)).unwrap();
        file.set_modified(time).unwrap();
    }
    let id = world.id();
    world.emulator().remove_file(id, "a.py");
    world.emulator().put_file(id, "pkg/c.py", "1\n");
    world.emulator().put_file(id, "b.py", "3\n");
    world.pull();
    let moved = fs::metadata(root.join("pkg/c.py")).unwrap();
    assert_eq!((moved.permissions().mode() & 0o777, moved.modified().unwrap()), (0o750, time));
    let written = fs::metadata(root.join("b.py")).unwrap();
    assert_eq!(written.permissions().mode() & 0o777, 0o750);
    assert!(written.modified().unwrap() > time, "what has changed looks changed");
}

#[test]
fn what_a_killed_run_left_half_written_is_gone_with_the_next() {
    let world = World::new(&[("pkg/a.py", "1\n")]);
    world.pull();
    world.put("pkg/.qc-writing-x1Y2z3", "half");
    world.put("pkg/.qc-mine.py", "a person's own");
    world.push();
    assert_eq!(world.place.all_files(), ["folder/pkg/.qc-mine.py", "folder/pkg/a.py"]);
}

/// Writes down what it hears, and how many requests there were by then.
#[derive(Debug)]
struct Heard {
    emulator: Arc<Mutex<Emulator>>,
    said: Mutex<Vec<String>>,
}

impl Observer for Heard {
    fn event(&self, event: Event<'_>) {
        let requests = self.emulator.lock().unwrap().requests().len();
        self.said.lock().unwrap().push(match event {
            Event::Change { number, of, change } => format!("{requests}: {number}/{of} {change}"),
            Event::Write { number, of, name } => format!("{requests}: {number}/{of} {name}"),
            event => format!("{requests}: {event:?}"),
        });
    }

    fn caution(&self, caution: &Caution) {
        let requests = self.emulator.lock().unwrap().requests().len();
        self.said.lock().unwrap().push(format!("{requests}: {caution}"));
    }
}

#[test]
fn steps_are_told_as_they_begin_and_cautions_before_anything_is_sent() {
    let world = World::new(&[("a.py", "1\n"), ("b.py", "1\n"), ("old.py", "1 2\n")]);
    let emulator = Arc::clone(&world.service.emulator);
    let heard = Arc::new(Heard { emulator, said: Mutex::default() });
    let mut options = Options::new(0);
    options.observer = heard.clone();
    world.try_pull(&options).unwrap();
    let said = || std::mem::take(&mut *heard.said.lock().unwrap());
    assert_eq!(said(), ["0: Read", "1: 0/3 a.py", "1: 1/3 b.py", "1: 2/3 old.py"]);

    world.put("a.py", "2\n");
    world.put("b.py", "2\n");
    world.put("new.py", "x".repeat(33_000));
    world.remove("old.py");
    world.try_push(&options).unwrap();
    let said = said();
    assert!(
        said[1].starts_with("2: new.py has 33,000 characters, and the Free tier takes 32,000"),
        "{said:?}"
    );
    assert_eq!(
        (&said[..1], &said[2..]),
        (
            &["1: Read".to_owned()][..],
            &["2: 0/4 create new.py", "3: 1/4 update a.py", "4: 3/4 delete old.py", "5: Verify"]
                .map(str::to_owned)[..]
        )
    );
}
