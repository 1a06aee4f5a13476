//! The crate as its users see it, against an emulator: what stays private to it is tested from within.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

/// A real folder, without a cloud.
mod disk {
    mod kept;
    mod libraries;
    mod packs;
    mod scan;
    mod undo;
    mod write;
}
/// A real folder and an emulated project.
mod folder {
    mod merge;
    mod step;
    mod world;
}
mod hands;
mod memory;
mod place;
mod plan;
/// Pushes and pulls against the emulator in memory: what they cost, what they leave when requests fail, and what becomes
/// of what other people save meanwhile.
mod push {
    mod cost;
    mod deletions;
    mod edits;
    mod failures;
    mod names;
    mod pulls;
    mod repeated;
    mod rounds;
    mod settled;
    mod single;
    mod world;
}
mod service;
mod settings;
