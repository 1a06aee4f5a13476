//! The QuantConnect file API in memory and on loopback: for tests, and for work without a network.
//!
//! [`Emulator`] is the service without IO: requests and the time go in, answers come out. Around it stand
//! [`MemoryTransport`] with a virtual clock, which runs thousands of calls a second, and, with the `server` feature,
//! `Server` on a real socket. Requests and answers are read and written by [`qc_proto`], the crate that the client
//! uses, so that the two ends cannot drift apart.
//!
//! ```
//! use std::time::Duration;
//!
//! use qc_emulator::Emulator;
//! use qc_proto::{ApiToken, Credentials, Language, Signature, UserId, bytes::Bytes, http};
//!
//! let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
//! let mut emulator = Emulator::new(credentials.clone());
//! let project = emulator.add_project("Test", Language::Python);
//!
//! let body = format!(r#"{{"projectId": {project}, "name": "a.py", "content": "x"}}"#);
//! let mut request = http::Request::post("/api/v2/files/create").body(Bytes::from(body))?;
//! Signature::new(&credentials, 1_700_000_000).apply(request.headers_mut());
//! let answer = emulator.handle(Duration::from_secs(1_700_000_000), &request);
//! assert_eq!(&answer.body()[..], br#"{"success":true}"#);
//! assert_eq!(emulator.file(project, "a.py"), Some("x"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Faults
//!
//! [`Fault`] is what can go wrong, [`Rule`] when it does: once, for the first so many requests, always, or by a chance
//! whose seed repeats it, for one endpoint or for all. Both have a form in text ([`FAULT_FORMS`]), which the flags of the
//! command `qc emulator` take as well. [`Emulator::exchange`] says what comes of a request under them; the transport and
//! the server carry that out. Of several faults on one request the first that decides its fate wins, and those that
//! only change how an answer comes add up. Afterwards [`Emulator::requests`] says when each request came, what it
//! was asked to wait and what it was refused for, and [`Emulator::applied`] what took effect.
//!
//! ```
//! use std::time::Duration;
//!
//! use qc_emulator::{Emulator, Fault, Rule};
//! use qc_proto::{ApiToken, Credentials, UserId};
//!
//! let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
//! let mut emulator = Emulator::new(credentials).with_fault_seed(7);
//! emulator.add_rule(Rule::new(Fault::DropAfter).on("files/create").times(2));
//! emulator.add_rule(Rule::new(Fault::Latency(Duration::from_millis(200))).with_chance(0.05));
//! emulator.add_rule("drift=byte-order-mark*always".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Users, tiers, limits and locks
//!
//! A service knows one user, is as fast as it can be and has room for everything, until it is told otherwise.
//!
//! ```
//! use std::time::Duration;
//!
//! use qc_emulator::Emulator;
//! use qc_proto::{ApiToken, Credentials, Language, Tier, UserId};
//!
//! let user = |id| Ok::<_, qc_proto::Invalid>(Credentials::new(UserId::new(id), ApiToken::new("any")?));
//! let mut emulator = Emulator::new(user(1)?)
//!     .with_tier(Tier::Free)
//!     .with_rate_limit(20, Duration::from_secs(60));
//! emulator.add_user(user(2)?);
//! let project = emulator.add_project_for(UserId::new(2), "Test", Language::CSharp);
//! // As if the user had opened it in the web IDE.
//! emulator.lock(project, "web-ide");
//! # Ok::<(), qc_proto::Invalid>(())
//! ```
//!
//! # What is known and what is decided here
//!
//! The service's own words are used where they were seen. Where nobody wrote down what it does, this is decided here,
//! and a client must not depend on it:
//!
//! - The wording of "already exists", "project not found" and a bad name.
//! - A timestamp may lie 300 seconds in the future.
//! - A rename to a taken name is refused.
//! - `projects/update` is all or nothing. An empty text as a file's content makes an empty file there, while the
//!   `files/*` endpoints refuse it. A file that is named twice, and a library that does not exist, are refused.
//! - A second project of one name is in the recycle bin with a number behind its name. To delete what is there already
//!   changes nothing, and a new name takes it out again.
//! - `start` and `end` of `projects/read` count from 0, and `end` is the first that is left out. Beyond the list there
//!   is nothing, which is no refusal.
//! - A lock is taken from whoever has it by whoever acquires it, unless [`Emulator::with_firm_locks`] was said: nothing
//!   releases it. Each time that it was acquired, also by its holder, any `files/read` with the same `codeSourceId` lets
//!   the holder write, of one file or of all. An empty `codeSourceId` is none. A write to a project that nobody edits does
//!   not acquire it, and to delete a project is always allowed.
//! - A file over the quota of [`Emulator::with_tier`] is refused with HTTP 413 and an envelope, since the official
//!   command line tool knows that status; one file too many is refused like all else, with HTTP 200. A KB is 1,000
//!   characters (Unicode scalar values), as in the one text that was seen.
//! - `includeLibraries` adds the files of the libraries behind a project's own, under the names that they have there.
//!   Whether they come without it, and where, says [`Emulator::with_library_files`].
//! - A patch edits files: one that would create, delete, rename or empty a file is refused, and so is a hunk whose
//!   text stands at other lines than it says.
//! - There is no rate limit but that of [`Emulator::with_rate_limit`], in whose window a request that it refuses does
//!   not count.
//! - Users share nothing: no name of one is taken for another, and each has a rate limit of its own, by the number that
//!   a request names, whether its signature is good or not.
//! - A project's owner is its first collaborator. Nobody has a profile, a collaborator gets no access, any public id is
//!   taken for a user's, and nothing is live. `maxFileSize` is said where
//!   there is a quota.
//! - A build looks at the files as they are when it is ordered. Python is parsed where the feature `python` is on, and C# is taken
//!   as it is; the files of libraries are not looked at. Builds are forgotten when the program ends.
//! - Version -1 of the engine is the newest, and a project starts with it.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "durable")]
mod disk;
#[cfg(not(feature = "durable"))]
#[path = "no_disk.rs"]
mod disk;
mod emulator;
mod faults;
mod memory;
#[cfg(feature = "openapi")]
pub mod openapi;
mod record;
mod request;
mod response;
#[cfg(feature = "server")]
mod server;
mod service;

#[cfg(feature = "durable")]
pub use disk::DataError;
pub use emulator::Emulator;
pub use faults::{
    drift::Drift,
    exchange::{Exchange, ExchangeOutcome},
    fault::{Fault, RefusalForm, RetryAfter, StallAt, Throttle},
    fault_text::{FAULT_FORMS, FaultTextError},
    script::Rule,
};
pub use memory::{clock::VirtualClock, transport::MemoryTransport};
pub use record::{Applied, Body, Record};
#[cfg(feature = "server")]
pub use server::{loopback::Server, thread::ServerThread};
pub use service::library_files::LibraryFiles;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
