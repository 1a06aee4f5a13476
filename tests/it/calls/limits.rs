//! An answer over the limit is refused while it streams.

use qc_emulator::{Fault, Server};
use qc_files::{Client, ErrorKind, Policy};

use crate::world::{World, credentials, emulator};

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_over_real_sockets() {
    let (mut emulator, project) = emulator();
    // More than the machine could hold: it would not end if it were read to its end.
    emulator.push_fault(Fault::Oversized { bytes: 1 << 45 });
    let server = Server::start(emulator).await.unwrap();
    let mut policy = Policy::default();
    policy.max_response_bytes = 1 << 20;
    let client =
        Client::builder(credentials()).base_url(server.base_url()).policy(policy).build().unwrap();
    let files = client.project(project).unwrap();
    let error = files.read_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().contains("1048576 bytes"), "{error}");
    assert_eq!(server.emulator().requests().len(), 1, "another attempt would be as large");
    assert_eq!(files.read_all().await.unwrap().files.len(), 2, "the client stays usable");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_in_memory() {
    let mut policy = Policy::default();
    policy.max_response_bytes = 100;
    let world = World::with(credentials(), policy, 1, |_| ());
    let error = world.files().read_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

#[test]
fn the_default_limit_is_128_mib() {
    assert_eq!(Policy::default().max_response_bytes, 128 * 1024 * 1024);
}
