//! What is read.

use std::fs;

use qc_proto::FileName;

use crate::{
    folder::{FolderError, rules::Unsynced, scan::Scan},
    local::Local as _,
    tests::place::{Place, name, names},
};

fn found(scan: &Scan) -> Vec<&str> {
    scan.files.keys().map(FileName::as_str).collect()
}

#[test]
fn another_project_and_what_is_set_aside_are_passed_over() {
    let place = Place::new(&[
        ("main.py", "1"),
        ("linked/config.json", r#"{"cloud-id": 7}"#),
        ("linked/deep/a.py", "1"),
        ("synced/.qc/base.json", "{}"),
        ("synced/a.py", "1"),
        ("plain/config.json", r#"{"parameters": {}}"#),
        ("plain/a.py", "1"),
        ("deleted-by-qc-0a1b2c3d/a.py", "1"),
        ("plain/deleted-by-qc-0a1b2c3d/a.py", "1"),
        ("config.json", r#"{"cloud-id": 1}"#),
    ]);
    let folder = place.folder();
    let scan = folder.scan().unwrap();
    assert_eq!(found(&scan), ["main.py", "plain/a.py", "plain/deleted-by-qc-0a1b2c3d/a.py"]);
    assert!(scan.refused.is_empty(), "{:?}", scan.refused);
    for (file, why) in [
        ("linked/deep/b.py", Some(Unsynced::OtherProject)),
        ("synced/b.py", Some(Unsynced::OtherProject)),
        ("deleted-by-qc-0a1b2c3d/b.py", Some(Unsynced::Deleting)),
        ("plain/b.py", None),
    ] {
        assert_eq!(folder.unsynced(&name(file)), why, "{file}");
    }
}

#[test]
fn a_file_with_nul_bytes_is_withheld() {
    let place = Place::new(&[("a.py", "\0\0\0\0"), ("b.py", "1")]);
    let scan = place.folder().scan().unwrap();
    assert_eq!((found(&scan), names(&scan.refused)), (vec!["b.py"], vec!["a.py"]));
    assert!(scan.refused[0].why.contains("NUL"), "{:?}", scan.refused);
    assert!(scan.withholds(&name("a.py")) && !scan.withholds(&name("b.py")));
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_are_withheld_and_nothing_hangs() {
    use std::{os::unix::net::UnixListener, process::Command};

    let place = Place::new(&[("b.py", "1"), ("pkg/c.py", "1")]);
    let make_pipe = |file: &str| {
        assert!(Command::new("mkfifo").arg(place.at(file)).status().unwrap().success());
    };
    make_pipe("a.py");
    make_pipe("pkg/.gitignore");
    make_pipe("not-ours");
    let _socket = UnixListener::bind(place.at("s.py")).unwrap();
    let folder = place.folder();
    let scan = folder.scan().unwrap();
    assert_eq!(found(&scan), ["b.py"]);
    assert_eq!(names(&scan.refused), ["a.py", "pkg", "s.py"]);
    assert_eq!(scan.refused[0].why, "it is not a plain file");
    assert!(["a.py", "pkg/c.py", "s.py"].iter().all(|file| scan.withholds(&name(file))));
    for file in ["base.json", "id"] {
        make_pipe(&format!(".qc/{file}"));
    }
    assert!(folder.base(crate::tests::place::project()).is_err());
    assert!(folder.id().is_err());
    drop(folder);
    fs::remove_file(place.at(".qc/lock")).unwrap();
    make_pipe(".qc/lock");
    let error = crate::folder::Folder::open(place.root()).unwrap_err();
    assert!(error.to_string().contains("not a plain file"), "{error}");
}

#[test]
fn names_are_composed_and_found_again_as_the_disk_spells_them() {
    let place = Place::new(&[
        ("e\u{301}.py", "1"),
        ("u\u{308}/a.py", "2"),
        ("u\u{308}/hidden.py", "3"),
        ("u\u{308}/.gitignore", "hidden.py\no\u{308}.py\n"),
        ("u\u{308}/o\u{308}.py", "4"),
    ]);
    let folder = place.folder();
    let scan = folder.scan().unwrap();
    assert_eq!(found(&scan), ["\u{e9}.py", "\u{fc}/a.py"]);
    for (file, file_here) in &scan.files {
        assert!(file_here.path.as_ref().is_some_and(|path| path != file.as_str()), "{file_here:?}");
        assert!(folder.text(file, file_here).is_some());
    }
    // Names in the cloud are held to the same rules.
    assert_eq!(folder.unsynced(&name("\u{fc}/hidden.py")), Some(Unsynced::Ignored));
    assert_eq!(folder.unsynced(&name("\u{fc}/\u{f6}.py")), Some(Unsynced::Ignored));
}

/// A Mac holds only one of them.
#[cfg(target_os = "linux")]
#[test]
fn of_two_spellings_of_one_name_the_second_is_withheld() {
    let place = Place::new(&[("e\u{301}.py", "decomposed"), ("\u{e9}.py", "composed")]);
    let scan = place.folder().scan().unwrap();
    let expected = crate::tests::place::version("composed");
    assert_eq!(scan.files[&name("\u{e9}.py")].version, expected);
    assert_eq!(names(&scan.refused), ["\u{e9}.py"]);
    assert!(scan.withholds(&name("\u{e9}.py")) && scan.withholds(&name("e\u{301}.py")));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_listed_is_withheld_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = Place::new(&[("a.py", "1"), ("shut/b.py", "1"), ("z.py", "1")]);
    let folder = place.folder();
    let set = |mode| {
        fs::set_permissions(place.at("shut"), fs::Permissions::from_mode(mode)).unwrap();
    };
    set(0o000);
    // The system lets root in all the same.
    if fs::read_dir(place.at("shut")).is_err() {
        let scan = folder.scan().unwrap();
        assert_eq!((found(&scan), names(&scan.refused)), (vec!["a.py", "z.py"], vec!["shut"]));
        assert!(scan.withholds(&name("shut/b.py")));
    }
    set(0o755);
}

#[test]
fn an_ignore_file_that_cannot_be_read_hides_nothing_by_mistake() {
    let place = Place::new(&[("a.py", "1"), (".gitignore/x", ""), ("pkg/.qcignore/x", "")]);
    place.put("pkg/b.py", "1");
    assert!(matches!(place.folder().scan(), Err(FolderError::Io { .. })));
    fs::remove_dir_all(place.at(".gitignore")).unwrap();
    let scan = place.folder().scan().unwrap();
    assert_eq!((found(&scan), names(&scan.refused)), (vec!["a.py"], vec!["pkg"]));
    assert!(scan.refused[0].why.contains(".qcignore cannot be read"), "{:?}", scan.refused);
}
