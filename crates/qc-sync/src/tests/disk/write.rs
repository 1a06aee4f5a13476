//! What is written.

#[cfg(unix)]
use std::fs;
use std::sync::{Mutex, PoisonError};

use crate::{
    folder::{Folder, portable::System, spelling::respell},
    local::Local as _,
    observer::{Caution, Event, Observer},
    tests::place::{Place, name, names, put, remove, rename},
};

#[test]
fn a_batch_is_written_whole() {
    let place = Place::new(&[("a.py", "1"), ("old.py", "2"), ("pkg/gone.py", "3")]);
    let mut writes =
        vec![put("a.py", "new"), rename("old.py", "sub/new.py", "2"), remove("pkg/gone.py")];
    writes.extend((0..20).map(|number| put(&format!("many/{number}/x.py"), "x")));
    assert_eq!(place.apply(&writes), []);
    let mut files: Vec<String> = (0..20).map(|number| format!("many/{number}/x.py")).collect();
    files.extend(["a.py", "sub/new.py"].map(str::to_owned));
    files.sort();
    assert_eq!(place.files(), files);
    assert_eq!(place.get("a.py").unwrap(), "new");
    assert!(!place.at("pkg").exists());
}

#[test]
fn what_was_changed_meanwhile_is_left_alone() {
    let place = Place::new(&[("a.py", "1"), ("b.py", "1"), ("c.py", "1")]);
    let folder = place.folder();
    let scan = folder.scan().unwrap();
    // A change of the line ending alone counts too.
    place.put("a.py", "1\n");
    place.put("b.py", "typed");
    place.put("new.py", "typed");
    let writes = [put("a.py", "cloud"), remove("b.py"), put("new.py", "cloud"), put("c.py", "2")];
    let refused = folder.apply(&writes, &scan, &());
    assert_eq!(names(&refused), ["a.py", "b.py", "new.py"]);
    let files = ["a.py", "b.py", "new.py", "c.py"].map(|file| place.get(file).unwrap());
    assert_eq!(files, ["1\n", "typed", "typed", "2"]);
}

#[test]
fn a_file_becomes_a_folder_and_back() {
    let place = Place::new(&[("a.py", "1"), ("b.py/c.py", "2"), ("m.py", "3"), ("r.py/x.py", "4")]);
    let writes = [
        put("a.py/b.py", "new"),
        put("b.py", "new"),
        rename("m.py", "m.py/m.py", "3"),
        rename("r.py/x.py", "r.py", "4"),
        remove("a.py"),
        remove("b.py/c.py"),
    ];
    assert_eq!(place.apply(&writes), []);
    assert_eq!(place.files(), ["a.py/b.py", "b.py", "m.py/m.py", "r.py"]);
}

#[test]
fn a_name_that_is_moved_away_and_taken_again_keeps_the_new_file() {
    let place = Place::new(&[("a.py", "1"), ("b.py", "2")]);
    let writes = [rename("a.py", "c.py", "1"), put("a.py", "1"), rename("b.py", "d.py", "2")];
    assert_eq!(place.apply(&writes), []);
    assert_eq!(place.files(), ["a.py", "c.py", "d.py"]);
}

#[test]
fn a_move_that_fails_keeps_the_file() {
    let place = Place::new(&[("a.py", "1"), ("b.txt", "2")]);
    let writes = [rename("a.py", "b.txt", "1"), put("ok.py", "3"), remove("b.txt/x.py")];
    assert_eq!(names(&place.apply(&writes)), ["b.txt"]);
    assert_eq!(place.files(), ["a.py", "b.txt", "ok.py"]);
}

#[test]
fn nothing_is_left_of_what_was_refused() {
    let place = Place::new(&[("taken.py", "1")]);
    let folder = place.folder();
    let scan = folder.scan().unwrap();
    let writes = [put("taken.py/deep/x.py", "2"), put("con:.py", "2"), put(".hidden.py", "2")];
    assert_eq!(
        names(&folder.apply(&writes, &scan, &())),
        [".hidden.py", "con:.py", "taken.py/deep/x.py"]
    );
    assert_eq!(place.files(), ["taken.py"]);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    use std::os::unix::fs::symlink;

    let place = Place::new(&[("main.py", "1")]);
    let root = place.outside.path();
    fs::create_dir(root.join("elsewhere")).unwrap();
    fs::write(root.join("secret.py"), "outside").unwrap();
    symlink(root.join("elsewhere"), place.at("link")).unwrap();
    symlink(root.join("secret.py"), place.at("file.py")).unwrap();
    let writes = [put("link/x.py", "1"), put("file.py", "1"), remove("link/y.py")];
    fs::write(root.join("elsewhere/y.py"), "outside").unwrap();
    assert_eq!(names(&place.apply(&writes)), ["file.py", "link/x.py", "link/y.py"]);
    assert_eq!(fs::read_to_string(root.join("secret.py")).unwrap(), "outside");
    assert_eq!(fs::read_dir(root.join("elsewhere")).unwrap().count(), 1);
}

