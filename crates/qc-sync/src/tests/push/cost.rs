//! What a push costs.

use std::collections::BTreeMap;

use crate::tests::push::world::{Contents, World, base, contents, name, options};

const READ: &str = "files/read";
const CREATE: &str = "files/create";
const PATCH: &str = "files/patch";
/// A rename, or the replacement of a whole file.
const UPDATE: &str = "files/update";
const DELETE: &str = "files/delete";

#[test]
fn edits_cost_two_requests_and_other_changes_a_reading_more() {
    let texts: Vec<String> = (0..30).map(|number| format!("line {number}\nsame\n")).collect();
    for (edited, created, renamed, deleted) in
        [(30, 0, 0, 0), (1, 0, 0, 0), (0, 3, 0, 0), (0, 0, 2, 0), (0, 0, 0, 4), (5, 2, 3, 1)]
    {
        let before: Contents = texts
            .iter()
            .enumerate()
            .map(|(number, text)| (name(&format!("f{number}.py")), text.clone()))
            .collect();
        let mut local = before.clone();
        let mut names = before.keys().cloned();
        for _ in 0..edited {
            local.get_mut(&names.next().unwrap()).unwrap().push_str("more\n");
        }
        for _ in 0..renamed {
            let text = local.remove(&names.next().unwrap()).unwrap();
            local.insert(name(&format!("pkg/{}", text.lines().next().unwrap())), text);
        }
        for _ in 0..deleted {
            local.remove(&names.next().unwrap());
        }
        for number in 0..created {
            local.insert(name(&format!("new{number}.py")), format!("new {number}\n"));
        }
        let world = World::new(&before, &local, &before);
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.verified, "{pushed:?}");
        let edits_alone = created + renamed + deleted == 0;
        let price = 1
            + usize::from(!edits_alone)
            + usize::from(edited > 0)
            + created
            + renamed
            + 2 * deleted;
        let paths = world.paths();
        assert_eq!(paths.len(), price, "{edited} {created} {renamed} {deleted}: {paths:?}");
        assert_eq!(pushed.base, base(&local));

        // Nothing to do costs one reading.
        let pushed = world.push();
        assert!(pushed.done.is_empty() && pushed.verified, "{pushed:?}");
        assert_eq!(world.paths().len(), price + 1);
        world.assert_in_step();
    }
}

#[test]
fn each_kind_of_change_has_its_requests() {
    type Act = fn(&World);
    let cases: [(&str, Act, &[&str]); 8] = [
        ("an edit", |world| world.save("a.py", "1\n2\nthree\n"), &[PATCH, READ]),
        ("a new file", |world| world.save("new.py", "new\n"), &[READ, CREATE, READ]),
        ("a new empty file", |world| world.save("new.py", ""), &[READ, CREATE, READ]),
        ("a rename", |world| world.rename("a.py", "new.py"), &[READ, UPDATE, READ]),
        (
            "a rename and an edit",
            |world| {
                world.rename("a.py", "new.py");
                world.save("new.py", "1\n2\n3\n4\nfive\n");
            },
            &[READ, UPDATE, PATCH, READ],
        ),
        ("a deletion", |world| world.delete("a.py"), &[READ, UPDATE, READ, DELETE]),
        (
            "an emptied file",
            |world| world.save("a.py", ""),
            &[READ, UPDATE, READ, DELETE, CREATE, READ],
        ),
        ("a filled file", |world| world.save("empty.py", "full\n"), &[READ, PATCH, READ]),
    ];
    for (what, act, requests) in cases {
        let world =
            World::in_step(&[("a.py", "1\n2\n3\n4\n5\n"), ("b.py", "b\n"), ("empty.py", "")]);
        act(&world);
        let pushed = world.push();
        assert!(pushed.failed.is_empty() && pushed.conflicts.is_empty(), "{what}: {pushed:?}");
        assert_eq!(world.paths(), requests, "{what}");
        world.assert_in_step();
    }
}

#[test]
fn an_edit_that_nobody_looks_at_costs_one_request() {
    let world = World::in_step(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.save("a.py", "2\n");
    let mut options = options();
    options.verify = false;
    let pushed = world.try_push(&options).unwrap();
    assert_eq!((pushed.done.len(), pushed.verified), (1, false));
    assert_eq!(world.paths(), [PATCH]);
    world.assert_in_step();

    // One that is refused is looked at all the same.
    world.save("a.py", "3\n");
    world.they_save("a.py", "theirs\n");
    let pushed = world.try_push(&options).unwrap();
    assert_eq!((pushed.conflicts.len(), pushed.verified), (1, true));
    assert_eq!(world.cloud()[&name("a.py")], "theirs\n");
}

/// Two hundred files here that no cloud has seen.
fn many() -> Contents {
    (0..200).map(|number| (name(&format!("pkg/f{number}.py")), format!("{number}\n"))).collect()
}

#[test]
fn many_new_files_in_an_untouched_project_are_sent_at_once() {
    let world = World::untouched();
    world.pull();
    world.here.files.borrow_mut().extend(many());
    let before = world.paths().len();
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (200, 0));
    let requests = world.paths().split_off(before);
    assert!(requests.len() <= 8, "{requests:?}");
    world.assert_in_step();
}

#[test]
fn many_new_files_are_created_once_each_where_somebody_has_worked() {
    let world = World::untouched();
    world.pull();
    world.they_save("theirs.py", "theirs\n");
    world.here.files.borrow_mut().extend(many());
    let pushed = world.push();
    assert_eq!((pushed.done.len(), pushed.failed.len()), (200, 0));
    let mut created = BTreeMap::new();
    for applied in world.emulator().applied() {
        assert_eq!(applied.endpoint, CREATE);
        *created.entry(applied.name.clone()).or_insert(0) += 1;
    }
    assert!(created.len() == 200 && created.values().all(|times| *times == 1), "{created:?}");
    world.pull();
    assert_eq!(world.local()[&name("theirs.py")], "theirs\n");
    world.assert_in_step();
}

#[test]
fn many_new_files_leave_a_changed_default_file_alone() {
    let world = World::untouched();
    world.pull();
    world.they_save("main.py", "theirs\n");
    world.here.files.borrow_mut().extend(many());
    world.push();
    assert_eq!(world.cloud()[&name("main.py")], "theirs\n");
    assert_eq!(world.cloud().len(), 202);
}

#[test]
fn names_that_a_diff_quotes_are_patched() {
    let before = contents(&[("d e.py", "1\n"), ("ü.py", "1\n"), ("plain.py", "1\n")]);
    for (file, requests) in [
        ("d e.py", &[READ, PATCH, READ][..]),
        ("ü.py", &[READ, PATCH, READ]),
        ("plain.py", &[PATCH, READ]),
    ] {
        let world = World::new(&before, &before, &before);
        world.save(file, "2\n");
        assert!(world.push().failed.is_empty(), "{file}");
        assert_eq!(world.paths(), requests, "{file}");
        world.assert_in_step();
    }
    // All of them: those go in a patch of their own.
    let world = World::new(&before, &before, &before);
    for file in before.keys() {
        world.save(file.as_str(), "2\n");
    }
    assert!(world.push().failed.is_empty());
    assert_eq!(world.paths(), [READ, PATCH, PATCH, READ]);
    world.assert_in_step();
}
