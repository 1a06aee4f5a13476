//! An answer is lost: the request still takes effect once, or the error says that it may have.

use qc_emulator::Fault;
use qc_files::{Effect, ErrorKind, Language};

use crate::world::World;

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_applied_once() {
    for fault in [
        Fault::DropAfter,
        Fault::Status { status: 502, applied: true },
        Fault::TruncatedBody,
        Fault::ShortBody,
        Fault::Html { applied: true },
    ] {
        let world = World::new();
        world.emulator().push_fault(fault.clone());
        world.files().create("a.py", "a").await.unwrap();
        assert_eq!(world.emulator().applied().len(), 1, "{fault:?}");
        assert_eq!(world.requests().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_replacement_of_all_files_whose_answer_is_lost_is_sent_again() {
    let world = World::new();
    world.emulator().push_fault(Fault::DropAfter);
    let files = [("a.py", "a".to_owned()), ("b.py", String::new())];
    world.files().replace_all(files).await.unwrap();
    assert_eq!(world.requests(), ["projects/update", "projects/update"]);
    assert_eq!(world.emulator().file_names(world.project), ["a.py", "b.py"]);
    assert_eq!(world.file("b.py").as_deref(), Some(""));
}

#[tokio::test]
async fn a_project_whose_answer_is_lost_is_created_once() {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::Status { status: 502, applied: true }]
    {
        let world = World::new();
        // The name is taken, so that only the listing before tells which one is new.
        world.client.create_project("Test", Language::Python).await.unwrap();
        world.emulator().push_fault(Fault::None);
        world.emulator().push_fault(fault.clone());
        let created = world.client.create_project("Test", Language::Python).await.unwrap();
        assert_eq!(created.name, "Test 2", "{fault:?}");
        assert_eq!(world.emulator().applied().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_patch_in_doubt_says_so() {
    let world = World::new();
    world.files().create("a.py", "a\n").await.unwrap();
    world.emulator().push_fault(Fault::DropAfter);
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n";
    let error = world.files().patch(patch).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::Unknown));
    assert_eq!(world.file("a.py").as_deref(), Some("b\n"));
}

#[tokio::test]
async fn a_project_whose_answer_is_lost_is_deleted_once() {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::Status { status: 502, applied: true }]
    {
        let world = World::new();
        world.emulator().push_fault(fault.clone());
        world.client.delete_project(world.project).await.unwrap();
        assert_eq!(world.emulator().applied().len(), 1, "{fault:?}");
        assert_eq!(world.emulator().projects()[0].1, "Recycle Bin/Test", "{fault:?}");
    }
}
