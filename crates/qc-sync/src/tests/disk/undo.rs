//! Having things back.

use std::collections::BTreeMap;

use crate::{
    cloud::pull::Write,
    error::SyncError,
    folder::Folder,
    history::{
        Operation, Replaced,
        undo::{LocalHistory, Source},
    },
    local::{Base, Local as _},
    plan::selection::Selection,
    tests::place::{Place, name, names, project, put, remove, version},
};

/// Does what a pull does: keeps texts, records the operation, writes, keeps the base.
fn pull(folder: &Folder, writes: &[Write], base: &Base) -> u64 {
    let scan = folder.scan().unwrap();
    let base_before = folder.base(project()).unwrap();
    let mut operation = Operation { at: 1, command: "pull".to_owned(), ..Operation::default() };
    for write in writes {
        let file = scan.files.get(write.name());
        if let Some(text) = file.and_then(|file| folder.text(write.name(), file)) {
            folder.keep_object(&text).unwrap();
        }
        let after = match write {
            Write::Put { content, .. } => Some(version(&content.text())),
            _ => None,
        };
        let before = file.map(|file| file.version);
        operation.here.push(Replaced { name: write.name().clone(), before, after });
        operation.base.push((write.name().clone(), base_before.get(write.name()).copied()));
    }
    folder.record(operation).unwrap();
    assert_eq!(folder.apply(writes, &scan, &()), []);
    folder.keep_base(project(), base).unwrap();
    folder.history().unwrap().last().unwrap().id
}

fn base(files: &[(&str, &str)]) -> Base {
    files.iter().map(|(file, text)| (name(file), version(text))).collect()
}

fn commands(folder: &Folder) -> Vec<String> {
    folder.history().unwrap().into_iter().map(|operation| operation.command).collect()
}

fn at(folder: &Folder, now: u64) -> LocalHistory<'_> {
    LocalHistory::new(folder, project(), now)
}

/// A folder in which a pull has replaced `a.py`, removed `b.py` and made `c.py`.
fn pulled() -> (Place, Folder) {
    let place = Place::new(&[("a.py", "a1\r\n"), ("b.py", "b1"), ("d.py", "d1")]);
    let folder = place.folder();
    folder.keep_base(project(), &base(&[("a.py", "a0"), ("b.py", "b1")])).unwrap();
    let writes = [put("a.py", "a2"), remove("b.py"), put("c.py", "c2")];
    pull(&folder, &writes, &base(&[("a.py", "a2"), ("c.py", "c2")]));
    (place, folder)
}

#[test]
fn an_operation_is_taken_back_and_done_again() {
    let (place, folder) = pulled();
    let undone = at(&folder, 2).undo(None).unwrap();
    assert_eq!((undone.operation.id, undone.files.len(), undone.left.len()), (1, 3, 0));
    assert_eq!(place.files(), ["a.py", "b.py", "d.py"]);
    assert_eq!(
        (place.get("a.py").unwrap(), place.get("b.py").unwrap()),
        ("a1\r\n".into(), "b1".into())
    );
    assert_eq!(folder.base(project()).unwrap(), base(&[("a.py", "a0"), ("b.py", "b1")]));

    assert_eq!(at(&folder, 3).undo(None).unwrap().operation.id, 2);
    assert_eq!(place.files(), ["a.py", "c.py", "d.py"]);
    assert_eq!(
        (place.get("a.py").unwrap(), place.get("c.py").unwrap()),
        ("a2".into(), "c2".into())
    );
    assert_eq!(folder.base(project()).unwrap(), base(&[("a.py", "a2"), ("c.py", "c2")]));
    assert_eq!(commands(&folder), ["pull", "undo 1", "undo 2"]);
}

#[test]
fn a_file_that_was_changed_since_is_left_alone() {
    let (place, folder) = pulled();
    place.put("a.py", "mine");
    place.put("c.py", "\0");
    let undone = at(&folder, 2).undo(Some(1)).unwrap();
    assert_eq!(undone.files, [name("b.py")]);
    assert_eq!(names(&undone.left), ["a.py", "c.py"]);
    assert_eq!(undone.left[0].why, "it was changed since");
    assert_eq!(
        (place.get("a.py").unwrap(), place.get("b.py").unwrap()),
        ("mine".into(), "b1".into())
    );
    assert_eq!(
        folder.base(project()).unwrap(),
        base(&[("a.py", "a2"), ("b.py", "b1"), ("c.py", "c2")])
    );
}

#[test]
fn what_is_as_before_is_no_operation() {
    let (place, folder) = pulled();
    place.put("a.py", "a1\r\n");
    place.put("b.py", "b1");
    std::fs::remove_file(place.at("c.py")).unwrap();
    let undone = at(&folder, 2).undo(Some(1)).unwrap();
    assert_eq!((undone.files.len(), undone.left.len()), (0, 0));
    assert_eq!(commands(&folder), ["pull"]);
}

#[test]
fn there_may_be_nothing_to_undo() {
    let place = Place::new(&[]);
    let folder = place.folder();
    let error = at(&folder, 1).undo(None).unwrap_err();
    assert!(matches!(error, SyncError::NothingToUndo { id: None }), "{error}");
    let error = at(&folder, 1).undo(Some(7)).unwrap_err();
    assert!(matches!(error, SyncError::UnknownOperation { id: 7 }), "{error}");
    let cloud = vec![Replaced { name: name("a.py"), before: Some(version("")), after: None }];
    folder.record(Operation { cloud, ..Operation::default() }).unwrap();
    let error = at(&folder, 1).undo(Some(1)).unwrap_err();
    assert!(matches!(error, SyncError::NothingToUndo { id: Some(1) }), "{error}");
}

