//! Pushes and pulls against the emulator in memory: what they cost, what they leave when requests fail, and what becomes
//! of what other people save meanwhile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod cost;
mod deletions;
mod edits;
mod failures;
#[path = "../hands/memory.rs"]
mod memory;
mod pulls;
mod repeated;
mod rounds;
mod settled;
mod single;
mod world;
