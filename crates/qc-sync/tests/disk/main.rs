//! A real folder, without a cloud.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod kept;
mod libraries;
mod packs;
mod place;
mod scan;
mod undo;
mod write;
