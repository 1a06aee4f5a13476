//! The service over real sockets, spoken to byte by byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod answers;
mod colours;
mod console;
mod edit;
mod limits;
mod page;
mod wire;
