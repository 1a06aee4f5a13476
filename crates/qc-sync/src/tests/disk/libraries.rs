//! The folder of libraries, whatever is in its place or in an answer.

use std::{collections::BTreeMap, fs};

use crate::{
    folder::{library_place, rules::Unsynced},
    local::Local as _,
    tests::place::{Place, name, names},
};

fn files(list: &[&str]) -> BTreeMap<qc_proto::FileName, String> {
    list.iter().map(|file| (name(file), format!("# {file}\n"))).collect()
}

#[test]
fn source_is_written_and_nothing_else() {
    let place = Place::new(&[("main.py", "1\n")]);
    let folder = place.folder();
    let odd =
        files(&["L/a.py", "L/a.py/b.py", "L/.git/x.py", "L/config.json", "L/C:.py", "L/x.txt"]);
    let kept = folder.keep_libraries(&odd).unwrap();
    assert!(kept.is_made);
    assert_eq!(names(&kept.refused), ["Library/L/C:.py", "Library/L/a.py/b.py"]);
    assert_eq!(place.get("Library/L/a.py").as_deref(), Some("# L/a.py\n"));
    assert_eq!(fs::read_dir(place.at("Library/L")).unwrap().count(), 1);
    assert_eq!(folder.unsynced(&name("Library/L/a.py")), Some(Unsynced::Library));
    let scanned = folder.scan().unwrap().files;
    assert_eq!(scanned.keys().map(qc_proto::FileName::as_str).collect::<Vec<_>>(), ["main.py"]);
    // Without libraries it goes, and is the user's to make.
    assert!(folder.keep_libraries(&files(&[])).unwrap().is_made);
    assert!(!place.at("Library").exists());
    place.put("Library/mine.py", "1\n");
    assert!(folder.scan().unwrap().files.contains_key(&name("Library/mine.py")));
    assert!(!folder.keep_libraries(&files(&[])).unwrap().is_made);
    assert!(place.at("Library/mine.py").exists());
}

#[test]
fn what_a_killed_one_has_left_is_cleared_away() {
    let place = Place::new(&[]);
    let folder = place.folder();
    folder.keep_libraries(&files(&["L/a.py"])).unwrap();
    fs::rename(place.at("Library"), place.at(".qc/libraries-old")).unwrap();
    fs::create_dir(place.at(".qc/libraries-new")).unwrap();
    drop(folder);
    assert!(place.folder().keep_libraries(&files(&["L/a.py"])).unwrap().is_made);
    assert!(place.at("Library/L/a.py").exists());
    assert!(!place.at(".qc/libraries-old").exists() && !place.at(".qc/libraries-new").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_its_place_is_not_followed() {
    use std::os::unix::fs::symlink;

    let (place, other) = (Place::new(&[]), Place::new(&[]));
    other.folder().keep_libraries(&files(&["L/a.py"])).unwrap();
    symlink(other.at("Library"), place.at("Library")).unwrap();
    let kept = place.folder().keep_libraries(&files(&["L/b.py"])).unwrap();
    assert!(!kept.is_made);
    assert_eq!(names(&kept.refused), ["Library"]);
    assert!(other.at("Library/L/a.py").exists() && !other.at("Library/L/b.py").exists());
}

#[test]
fn a_name_makes_a_place_or_none() {
    let place = |name: &str| library_place(name).map(|place| place.to_string());
    for (name, expected) in [
        ("Tools", "Tools"),
        ("/Library/Tools", "Tools"),
        ("Library/a/b", "a/b"),
        ("Other/Tools", "Other/Tools"),
    ] {
        assert_eq!(place(name).as_deref(), Some(expected));
    }
    for odd in ["", "/", "Library/", "../x", ".git", "a/.b", "CON:", "a\u{202e}b", "//x"] {
        let place = place(odd);
        assert!(place.as_deref().is_none_or(|place| place == "x"), "{odd}: {place:?}");
    }
}
