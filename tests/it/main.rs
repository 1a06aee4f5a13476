//! What only shows when the crates work together.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod cancellation;
mod clock_and_token;
mod corpus;
mod every_endpoint;
mod faults;
mod front;
mod input;
mod limits;
mod programs;
mod python_requests;
mod secrets;
mod std_net;
mod world;
