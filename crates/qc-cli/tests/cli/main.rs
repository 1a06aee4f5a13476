//! The command, run as a person runs it, against the emulator over real sockets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod altered;
mod between;
mod compile;
mod completion;
mod cost;
#[cfg(unix)]
mod emulator;
mod encrypted;
mod folder;
mod guide;
mod held;
mod help;
mod history;
mod json;
mod libraries;
mod link;
mod options;
mod quota;
mod said;
#[cfg(target_os = "linux")]
mod session;
#[cfg(target_os = "linux")]
mod start;
#[cfg(unix)]
mod terminal;
mod watch;
mod world;
