//! Many texts kept at once, which are one file together.

use std::{collections::BTreeMap, fs};

use qc_proto::FileName;

use crate::{
    folder::Folder,
    local::{Base, Local as _},
    plan::version::Version,
    tests::place::{Place, name, project, version},
};

/// More than are one file each.
const MANY: usize = 10;

fn text(number: usize) -> String {
    format!("text {number}\n").repeat(number + 1)
}

fn base(numbers: impl IntoIterator<Item = usize>) -> Base {
    let file = |number| (name(&format!("{number}.py")), version(&text(number)));
    numbers.into_iter().map(file).collect::<BTreeMap<FileName, Version>>()
}

fn keep(folder: &Folder, numbers: impl IntoIterator<Item = usize> + Clone) {
    for number in numbers.clone() {
        folder.keep_object(&text(number)).unwrap();
    }
    folder.keep_base(project(), &base(numbers)).unwrap();
}

fn kept(folder: &Folder) -> Vec<usize> {
    let has = |number: &usize| {
        let id = version(&text(*number)).object;
        let read = folder.object(id);
        assert_eq!(read.is_some(), folder.has_object(id), "{number}");
        assert!(read.is_none_or(|read| read == text(*number)), "{number}");
        folder.has_object(id)
    };
    (0..2 * MANY).filter(has).collect()
}

fn files(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.at(".qc/objects")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn many_texts_are_one_file_and_few_are_one_each() {
    let place = Place::new(&[]);
    keep(&place.folder(), 0..MANY);
    assert_eq!(files(&place).len(), 1);
    let folder = place.folder();
    assert_eq!(kept(&folder), Vec::from_iter(0..MANY));
    // What is there already is not kept again.
    keep(&folder, 0..MANY + 2);
    assert_eq!(files(&place).len(), 3);
    assert_eq!(kept(&folder), Vec::from_iter(0..MANY + 2));
}

#[test]
fn a_pack_is_written_anew_once_most_of_it_is_not_needed() {
    let place = Place::new(&[]);
    let folder = place.folder();
    keep(&folder, 0..MANY);
    let before = files(&place);
    folder.keep_base(project(), &base(5..MANY)).unwrap();
    assert_eq!(files(&place), before);
    assert_eq!(kept(&folder), Vec::from_iter(0..MANY), "the last five are most of its bytes");
    folder.keep_base(project(), &base(0..5)).unwrap();
    assert_eq!(kept(&folder), Vec::from_iter(0..5));
    assert!(files(&place).len() == 1 && files(&place) != before);
    folder.keep_base(project(), &base(0..2)).unwrap();
    assert_eq!((kept(&folder), files(&place).len()), (vec![0, 1], 2));
    folder.keep_base(project(), &Base::new()).unwrap();
    assert_eq!((kept(&folder), files(&place).len()), (vec![], 0));
}

#[test]
fn a_damaged_text_in_a_pack_is_none_and_is_kept_anew() {
    let place = Place::new(&[]);
    let folder = place.folder();
    keep(&folder, 0..MANY);
    let pack = place.at(".qc/objects").join(&files(&place)[0]);
    let whole = fs::read(&pack).unwrap();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() = b'x';
    fs::write(&pack, &damaged).unwrap();
    let lost = (0..MANY).find(|number| folder.object(version(&text(*number)).object).is_none());
    let lost = lost.unwrap();
    keep(&folder, 0..MANY);
    assert_eq!(kept(&folder), Vec::from_iter(0..MANY));
    // Cut off anywhere, it gives what is whole in it, and the rest is kept anew.
    for length in [0, 1, 20, whole.len() / 2, whole.len() - 1] {
        let place = Place::new(&[]);
        keep(&place.folder(), 0..MANY);
        let pack = place.at(".qc/objects").join(&files(&place)[0]);
        fs::write(&pack, &whole[..length]).unwrap();
        let folder = place.folder();
        assert_eq!(folder.object(version(&text(lost)).object), None);
        keep(&folder, 0..MANY);
        assert_eq!(kept(&folder), Vec::from_iter(0..MANY), "{length}");
    }
}

#[test]
fn texts_that_are_large_together_do_not_wait_in_memory() {
    let place = Place::new(&[]);
    let folder = place.folder();
    for letter in ["a", "b", "c", "d", "e"] {
        folder.keep_object(&letter.repeat(2_000_000)).unwrap();
    }
    assert_eq!(files(&place).len(), 1, "written before anybody asked for it");
    let text = folder.object(version(&"e".repeat(2_000_000)).object).unwrap();
    assert_eq!(text.len(), 2_000_000);
}
