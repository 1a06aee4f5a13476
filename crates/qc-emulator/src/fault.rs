//! What can go wrong on the way to the service and back.

use qc_proto::{bytes::Bytes, http};

/// A fault, good for one request. Faults are used up in the order in which they were pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request passes.
    None,
    /// The request never arrives: no connection. A server cannot refuse one it has accepted: it closes it
    /// unanswered, and the client cannot know that nothing was done.
    ConnectRefused,
    /// The request arrives, is not acted on, and the connection closes without an answer.
    DropBefore,
    /// The request is acted on, and the connection closes without an answer.
    DropAfter,
    /// A proxy answers with this status and an HTML page.
    Status {
        /// The status, such as 502.
        status: u16,
        /// Whether the request was acted on.
        applied: bool,
    },
    /// 429, and the request is not acted on.
    RateLimited {
        /// The seconds of the `Retry-After` header, if there is to be one.
        retry_after: Option<u64>,
    },
    /// The request is acted on, and half of the answer's body comes, as if that were all.
    TruncatedBody,
    /// The request is acted on, half of the answer's body comes, and the connection closes.
    ShortBody,
    /// A proxy answers 200 with an HTML page.
    Html {
        /// Whether the request was acted on.
        applied: bool,
    },
    /// The credentials are refused as HTTP 401, whatever they are.
    Refuse401,
    /// The request is acted on, and the answer's `Date` is off.
    Skew {
        /// By so many seconds.
        seconds: i64,
    },
    /// The request is not acted on, and the answer's body is this long and makes no sense.
    Oversized {
        /// Its length.
        bytes: u64,
    },
}

impl Fault {
    /// Whether the request is acted on.
    pub(crate) fn lets_apply(&self) -> bool {
        match self {
            Self::None
            | Self::DropAfter
            | Self::TruncatedBody
            | Self::ShortBody
            | Self::Skew { .. } => true,
            Self::Status { applied, .. } | Self::Html { applied } => *applied,
            Self::ConnectRefused
            | Self::DropBefore
            | Self::RateLimited { .. }
            | Self::Refuse401
            | Self::Oversized { .. } => false,
        }
    }
}

/// What came of a request, faults included.
#[derive(Debug)]
#[non_exhaustive]
pub enum Exchange {
    /// An answer.
    Answer(http::Response<Bytes>),
    /// No connection.
    Unreachable,
    /// The connection closes without an answer.
    HangUp,
    /// The answer's head promises more bytes than its body has; then the connection closes.
    Short {
        /// What comes.
        response: http::Response<Bytes>,
        /// The length that its head promises.
        promised: usize,
    },
    /// An answer of so many senseless bytes, too many to make at once.
    Filler(u64),
}
