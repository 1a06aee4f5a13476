//! The protocol crate from outside: the wire, its drifts, and calls step by step.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod any;
mod bounds;
mod calls;
mod clock;
mod drifts;
mod encoded;
mod projects;
mod refusals;
mod replay;
mod round_trips;
mod shapes;
mod throttle;
mod words;
