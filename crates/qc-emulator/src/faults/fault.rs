//! What can go wrong on the way to the service and back.

use std::time::Duration;

use qc_proto::Phase;

use crate::Drift;

/// A fault. [`Emulator::push_fault`](crate::Emulator::push_fault) orders one for a single request,
/// [`Rule`](crate::Rule) says otherwise when it comes, and has a form in text.
///
/// Some faults decide a request's fate, and the first of those that come together wins. The others
/// ([`CompileError`](Self::CompileError), [`Skew`](Self::Skew), [`Latency`](Self::Latency), [`Trickle`](Self::Trickle), [`Gzip`](Self::Gzip) and
/// [`Drift`](Self::Drift)) change how an answer comes, and add up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request passes.
    None,
    /// The request never arrives: its connection fails in this phase. A server cannot refuse a connection that
    /// it has accepted: over a socket it closes it unanswered, and the client cannot know that nothing was done.
    NoConnection {
        /// [`Phase::Resolve`], [`Phase::Connect`] or [`Phase::Tls`].
        phase: Phase,
    },
    /// The request never arrives: connecting takes longer than the client waits. Over a socket this is a
    /// [`Stall`](Self::Stall) of a request that is not acted on.
    StallConnecting {
        /// As in [`NoConnection`](Self::NoConnection).
        phase: Phase,
    },
    /// The request arrives, is not acted on, and the connection closes without an answer.
    DropBefore,
    /// The request is acted on, and the connection closes without an answer.
    DropAfter,
    /// The connection closes without an answer, and a proxy that held the request back delivers it later.
    Late {
        /// So much later. It is acted on once the service's clock says so and someone asks anything, or
        /// [`deliver_late`](crate::Emulator::deliver_late) is called.
        by: Duration,
    },
    /// The connection is reset without an answer.
    Reset {
        /// Whether the request was acted on.
        applied: bool,
    },
    /// Nothing more comes from this point on, until the client goes.
    Stall {
        /// The point.
        at: StallAt,
        /// Whether the request was acted on.
        applied: bool,
    },
    /// A proxy answers with this status and an HTML page.
    Status {
        /// The status, such as 502.
        status: u16,
        /// Whether the request was acted on.
        applied: bool,
    },
    /// The service answers with this status and nothing else.
    Empty {
        /// The status: 500 was seen.
        status: u16,
        /// Whether the request was acted on.
        applied: bool,
    },
    /// 429, and the request is not acted on.
    RateLimited {
        /// The `Retry-After` header, if there is to be one.
        retry_after: Option<RetryAfter>,
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
    /// The credentials are refused, whatever they are.
    Refuse(RefusalForm),
    /// The service refuses because too much was asked, in words that were seen, and does not act.
    Throttled(Throttle),
    /// The service refuses in these words, and does not act.
    Refusal(String),
    /// The request is not acted on, and the answer's body is this long and makes no sense.
    Oversized {
        /// Its length.
        bytes: u64,
    },
    /// The answer's `Date` is off.
    Skew {
        /// By so many seconds.
        seconds: i64,
    },
    /// The answer comes so much later.
    Latency(Duration),
    /// The answer's body comes in small pieces.
    Trickle {
        /// Of so many bytes, at least 1.
        bytes: usize,
        /// With a pause between them.
        every: Duration,
    },
    /// The answer's body is compressed with gzip, if the request accepts that.
    Gzip,
    /// The build that is ordered fails. Other requests are not changed.
    CompileError,
    /// The answer's JSON has one of the forms that PHP's JSON drifts to.
    Drift(Drift),
}

/// A `Retry-After` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In seconds.
    Seconds(u64),
    /// As a date, so many seconds after the service's clock.
    Date(u64),
}

/// How the service itself says that too much was asked of it: each is a refusal with HTTP 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// Too many requests in a short time.
    SlowDown,
    /// Too many bad signatures, for hours.
    LockOut,
}

impl Throttle {
    /// The service's words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::SlowDown => "Too many backtest requests; please slow down.",
            Self::LockOut => "too many failed attempts for this user or ip",
        }
    }
}

/// Where an answer stalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StallAt {
    /// Nothing of it comes.
    BeforeAnswer,
    /// The status line and part of a header come.
    Head,
    /// The head and half of the body come.
    Body,
}

/// How the service refuses credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalForm {
    /// HTTP 200 with an envelope that says why.
    Ok,
    /// HTTP 401 with a `WWW-Authenticate` header.
    Unauthorized,
    /// HTTP 500 with the envelope.
    ServerError,
}

impl Fault {
    /// Whether the request is acted on.
    pub(crate) fn lets_apply(&self) -> bool {
        match self {
            Self::None
            | Self::DropAfter
            | Self::TruncatedBody
            | Self::ShortBody
            | Self::Skew { .. }
            | Self::Latency(_)
            | Self::Trickle { .. }
            | Self::Gzip
            | Self::CompileError
            | Self::Drift(_) => true,
            Self::Reset { applied }
            | Self::Stall { applied, .. }
            | Self::Status { applied, .. }
            | Self::Empty { applied, .. }
            | Self::Html { applied } => *applied,
            Self::NoConnection { .. }
            | Self::StallConnecting { .. }
            | Self::DropBefore
            | Self::Late { .. }
            | Self::RateLimited { .. }
            | Self::Refuse(_)
            | Self::Throttled(_)
            | Self::Refusal(_)
            | Self::Oversized { .. } => false,
        }
    }

    /// How long the answer asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited {
                retry_after: Some(RetryAfter::Seconds(seconds) | RetryAfter::Date(seconds)),
            } => Some(Duration::from_secs(*seconds)),
            _ => None,
        }
    }

    /// Whether it decides what becomes of the request, and not only how the answer comes.
    pub(crate) fn decides(&self) -> bool {
        !matches!(
            self,
            Self::None
                | Self::Skew { .. }
                | Self::Latency(_)
                | Self::Trickle { .. }
                | Self::Gzip
                | Self::CompileError
                | Self::Drift(_)
        )
    }
}
