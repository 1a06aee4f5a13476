//! What only shows when the crates work together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics is a test that failed"
)]

mod calls {
    mod answers;
    mod blocking;
    mod cancellation;
    mod clock_and_token;
    mod compile;
    mod concurrency;
    mod errors;
    mod every_endpoint;
    mod exactly_once;
    mod input;
    mod policy;
    mod properties;
}
mod network {
    pub(crate) mod delivery;
    mod proxies;
    mod transports;
}
mod page;
mod programs {
    mod corpus;
    mod examples;
    mod python_requests;
    pub(crate) mod started;
}
mod secrets {
    mod logs;
    pub(crate) mod printed;
}
mod world;
