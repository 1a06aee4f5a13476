//! The QuantConnect file API without IO.
#![no_std]
extern crate alloc;
mod attempt;
mod now;
pub use attempt::{Attempt, Cause, Delivery, Failure, Phase, Source};
pub use now::Now;
pub use {bytes, http};
