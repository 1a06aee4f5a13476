//! What only shows when the crates work together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics is a test that failed"
)]

mod answers;
mod blocking;
mod cancellation;
mod clock_and_token;
mod compile;
mod concurrency;
mod corpus;
mod delivery;
mod every_endpoint;
mod exactly_once;
mod front;
mod input;
mod limits;
mod logs;
mod page;
mod policy;
mod programs;
mod properties;
mod proxies;
mod python_requests;
mod recorder;
mod secrets;
mod security_page;
mod senders;
mod std_net;
mod transports;
mod world;
