//! What a test can ask about afterwards: what arrived, and what took effect.

use std::time::Duration;

use qc_proto::{ProjectId, http};

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Which it was, counted from 1.
    pub number: usize,
    /// How it was sent.
    pub method: http::Method,
    /// The endpoint, such as `files/read`.
    pub path: String,
    /// When it arrived, or took effect if it was held back: by the service's clock, since the Unix epoch.
    pub at: Duration,
    /// The status of the answer; none where there was none.
    pub status: Option<u16>,
    /// How long the answer asked the client to wait, in seconds or until a date.
    pub retry_after: Option<Duration>,
    /// The service's first message, where the answer was a refusal (`success: false`), whatever its status.
    pub refused: Option<String>,
    /// How long it took until the answer began or the connection closed, ordered latency included. In memory it is
    /// that latency. None where no answer began.
    pub duration: Option<Duration>,
    /// What was sent. Only a server keeps it, of the last 500 requests. The fields of a request without a body are
    /// here as JSON.
    pub request: Option<Body>,
    /// What was answered, kept as `request` is.
    pub answer: Option<Body>,
}

/// The beginning of a body, with `[redacted]` in place of what is secret: API tokens and the `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Body {
    /// At most 4,096 bytes of it.
    pub text: String,
    /// How many bytes the whole body has.
    pub length: usize,
}

/// A change that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The endpoint that made it.
    pub endpoint: &'static str,
    /// The project.
    pub project: ProjectId,
    /// The file (a renamed one's new name), all files of a patch with `, ` between them, or the project's name.
    pub name: String,
}

impl Applied {
    pub(crate) fn new(endpoint: &'static str, project: ProjectId, name: &str) -> Self {
        Self { endpoint, project, name: name.to_owned() }
    }
}
