//! Dropping a call's future, wherever it stands, leaves the client usable.

use std::{
    future::Future as _,
    pin::pin,
    task::{Context, Poll, Waker},
};

use qc_emulator::Server;
use qc_files::Client;

use crate::world::{credentials, emulator};

#[tokio::test]
async fn a_call_dropped_at_any_await_leaves_the_client_usable() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let files = client.project(project).unwrap();
    for polls in 0..40 {
        let name = format!("a{polls}.py");
        {
            let mut call = pin!(files.create(name.as_str(), "a"));
            for _ in 0..polls {
                if call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                // The server and the connection live on this runtime too.
                tokio::task::yield_now().await;
            }
        }
        client.authenticate().await.unwrap();
    }
    let created = server.emulator().applied().len();
    assert!(created > 0, "some calls went far enough to take effect");
    assert_eq!(files.read_all().await.unwrap().files.len(), created + 2);
}

#[tokio::test]
async fn a_call_that_was_never_polled_sends_nothing() {
    let (emulator, _) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    drop(client.authenticate());
    assert!(server.emulator().requests().is_empty());
    let mut call = pin!(client.authenticate());
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
}
