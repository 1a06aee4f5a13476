//! The command, run as a person runs it, against the emulator over real sockets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

#[cfg(unix)]
mod action;
mod completion;
mod cost;
mod doctor;
#[cfg(unix)]
mod emulator;
mod folder {
    mod between;
    mod both_sides;
    mod compile;
    mod encrypted;
    mod held;
    mod history;
    mod libraries;
    mod link;
    mod quota;
    mod settings;
    pub(crate) mod watch;
}
mod mcp;
mod options;
mod output {
    mod demo;
    mod editors;
    mod guide;
    mod help;
    mod json;
    mod said;
    #[cfg(target_os = "linux")]
    mod session;
    #[cfg(unix)]
    pub(crate) mod terminal;
}
mod projects {
    mod create;
    mod new;
    mod whole;
    mod workspace;
}
#[cfg(target_os = "linux")]
mod start;
mod world;
