//! What an error says of the call that failed, and a policy for one call.

use std::{error::Error as _, net::TcpListener, time::Duration};

use qc_emulator::Fault;
use qc_files::{Client, Effect, ErrorKind, Policy};

use crate::world::{World, credentials};

#[tokio::test]
async fn an_error_names_the_project_and_the_file_and_says_each_thing_once() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::builder(credentials())
        .base_url(format!("http://{nobody}/api/v2"))
        .policy(Policy::default().with_max_attempts(1))
        .build()
        .unwrap();
    let error = client.project(7).unwrap().read("signals/a.py").await.unwrap_err();
    assert_eq!((error.kind(), error.is_timeout()), (ErrorKind::Transport, false));
    assert_eq!(error.project_id().map(|id| id.get()), Some(7));
    assert_eq!(error.file(), Some("signals/a.py"));
    let text = error.to_string();
    assert!(text.starts_with("files/read of signals/a.py in project 7: failed while"), "{text}");
    // Whoever prints the chain prints nothing twice; the cause is there for programs.
    assert!(error.source().is_none());
    let failure = error.failure().unwrap();
    assert!(failure.get_ref().is_some() && failure.source().is_none());
    assert!(!error.reason().to_string().contains("signals"), "{}", error.reason());
}

#[tokio::test]
async fn an_error_before_the_request_names_them_too() {
    let world = World::new();
    let error = world.files().create("a.py", "").await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("content")));
    assert_eq!((error.endpoint(), error.file()), ("files/create", Some("a.py")));
    assert_eq!(world.sent(), 0);
}

#[tokio::test]
async fn a_call_may_have_a_deadline_of_its_own() {
    let world = World::new();
    let deadline = Duration::from_secs(5);
    world.emulator().add_rule("stall=head*always".parse().unwrap());
    let before = world.clock.server_wall();
    let error = world.files().with_deadline(deadline).read("main.py").await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::None));
    assert!(error.is_timeout(), "{error}");
    assert_eq!(world.clock.server_wall() - before, deadline);
    assert_eq!(world.client.policy(), &Policy::default());
}

#[tokio::test]
async fn a_call_may_have_a_policy_of_its_own_and_shares_the_rest() {
    let world = World::new();
    let once = world.files().with_policy(Policy::default().with_max_attempts(1));
    world.emulator().push_fault(Fault::DropBefore);
    let error = once.read("main.py").await.unwrap_err();
    assert_eq!((error.attempts(), world.sent()), (1, 1));
    // The clock's offset that one of them learns, all have.
    world.clock.set_skew(9_000);
    once.read("main.py").await.unwrap();
    assert!(world.client.clock_offset_ms() != 0);
}

#[tokio::test]
async fn numbers_and_names_come_in_the_types_that_programs_have() {
    let world = World::new();
    let id = world.project.get();
    for project in [
        world.client.project(u64::try_from(id).unwrap()),
        world.client.project(i32::try_from(id).unwrap()),
        world.client.project(world.project),
    ] {
        project.unwrap().read("main.py").await.unwrap();
    }
    let names = ["a.py", "b.py"];
    for name in names.iter() {
        world.files().create(name, "x").await.unwrap();
    }
    for file in world.files().read_all().await.unwrap() {
        // A name out of an answer may be written to, if it is a clean path.
        world.files().update(&file.name, "y").await.unwrap();
        let name: String = file.name.into();
        assert_eq!(world.file(&name).as_deref(), Some("y"));
    }
    assert!(world.client.project(u64::MAX).unwrap_err().to_string().contains("projectId"));
}
