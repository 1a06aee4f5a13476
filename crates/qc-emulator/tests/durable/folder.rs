//! What a data folder keeps, and what it does not take.

use std::fs;

use qc_emulator::{DataError, Emulator};
use qc_proto::{Language, UserId};
use redb::{Database, TableDefinition};
use serde_json::json;
use tempfile::TempDir;

use crate::{ask, credentials, open};

const WALL: u64 = 1_762_779_606;

#[test]
fn what_was_there_is_there_again_with_all_that_is_known_of_it() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("made/on/the/way");
    let mut emulator = open(&folder);
    let library = emulator.add_project("Library", Language::CSharp);
    let id = emulator.add_project("Mine", Language::Python);
    emulator.add_user(credentials());
    emulator.add_project_for(UserId::new(8), "Theirs", Language::Python);
    emulator.lock(library, "web-ide");
    let acquire = json!({"projectId": id, "codeSourceId": "cli"});
    ask(&mut emulator, WALL, "projects/collaboration/lock/acquire", &acquire);
    let update = json!({
        "projectId": id,
        "name": "Renamed/ü",
        "description": "what it is for",
        "parameters": [{"key": "a", "value": "1"}],
        "libraries": [library],
        "files": [{"name": "main.py", "content": "x = 'ü'\r\n"}, {"name": "pkg/__init__.py", "content": ""}],
        "encryptionKey": "key",
        "versionId": 15,
    });
    assert!(ask(&mut emulator, WALL, "projects/update", &update).contains("true"));
    let deleted = emulator.add_project("Gone", Language::Python);
    ask(&mut emulator, WALL + 1, "projects/delete", &json!({"projectId": deleted}));

    let look = |emulator: &mut Emulator| {
        let projects = ask(emulator, WALL + 2, "projects/read", &json!({}));
        let files = json!({"projectId": id, "includeLibraries": true});
        (projects, ask(emulator, WALL + 2, "files/read", &files), emulator.projects())
    };
    let before = look(&mut emulator);
    assert!(before.0.contains("Recycle Bin") && before.1.contains("__init__"), "{before:?}");
    drop(emulator);
    let mut again = open(&folder);
    assert_eq!(look(&mut again), before);
    // The lock too, and numbers go on from where they were.
    let locked = json!({"projectId": library, "name": "a.cs", "content": "1", "codeSourceId": "x"});
    assert!(ask(&mut again, WALL, "files/create", &locked).contains("write permission"));
    let write = json!({"projectId": id, "name": "main.py", "content": "1", "codeSourceId": "cli"});
    assert!(ask(&mut again, WALL, "files/update", &write).contains("has not read"));
    ask(&mut again, WALL, "files/read", &acquire);
    drop(again);
    let mut again = open(&folder);
    assert!(ask(&mut again, WALL, "files/update", &write).contains("true"));
    let next = again.add_project("Next", Language::Python);
    assert!(before.2.iter().all(|(known, _)| *known < next), "{next} was there before");
}

#[test]
fn a_reset_is_on_disk_too() {
    let place = TempDir::new().unwrap();
    let mut emulator = open(place.path());
    let id = emulator.add_project("Mine", Language::Python);
    emulator.mark_start(std::time::Duration::from_secs(WALL));
    emulator.put_file(id, "new.py", "1");
    emulator.add_project("More", Language::Python);
    emulator.reset();
    let (projects, files) = (emulator.projects(), emulator.file_names(id));
    drop(emulator);
    let again = open(place.path());
    assert_eq!((again.projects(), again.file_names(id)), (projects, files));
}

#[test]
fn a_folder_that_another_one_has_open_is_busy() {
    let place = TempDir::new().unwrap();
    let first = open(place.path());
    let second = Emulator::open(place.path(), credentials()).unwrap_err();
    assert!(matches!(second, DataError::Busy(_)), "{second:?}");
    drop(first);
    open(place.path());
}

#[test]
fn what_is_no_data_folder_is_told_and_left_as_it_is() {
    let place = TempDir::new().unwrap();
    let said = |folder: &str| {
        let error = Emulator::open(&place.path().join(folder), credentials()).unwrap_err();
        error.to_string()
    };
    fs::write(place.path().join("file"), "mine").unwrap();
    assert!(said("file").contains("file: "), "{}", said("file"));
    assert_eq!(fs::read_to_string(place.path().join("file")).unwrap(), "mine");

    for (folder, content) in [("odd", "no database\n".repeat(1000)), ("short", "x".to_owned())] {
        let path = place.path().join(folder).join("emulator.redb");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, &content).unwrap();
        let error = said(folder);
        assert!(error.contains("emulator.redb cannot be used"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }

    drop(open(&place.path().join("newer")));
    let database = Database::create(place.path().join("newer/emulator.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    let numbers: TableDefinition<'_, &str, u64> = TableDefinition::new("numbers");
    transaction.open_table(numbers).unwrap().insert("version", 2).unwrap();
    transaction.commit().unwrap();
    drop(database);
    assert!(said("newer").contains("its version is 2"), "{}", said("newer"));
}
