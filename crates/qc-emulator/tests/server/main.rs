//! The service over real sockets, spoken to byte by byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod answers;
mod console;
mod limits;
mod wire;
