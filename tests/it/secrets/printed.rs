//! No token and no `Authorization` value in anything that can be printed.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Mutex},
};

use qc_emulator::{Emulator, Fault};
use qc_files::{ApiToken, Client, Credentials, Policy, UserId};
use qc_proto::{Signature, http::HeaderMap};
use qc_transport::{Attempt, BoxFuture, Failure, HyperTransport, Transport, bytes::Bytes, http};

use crate::world::{TOKEN, WALL, World, credentials};

/// Everything secret about the credentials at one second: token, header value, and the hash in it.
fn secrets() -> Vec<String> {
    let mut headers = HeaderMap::new();
    Signature::new(&credentials(), WALL.as_secs()).apply(&mut headers);
    let value = headers["authorization"].to_str().unwrap();
    let encoded = value.strip_prefix("Basic ").unwrap().to_owned();
    vec![TOKEN.to_owned(), encoded]
}

pub(crate) fn assert_clean(what: &str, text: &str) {
    for secret in secrets() {
        assert!(!text.contains(&secret), "{what} shows a secret: {text}");
    }
}

/// Answers with the headers it was sent, as a debugging proxy's error page does.
#[derive(Debug)]
struct Echo {
    status: u16,
    as_json: bool,
    debugged: Arc<Mutex<String>>,
}

impl Transport for Echo {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
        *self.debugged.lock().unwrap() = format!("{attempt:?} {:?}", attempt.request.headers());
        let authorization = attempt.request.headers()["authorization"].to_str().unwrap();
        let body = if self.as_json {
            format!(r#"{{"success":false,"errors":["you sent {authorization} and {TOKEN}"]}}"#)
        } else {
            format!("<html>you sent {authorization}</html>")
        };
        let response = http::Response::builder().status(self.status).body(body.into()).unwrap();
        Box::pin(async move { Ok(response) })
    }
}

#[tokio::test]
async fn an_echoing_server_gives_nothing_away() {
    for (status, as_json) in [(200, true), (200, false), (502, false), (401, true), (400, true)] {
        let debugged = Arc::new(Mutex::new(String::new()));
        let clock = qc_emulator::VirtualClock::new(WALL);
        let mut policy = Policy::default();
        policy.max_attempts = 1;
        let client = Client::builder(credentials())
            .policy(policy)
            .transport(Echo { status, as_json, debugged: Arc::clone(&debugged) })
            .runtime(clock)
            .build()
            .unwrap();
        let error = client.authenticate().await.unwrap_err();
        assert_clean("Display", &error.to_string());
        assert_clean("Debug", &format!("{error:?} {error:#?}"));
        assert_clean("the client", &format!("{client:?}"));
        let seen = debugged.lock().unwrap().clone();
        assert!(seen.contains("authenticate"));
        assert_clean("the attempt and its headers", &seen);
    }
}

#[tokio::test]
async fn debug_of_everything_that_holds_a_secret_hides_it() {
    let world = World::new();
    world.client.authenticate().await.unwrap();
    assert_clean("the client", &format!("{:?}", world.client));
    assert_clean("the emulator", &format!("{:?}", world.emulator()));
    let wrong = Credentials::new(UserId::new(1), ApiToken::new(TOKEN).unwrap());
    assert_clean("credentials", &format!("{wrong:?} {:?}", wrong.token()));
    assert_clean("a signature", &format!("{:?}", Signature::new(&credentials(), WALL.as_secs())));
    let builder = Client::builder(credentials()).transport(HyperTransport::new());
    assert_clean("the builder", &format!("{builder:?}"));
    assert_clean("a fresh emulator", &format!("{:?}", Emulator::new(credentials())));
}

#[tokio::test]
async fn a_panic_while_a_call_is_out_shows_no_secret() {
    let world = World::new();
    world.emulator().push_fault(Fault::DropAfter);
    let error = world.files().patch("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").await.unwrap_err();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        panic!("{:?}", (error, world.client.clone()));
    }));
    let message = panicked.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(message.contains("files/patch"), "{message}");
    assert_clean("a panic", &message);
}

#[test]
fn a_malformed_credentials_file_is_not_quoted() {
    let path = std::env::temp_dir().join(format!("qc-credentials-{}", std::process::id()));
    for content in [
        format!(r#"{{"user-id":"1","api-token":{{"x":"{TOKEN}"}}}}"#),
        format!(r#"{{"user-id":"{TOKEN}","api-token":"x"}}"#),
        TOKEN.to_owned(),
        format!(r#"{{"user-id":1,"api-token":"{TOKEN}"}}"#),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = qc_files::credentials::from_file(&path).unwrap_err();
        assert_clean("the error", &format!("{error} {error:?}"));
    }
    std::fs::write(&path, format!(r#"{{"user-id":"12","api-token":"{TOKEN}"}}"#)).unwrap();
    let credentials = qc_files::credentials::from_file(&path).unwrap();
    assert_eq!(credentials.user_id().get(), 12);
    std::fs::remove_file(&path).unwrap();
}
