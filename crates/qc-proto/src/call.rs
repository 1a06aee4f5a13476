//! A call: what it sends, how long it waits, when it looks, and when it ends.

pub(crate) mod attempt;
pub(crate) mod clock;
mod goal;
pub(crate) mod machine;
pub(crate) mod policy;
pub(crate) mod probe;
pub(crate) mod received;
pub mod retry;
pub(crate) mod session;
pub(crate) mod step;
pub(crate) mod throttle;
