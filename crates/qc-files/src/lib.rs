//! Read and write the files of a QuantConnect project.
//!
//! ```no_run
//! use qc_files::Client;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder(qc_files::credentials::discover()?).build()?;
//! client.authenticate().await?;
//!
//! let project = client.project(23_456_789)?;
//! project.create("indicators/momentum.py", "PERIOD = 14\n").await?;
//! project.update("indicators/momentum.py", "PERIOD = 21\n").await?;
//! for file in project.read_all().await? {
//!     println!("{} has {} bytes", file.name, file.content.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Every rule of the protocol lives in [`qc_proto`]; every byte travels through [`qc_transport`]. This crate
//! introduces them to each other, and finds credentials where people already have them.
//!
//! # What a failed call tells
//!
//! [`Error::kind`] says what went wrong, and [`Error::effect`] whether anything changed: after
//! [`Effect::None`] nothing did, after [`Effect::Unknown`] look before you act. A create, a rename and a
//! delete look by themselves and take effect once, even when answers are lost. What no client can rule out
//! is a request that a proxy holds back and delivers after the look.
//!
//! # Without futures
//!
//! [`blocking::Client`] is the same for programs that wait.
//!
//! # Features
//!
//! - `hyper` (default): [`Client::new`] and [`Client::builder`], over hyper and tokio.
//! - `blocking`: `blocking::Client::new` and `builder`, over ureq and the system's clocks.
//! - `tracing`: each call is a span of the level INFO, each attempt and each wait an event of the level DEBUG in it. Their
//!   target is `qc_files`: the filter `qc_files=debug` shows both. Names are those of OpenTelemetry's conventions
//!   for HTTP clients (`http.response.status_code`, `error.type`), and `quantconnect.*` where there is none. No header, no
//!   body and no file's name is told, and so no token, no signature and no source code.
//! - `tower`: [`qc_transport::tower`].
//!
//! Without a feature bring a transport and a runtime of your own: [`Client::builder_with_parts`].
//!
//! # Cancel safety
//!
//! Dropping a call's future leaves the client usable. If a request was out, it may still take effect.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod blocking;
mod builder;
mod client;
mod connection;
pub mod credentials;
mod project;
mod requests;
mod trace;

pub use builder::Builder;
pub use client::Client;
pub use project::ProjectFiles;
pub use qc_proto::{
    self, ApiToken, BaseUrl, Compile, CompileState, Credentials, Diagnostic, Effect, Endpoint,
    Error, ErrorKind, FileList, FileName, Invalid, Language, Policy, Project, ProjectFile,
    ProjectId, ProjectList, RemoteName, Unreadable, UserId,
};
pub use qc_transport::{self, Runtime, Transport};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
