//! Tests that cross crates are in `it`; here the README's code is compiled and run, and what the fuzzer runs is kept.

pub mod fuzz_targets;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
mod library {}
