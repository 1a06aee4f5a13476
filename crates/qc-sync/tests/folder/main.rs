//! A real folder and an emulated project.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod merge;
mod step;
mod world;
