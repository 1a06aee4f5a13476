//! Clients that all do the same: they update a file of 2 KB at an emulator on a thread of this process.
#![allow(clippy::unwrap_used, reason = "a client that fails has nothing to measure")]

mod contenders;

use std::time::Duration;

pub use contenders::{Updates, blocking, facade, floor, reqwest, ureq};
use qc_emulator::{Emulator, Fault, Rule, ServerThread};
use qc_proto::{ApiToken, Credentials, Language, ProjectId, Signature, UserId, http::HeaderMap};

/// The file that is updated.
pub const NAME: &str = "main.py";

/// The token of user 1. It is worth nothing anywhere else.
pub const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// A line of Python, as people write it.
pub const LINE: &str = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";

/// The emulator, and what the clients need to know of it.
#[derive(Debug)]
pub struct Service {
    /// Stops when it is dropped.
    pub server: ServerThread,
    /// The project that has the file.
    pub project: ProjectId,
    credentials: Credentials,
}

impl Service {
    /// Starts an emulator.
    #[must_use]
    pub fn start() -> Self {
        let credentials = credentials();
        let mut emulator = Emulator::new(credentials.clone());
        let project = emulator.add_project("Test", Language::Python);
        Self { server: ServerThread::start(emulator).unwrap(), project, credentials }
    }

    /// Starts an emulator that waits before it answers.
    #[must_use]
    pub fn slow(latency: Duration) -> Self {
        let service = Self::start();
        service.server.emulator().add_rule(Rule::new(Fault::Latency(latency)).always());
        service
    }

    fn url(&self) -> String {
        format!("{}/files/update", self.server.base_url())
    }

    /// Signs with this second.
    fn signer(&self) -> impl Fn() -> HeaderMap + use<> {
        let credentials = self.credentials.clone();
        move || {
            let wall = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
            let mut headers = HeaderMap::new();
            Signature::new(&credentials, wall.as_secs()).apply(&mut headers);
            headers
        }
    }

    /// Builds the body as a program without this client does.
    fn body(&self) -> Vec<u8> {
        let fields =
            serde_json::json!({ "projectId": self.project, "name": NAME, "content": content() });
        serde_json::to_vec(&fields).unwrap()
    }
}

/// Those of the emulator's one user.
#[must_use]
pub fn credentials() -> Credentials {
    Credentials::new(UserId::new(1), ApiToken::new(TOKEN).unwrap())
}

/// Two kilobytes.
fn content() -> String {
    LINE.repeat(2048 / LINE.len())
}
