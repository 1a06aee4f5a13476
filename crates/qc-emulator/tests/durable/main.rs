//! Projects that outlive the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod folder;
#[cfg(unix)]
mod killed;
mod like_memory;

use std::{path::Path, time::Duration};

use qc_emulator::Emulator;
use qc_proto::{ApiToken, Credentials, Signature, UserId, bytes::Bytes, http::Request};
use serde_json::Value;

pub(crate) fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

pub(crate) fn open(folder: &Path) -> Emulator {
    Emulator::open(folder, credentials()).unwrap()
}

/// The answer at this second.
pub(crate) fn ask(emulator: &mut Emulator, wall: u64, endpoint: &str, fields: &Value) -> String {
    let request = Request::post(format!("/api/v2/{endpoint}"));
    let mut request = request.body(Bytes::from(fields.to_string())).unwrap();
    Signature::new(&credentials(), wall).apply(request.headers_mut());
    let response = emulator.handle(Duration::from_secs(wall), &request);
    String::from_utf8(response.into_body().to_vec()).unwrap()
}
