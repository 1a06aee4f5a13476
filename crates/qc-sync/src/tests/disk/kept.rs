//! What the folder keeps for itself.

use std::{fs, path::Path};

use qc_proto::ProjectId;

use crate::{
    folder::{Folder, FolderError},
    history::{HistoryLimits, Operation, Replaced},
    local::{Base, Local as _},
    plan::version::ObjectId,
    tests::place::{Place, name, project, version},
};

fn operation(at: u64, file: &str, before: &str) -> Operation {
    let here = Replaced { name: name(file), before: Some(version(before)), after: None };
    Operation { at, command: "pull".to_owned(), here: vec![here], ..Operation::default() }
}

fn object(text: &str) -> ObjectId {
    version(text).object
}

fn record(folder: &Folder, at: u64, text: &str) {
    folder.keep_object(text).unwrap();
    folder.record(operation(at, "a.py", text)).unwrap();
}

fn ids(folder: &Folder) -> Vec<u64> {
    folder.history().unwrap().iter().map(|operation| operation.id).collect()
}

#[test]
fn the_base_is_kept_with_the_texts_that_it_needs() {
    let place = Place::new(&[]);
    let folder = place.folder();
    assert_eq!(folder.base(project()).unwrap(), Base::new());
    folder.keep_object("1\r\n").unwrap();
    folder.keep_object("needless").unwrap();
    assert_eq!(folder.object(object("needless")).unwrap(), "needless");
    assert!(folder.has_object(object("needless")) && !folder.has_object(object("other")));
    let base = Base::from([(name("a.py"), version("1\r\n")), (name("b.py"), version("2"))]);
    folder.keep_base(project(), &base).unwrap();
    assert_eq!(folder.base(project()).unwrap(), base);
    assert_eq!(folder.object(object("1\r\n")).unwrap(), "1\r\n");
    assert_eq!(folder.object(object("needless")), None);
    assert!(folder.has_object(object("1\r\n")) && !folder.has_object(object("needless")));
    let objects: Vec<_> = fs::read_dir(place.at(".qc/objects")).unwrap().collect();
    assert_eq!(objects.len(), 1);

    let other = ProjectId::new(7).unwrap();
    let error = folder.base(other).unwrap_err();
    assert!(matches!(error, FolderError::OtherProject { asked, .. } if asked == other), "{error}");
}

#[test]
fn a_damaged_text_is_none_and_is_kept_anew() {
    let place = Place::new(&[]);
    let folder = place.folder();
    record(&folder, 1, "text");
    let path = place.at(".qc/objects").join(object("text").to_string());
    fs::write(&path, "\0\0\0\0").unwrap();
    assert_eq!(folder.object(object("text")), None);
    record(&folder, 2, "text");
    assert_eq!(folder.object(object("text")).unwrap(), "text");
}

