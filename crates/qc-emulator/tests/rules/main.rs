//! The service's rules, as the official clients meet them, without any socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod libraries;
mod locks;
mod patches;
mod projects;
mod quotas;
mod rate_limit;
mod service;
mod users;