#[test]
fn a_file_that_cannot_be_written_is_left_and_the_others_are_done() {
    let place = Place::new(&[("pkg/b.py", "b1"), ("a.py", "a1")]);
    let folder = place.folder();
    let writes = [remove("pkg/b.py"), put("a.py", "a2")];
    pull(&folder, &writes, &base(&[("a.py", "a2")]));
    place.put("pkg", "a file");
    let undone = at(&folder, 7).undo(None).unwrap();
    assert_eq!(undone.files, [name("a.py")]);
    assert_eq!(names(&undone.left), ["pkg/b.py"]);
    assert_eq!(folder.history().unwrap().last().unwrap().at, 7);
}

#[test]
fn a_text_that_is_gone_is_told() {
    let (place, folder) = pulled();
    std::fs::remove_dir_all(place.at(".qc/objects")).unwrap();
    let undone = at(&folder, 2).undo(None).unwrap();
    assert_eq!(undone.files, [name("c.py")], "what is removed needs no text");
    assert_eq!(names(&undone.left), ["a.py", "b.py"]);
}

#[test]
fn the_base_is_restored_first_and_the_history_next() {
    let (place, folder) = pulled();
    folder.keep_object("a2").unwrap();
    folder.keep_base(project(), &base(&[("a.py", "a2"), ("c.py", "c2")])).unwrap();
    place.put("a.py", "mine");
    let again = |paths: &[&str]| {
        at(&folder, 2).restore(&Selection::paths(paths.iter().copied()), Source::Default)
    };
    assert_eq!(again(&["a.py"]).unwrap().files, [name("a.py")]);
    assert_eq!(place.get("a.py").unwrap(), "a2");
    // The newest other text is what the restore itself replaced.
    assert_eq!(again(&["a.py"]).unwrap().files, [name("a.py")]);
    assert_eq!(place.get("a.py").unwrap(), "mine");
    assert_eq!(again(&["b.py"]).unwrap().files, [name("b.py")]);
    assert_eq!(place.get("b.py").unwrap(), "b1");
    assert_eq!(again(&["c.py"]).unwrap().unchanged, [name("c.py")]);
    let error = again(&["a.py", "d.py"]).unwrap_err();
    assert!(matches!(error, SyncError::UnknownPath { path } if path == "d.py"));
    at(&folder, 3).undo(None).unwrap();
    assert_eq!(place.get("b.py"), None);
    assert_eq!(commands(&folder), ["pull", "restore", "restore", "restore", "undo 4"]);
}

#[test]
fn a_file_that_a_push_deleted_is_restored() {
    let place = Place::new(&[]);
    let folder = place.folder();
    folder.keep_object("text\n").unwrap();
    let cloud = vec![Replaced { name: name("a.py"), before: Some(version("text\n")), after: None }];
    let push = Operation { at: 1, command: "push".to_owned(), cloud, ..Operation::default() };
    folder.record(push).unwrap();
    let paths = Selection::paths(["a.py"]);
    let restored = at(&folder, 2).restore(&paths, Source::Default).unwrap();
    assert_eq!(restored.files, [name("a.py")]);
    assert_eq!(place.get("a.py").as_deref(), Some("text\n"));
}

#[test]
fn a_source_can_be_named() {
    let (place, folder) = pulled();
    let from = |source| at(&folder, 2).restore(&Selection::all(), source);
    let restored = from(Source::Operation(1)).unwrap();
    assert_eq!(restored.files, [name("a.py"), name("b.py")]);
    let history = folder.history().unwrap();
    let last = history.last().unwrap();
    assert_eq!((last.at, last.command.as_str()), (2, "restore"));
    assert_eq!(place.get("a.py").unwrap(), "a1\r\n");
    let texts = [("a.py", "cloud"), ("c.py", "c2"), ("sub/e.py", "new")];
    let texts = texts.map(|(file, text)| (name(file), text.to_owned()));
    let restored = from(Source::Texts(BTreeMap::from(texts))).unwrap();
    assert_eq!(
        (restored.files, restored.unchanged),
        (vec![name("a.py"), name("sub/e.py")], vec![name("c.py")])
    );
    assert_eq!(place.files(), ["a.py", "b.py", "c.py", "d.py", "sub/e.py"]);
    let error = from(Source::Operation(9)).unwrap_err();
    assert!(matches!(error, SyncError::UnknownOperation { id: 9 }), "{error}");
    let restored = from(Source::Base).unwrap();
    assert_eq!((restored.files, restored.unchanged), (vec![name("a.py")], vec![name("c.py")]));
    assert_eq!(place.get("a.py").unwrap(), "a2");
}

/// The cloud may spell a name in decomposed form, and the history has the cloud's spelling.
#[test]
fn names_are_had_back_whatever_their_spelling() {
    let place = Place::new(&[("\u{e9}.py", "2")]);
    let folder = place.folder();
    let file = name("e\u{301}.py");
    let (before, after) = (Some(version("1")), Some(version("2")));
    folder.keep_object("1").unwrap();
    let here = vec![Replaced { name: file.clone(), before, after }];
    folder.record(Operation { here, ..Operation::default() }).unwrap();
    let undone = at(&folder, 1).undo(None).unwrap();
    assert_eq!((undone.files, undone.left), (vec![file.clone()], vec![]));
    assert_eq!(place.get("\u{e9}.py").unwrap(), "1");
    let paths = Selection::paths([file.as_str()]);
    let restored = at(&folder, 2).restore(&paths, Source::Default).unwrap();
    assert_eq!(restored.files, [file]);
    assert_eq!(place.get("\u{e9}.py").unwrap(), "2");
    assert_eq!(place.files(), ["\u{e9}.py"]);
}
