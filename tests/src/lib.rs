//! Tests that cross crates are in `it`; here the README's code is compiled and run.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
