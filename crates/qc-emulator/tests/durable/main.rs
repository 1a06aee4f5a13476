//! Projects that outlive the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod folder;
#[cfg(unix)]
mod killed;
mod like_memory;
mod service;