#[test]
fn a_base_of_no_use_is_refused() {
    let place = Place::new(&[]);
    let folder = place.folder();
    for text in [
        "",
        "{}",
        "null",
        r#"{"version":1,"project":1,"files":{"a.py":"00"}}"#,
        r#"{"version":9,"project":1,"files":{}}"#,
        r#"{"version":2,"project":1,"files":{"../x":"0"}}"#,
    ] {
        place.put(".qc/base.json", text);
        let error = folder.base(project()).unwrap_err();
        assert!(matches!(error, FolderError::Snapshot { .. }), "{text}: {error}");
        assert!(error.to_string().contains("base.json"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_base_that_stays_is_not_written_again() {
    use std::os::unix::fs::MetadataExt as _;

    let place = Place::new(&[]);
    let folder = place.folder();
    let file = || fs::metadata(place.at(".qc/base.json")).unwrap().ino();
    let base = Base::from([(name("a.py"), version("1"))]);
    folder.keep_base(project(), &base).unwrap();
    let before = file();
    folder.keep_base(project(), &base).unwrap();
    assert_eq!(file(), before);
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_ne!(file(), before, "a new file in its place");
}

#[test]
fn operations_are_numbered_and_keep_their_texts() {
    let place = Place::new(&[]);
    record(&place.folder(), 10, "one");
    record(&place.folder(), 20, "two");
    let folder = place.folder();
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!(ids(&folder), [1, 2]);
    assert_eq!(folder.history().unwrap()[1], Operation { id: 2, ..operation(20, "a.py", "two") });
    assert_eq!(folder.object(object("one")).unwrap(), "one");
    assert!(Path::exists(&place.at(".qc/history/00000002.json")));
    // What is damaged, or of no operation, is passed over.
    place.put(".qc/history/00000001.json", "");
    place.put(".qc/history/notes.json", "");
    assert_eq!(ids(&folder), [2]);
    record(&folder, 30, "three");
    assert_eq!(ids(&folder), [2, 3]);
}

#[test]
fn old_operations_are_forgotten_and_the_newest_never() {
    let place = Place::new(&[]);
    let folder = place.folder();
    assert_eq!(folder.history_limits().unwrap(), HistoryLimits::default());
    let day = 24 * 60 * 60;
    for (at, text) in [(0, "old"), (day, "day"), (2 * day, "new")] {
        record(&folder, at, text);
    }
    let limits = HistoryLimits { days: 1, megabytes: 100 };
    folder.set_history_limits(limits).unwrap();
    assert_eq!(folder.history_limits().unwrap(), limits);
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!(ids(&folder), [2, 3]);
    assert_eq!(folder.object(object("old")), None);
    folder.set_history_limits(HistoryLimits { days: 0, megabytes: 0 }).unwrap();
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!(ids(&folder), [3]);
    record(&folder, 3 * day, "next");
    assert_eq!(ids(&folder), [3, 4]);
}

#[test]
fn the_oldest_operations_are_forgotten_while_all_are_too_large() {
    let place = Place::new(&[]);
    let folder = place.folder();
    let texts = ["a", "b", "c"].map(|letter| letter.repeat(600_000));
    for text in &texts {
        record(&folder, 1, text);
    }
    // What the base needs anyway does not count.
    let base = Base::from([(name("a.py"), version(&texts[2]))]);
    folder.keep_base(project(), &base).unwrap();
    assert_eq!(ids(&folder), [1, 2, 3]);
    folder.set_history_limits(HistoryLimits { days: 90, megabytes: 1 }).unwrap();
    assert_eq!(ids(&folder), [2, 3]);
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!(ids(&folder), [3]);
    assert!(folder.object(object(&texts[2])).is_some());
    assert_eq!(folder.object(object(&texts[1])), None);
}

#[test]
fn operations_that_just_fit_stay() {
    let place = Place::new(&[]);
    let folder = place.folder();
    for letter in ["a", "b"] {
        record(&folder, 1, &letter.repeat(500_000));
    }
    folder.set_history_limits(HistoryLimits { days: 90, megabytes: 1 }).unwrap();
    assert_eq!(ids(&folder), [1, 2]);
    record(&folder, 1, "c");
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!(ids(&folder), [2, 3]);
}

#[test]
fn an_operation_has_the_number_of_its_file() {
    let place = Place::new(&[]);
    let folder = place.folder();
    record(&folder, 1, "text");
    let at = |id: u64| place.at(&format!(".qc/history/{id:08}.json"));
    fs::rename(at(1), at(5)).unwrap();
    assert_eq!(folder.history().unwrap()[0].id, 5);
}

#[test]
fn a_history_that_cannot_be_read_is_an_error_and_not_empty() {
    let place = Place::new(&[]);
    let folder = place.folder();
    place.put(".qc/history", "a file");
    assert!(matches!(folder.history(), Err(FolderError::Io { .. })));
    let place = Place::new(&[]);
    let folder = place.folder();
    record(&folder, 1, "text");
    fs::create_dir(place.at(".qc/history/limits.json")).unwrap();
    assert!(matches!(folder.history_limits(), Err(FolderError::Io { .. })));
}

#[test]
fn the_id_is_made_once() {
    let (place, other) = (Place::new(&[]), Place::new(&[]));
    let id = place.folder().id().unwrap();
    assert!(id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(place.folder().id().unwrap(), id);
    assert_ne!(other.folder().id().unwrap(), id);
}

#[test]
fn a_second_one_is_kept_out_until_the_first_is_done() {
    let place = Place::new(&[]);
    let first = place.folder();
    let error = Folder::open(first.root()).unwrap_err();
    assert!(matches!(error, FolderError::Busy(_)) && error.to_string().contains("wait"), "{error}");
    drop(first);
    place.folder();
}

#[cfg(unix)]
#[test]
fn only_this_user_can_look_into_it() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let place = Place::new(&[]);
    let mode = || fs::metadata(place.at(".qc")).unwrap().permissions().mode() & 0o777;
    place.folder();
    assert_eq!(mode(), 0o700);
    fs::set_permissions(place.at(".qc"), fs::Permissions::from_mode(0o755)).unwrap();
    place.folder();
    assert_eq!(mode(), 0o700);

    fs::remove_dir_all(place.at(".qc")).unwrap();
    fs::create_dir(place.outside.path().join("elsewhere")).unwrap();
    symlink(place.outside.path().join("elsewhere"), place.at(".qc")).unwrap();
    assert!(matches!(Folder::open(place.root()), Err(FolderError::Io { .. })));
}

#[test]
fn what_a_killed_run_left_is_tidied() {
    let place = Place::new(&[(".qc/.qc-writing-x", "half"), (".qc/objects/.qc-writing-y", "half")]);
    place.put("pkg/.qc-writing-z", "half");
    let folder = place.folder();
    folder.scan().unwrap();
    folder.keep_base(project(), &Base::new()).unwrap();
    assert!(!place.at(".qc/.qc-writing-x").exists());
    assert!(!place.at(".qc/objects/.qc-writing-y").exists());
    assert_eq!(place.files(), [""; 0]);
}
