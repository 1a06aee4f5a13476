//! The crate as its users see it, against an emulator: what stays private to it is tested from within.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod disk;
mod folder;
mod hands;
mod memory;
mod place;
mod plan;
mod push;
mod service;
