//! The same client for programs that wait: same names, same calls, no futures.
//!
//! It needs no runtime and hides none: it may be used on any thread, also on one of an asynchronous program,
//! where it blocks that thread and nothing else. It comes with the feature `blocking`; without it, bring a
//! transport and a runtime of your own.
//!
//! ```no_run
//! use qc_files::blocking::Client;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(qc_files::credentials::discover()?)?;
//! let project = client.project(23_456_789)?;
//! for file in project.read_all()? {
//!     println!("{} has {} bytes", file.name, file.content.len());
//! }
//! # Ok(())
//! # }
//! ```

mod builder;
mod client;
mod project;

pub use self::{builder::Builder, client::Client, project::ProjectFiles};