/// A Mac finds either spelling anyway.
#[cfg(target_os = "linux")]
#[test]
fn decomposed_names_are_written_where_they_are() {
    let place = Place::new(&[("u\u{308}/e\u{301}.py", "1"), ("u\u{308}/b.py", "1")]);
    let writes = [put("\u{fc}/\u{e9}.py", "2"), put("\u{fc}/new.py", "2"), remove("\u{fc}/b.py")];
    assert_eq!(place.apply(&writes), []);
    assert_eq!(place.files(), ["u\u{308}/e\u{301}.py", "u\u{308}/new.py"]);
    assert_eq!(place.get("u\u{308}/e\u{301}.py").unwrap(), "2");
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn event(&self, event: Event<'_>) {
        if let Event::Write { number, of, name } = event {
            let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            heard.push(format!("{number}/{of} {name}"));
        }
    }

    fn caution(&self, _: &Caution) {}
}

#[test]
fn each_write_is_told() {
    let place = Place::new(&[("b.py", "1")]);
    let (folder, heard) = (place.folder(), Heard::default());
    let writes = [put("a.py", "1"), remove("b.py"), put("c.py", "1")];
    folder.apply(&writes, &folder.scan().unwrap(), &heard);
    assert_eq!(heard.0.into_inner().unwrap(), ["0/3 a.py", "1/3 b.py", "2/3 c.py"]);
}

#[test]
fn a_clone_waits_for_the_disk_once() {
    let place = Place::new(&[]);
    let folder = Folder::open_unsynced(place.root()).unwrap();
    folder.keep_object("1").unwrap();
    assert_eq!(folder.apply(&[put("a.py", "1")], &folder.scan().unwrap(), &()), []);
    folder.sync_all().unwrap();
    assert!(folder.scan().unwrap().files.contains_key(&name("a.py")));
}

/// A folder of a Mac or of Windows, whose disk has one file for `A.py` and `a.py`.
#[test]
fn nothing_is_written_where_a_name_in_other_case_is() {
    let files = [("pkg/a.py", "1"), ("backtests/x.py", "2"), ("main.py", "3")];
    for system in [System::MacOs, System::Windows] {
        let place = Place::new(&files);
        let folder = place.folder();
        let mut scan = folder.scan().unwrap();
        scan.system = system;
        let writes = [
            put("Main.py", "cloud"),
            put("Pkg/new.py", "cloud"),
            put("Backtests/x.py", "cloud"),
            put("two.py", "1"),
            put("Two.py", "2"),
            put("pkg/b.py", "cloud"),
        ];
        let refused = folder.apply(&writes, &scan, &());
        assert_eq!(names(&refused), ["Backtests/x.py", "Main.py", "Pkg/new.py", "Two.py"]);
        assert!(refused.iter().all(|refused| refused.why.contains("case")), "{refused:?}");
        let expected = ["backtests/x.py", "main.py", "pkg/a.py", "pkg/b.py", "two.py"];
        assert_eq!(place.files(), expected);
        let kept = ["main.py", "backtests/x.py", "two.py"].map(|file| place.get(file).unwrap());
        assert_eq!(kept, ["3", "2", "1"]);
    }
}

#[test]
fn a_folder_that_the_cloud_renamed_in_case_takes_new_files_where_it_is() {
    let place = Place::new(&[("pkg/a.py", "1")]);
    let folder = place.folder();
    let mut scan = folder.scan().unwrap();
    scan.system = System::MacOs;
    respell(scan.system, &mut scan.files, [name("Pkg/a.py")].iter());
    let writes = [put("Pkg/b.py", "2"), put("Pkg/a.py", "new")];
    assert_eq!(folder.apply(&writes, &scan, &()), []);
    assert_eq!(place.files(), ["pkg/a.py", "pkg/b.py"]);
    assert_eq!(place.get("pkg/a.py").unwrap(), "new");
}

#[test]
fn what_windows_cannot_hold_is_refused_there_and_written_elsewhere() {
    let long = format!("{}/x.py", "long/".repeat(48));
    for (file, on_windows, elsewhere) in [
        ("CON.py", false, true),
        ("Aux/x.py", false, true),
        ("QC~1/x.py", false, true),
        ("a:b.py", false, false),
        (long.replace("//", "/").as_str(), false, true),
    ] {
        let both = [(System::Windows, on_windows), (System::Linux, elsewhere)];
        // Windows itself would not write them.
        for (system, is_written) in both.into_iter().take(if cfg!(windows) { 1 } else { 2 }) {
            let place = Place::new(&[]);
            let folder = place.folder();
            let mut scan = folder.scan().unwrap();
            scan.system = system;
            let refused = folder.apply(&[put(file, "1")], &scan, &());
            assert_eq!(refused.is_empty(), is_written, "{system:?} {refused:?}");
            assert_eq!(place.all_files().len(), usize::from(is_written), "{system:?} {file}");
        }
    }
}
