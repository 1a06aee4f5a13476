//! A build from its order to its end, through the facade.

use std::time::Duration;

use qc_emulator::{Fault, Server, ServerThread};
use qc_files::{Client, CompileState, ErrorKind, Policy, blocking};

use crate::world::{World, credentials, emulator};

fn ordered(world: &World) -> usize {
    world.emulator().applied().iter().filter(|one| one.endpoint == "compile/create").count()
}

fn paths(world: &World) -> Vec<String> {
    world.emulator().requests().iter().map(|request| request.path.clone()).collect()
}

#[tokio::test]
async fn a_build_is_asked_for_until_it_has_ended() {
    let world = World::with(credentials(), Policy::default(), 1, |_| ());
    let queued = Duration::from_secs(5);
    *world.emulator() = emulator().0.with_compile_time(queued);
    let began = world.clock.server_wall();
    let built = world.files().compile().await.unwrap();
    assert_eq!(built.state, CompileState::BuildSuccess);
    assert!(built.logs[0].starts_with("Build Request Successful"), "{:?}", built.logs);
    // Told at the first question after its end.
    assert_eq!(world.clock.server_wall() - began, Duration::from_millis(5_500));
    let read = "compile/read";
    assert_eq!(paths(&world), ["compile/create", read, read, read, read]);
}

#[tokio::test]
async fn a_build_that_fails_names_file_and_line() {
    let world = World::new();
    world.emulator().put_file(world.project, "main.py", "x = (1\n");
    let built = world.files().compile().await.unwrap();
    assert_eq!(built.state, CompileState::BuildError);
    let found: Vec<_> = built.diagnostics().collect();
    assert_eq!(found[0].file.as_deref(), Some("main.py"));
    assert_eq!(found[0].line, Some(2));
}

#[tokio::test]
async fn a_lost_answer_costs_at_most_one_more_build() {
    for (faults, orders) in [
        (vec![Fault::DropAfter], 2),
        (vec![Fault::DropBefore], 1),
        (vec![Fault::Status { status: 502, applied: true }], 2),
        (vec![Fault::TruncatedBody], 2),
        // Nothing was ordered, and nobody is in doubt.
        (vec![Fault::Status { status: 408, applied: false }; 2], 1),
    ] {
        let world = World::new();
        for fault in &faults {
            world.emulator().push_fault(fault.clone());
        }
        let built = world.files().compile().await.unwrap();
        assert_eq!(built.state, CompileState::BuildSuccess, "{faults:?}");
        assert_eq!(ordered(&world), orders, "{faults:?}");
    }
    let world = World::new();
    for _ in 0..2 {
        world.emulator().push_fault(Fault::DropAfter);
    }
    assert_eq!(world.files().compile().await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(ordered(&world), 2);
}

#[tokio::test]
async fn a_lost_answer_to_a_question_costs_nothing() {
    let world = World::new();
    world.emulator().add_rule("compile/read:drop-after*2".parse().unwrap());
    assert_eq!(world.files().compile().await.unwrap().state, CompileState::BuildSuccess);
    assert_eq!(ordered(&world), 1);
}

#[tokio::test]
async fn a_build_that_does_not_end_is_returned_as_it_is() {
    let world = World::new();
    *world.emulator() = emulator().0.with_compile_time(Duration::from_secs(3600));
    let began = world.clock.server_wall();
    assert_eq!(world.files().compile().await.unwrap().state, CompileState::InQueue);
    assert_eq!(world.clock.server_wall() - began, Policy::default().compile_deadline);
}

#[tokio::test]
async fn a_project_is_built_over_sockets() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url());
    let mut policy = Policy::default();
    policy.compile_pause = Duration::from_millis(1);
    let client = client.policy(policy).build().unwrap();
    let built = client.project(project).unwrap().compile().await.unwrap();
    assert_eq!(built.state, CompileState::BuildSuccess);
    let unknown = client.project(999_999_999).unwrap().compile().await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::ProjectNotFound);
}

#[test]
fn a_project_is_built_without_futures() {
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();
    let mut policy = Policy::default();
    policy.compile_pause = Duration::from_millis(1);
    let client = blocking::Client::builder(credentials()).base_url(server.base_url());
    let client = client.policy(policy).build().unwrap();
    let built = client.project(project).unwrap().compile().unwrap();
    assert_eq!(built.state, CompileState::BuildSuccess);
}
