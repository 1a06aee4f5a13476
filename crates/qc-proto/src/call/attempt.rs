//! What a call asks of a transport, and what a transport answers when it fails.

use alloc::{
    boxed::Box,
    string::{String, ToString as _},
};
use core::{error, fmt, time::Duration};

use bytes::Bytes;

use crate::{call::policy::Policy, visible::escape};

/// A foreign error behind one of ours.
pub type Source = Box<dyn error::Error + Send + Sync + 'static>;

/// One signed HTTP request, ready to send, and the limits it is sent under.
///
/// A transport sends it as it is: no retries, no redirects, no header of its own that carries a secret.
/// The `Authorization` header is a secret, because the service accepts a signature for up to two hours;
/// it is marked sensitive, and `Debug` shows neither headers nor body.
#[non_exhaustive]
pub struct Attempt {
    /// The request, with an absolute URI.
    pub request: http::Request<Bytes>,
    /// How long the whole attempt may take, connecting and reading the answer included.
    pub timeout: Duration,
    /// The most bytes that an answer's body may hold, after any decompression.
    pub max_response_bytes: usize,
    /// The endpoint's path, such as `files/read`, for logs.
    pub endpoint: &'static str,
    /// Which of the call's requests this is, counted from 1.
    pub number: u32,
}

impl Attempt {
    /// An attempt to send this request, for tests of a transport: an answer has to come within a minute, and may have
    /// 128 MiB. [`Call::step`](crate::Call::step) makes the others.
    #[must_use]
    pub fn new(request: http::Request<Bytes>) -> Self {
        let Policy { attempt_timeout: timeout, max_response_bytes, .. } = Policy::default();
        Self { request, timeout, max_response_bytes, endpoint: "", number: 1 }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("endpoint", &self.endpoint)
            .field("number", &self.number)
            .field("body_bytes", &self.request.body().len())
            .field("timeout", &self.timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .finish_non_exhaustive()
    }
}

/// Whether a request that got no answer can have reached the service.
///
/// A transport in doubt says [`Delivery::MaybeSent`]: a wrong `NotSent` makes a create happen twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Not one byte of the request left this machine's user space.
    NotSent,
    /// Some of it may have: the service may have acted.
    MaybeSent,
}

/// How far an attempt had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Turning the host's name into addresses.
    Resolve,
    /// Opening the TCP connection.
    Connect,
    /// Agreeing on TLS, certificates included.
    Tls,
    /// Writing the request.
    Send,
    /// Waiting for the status line and the headers.
    Head,
    /// Reading the answer's body.
    Body,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolving the host name",
            Self::Connect => "connecting",
            Self::Tls => "agreeing on TLS",
            Self::Send => "sending the request",
            Self::Head => "waiting for the answer",
            Self::Body => "reading the answer",
        })
    }
}

/// What went wrong in an attempt, as far as the call policy cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The connection failed or broke; another attempt may fare better.
    Broken,
    /// The time ran out; another attempt may fare better.
    TimedOut,
    /// The answer is larger than [`Attempt::max_response_bytes`]; another attempt would be too.
    TooLarge,
    /// The transport will not send this request at all, whatever the weather.
    Rejected,
}

/// An attempt without an answer.
pub struct Failure {
    delivery: Delivery,
    phase: Phase,
    cause: Cause,
    detail: Option<String>,
    source: Option<Source>,
}

impl Failure {
    /// A failure before any byte of the request was written.
    pub fn not_sent(phase: Phase, source: impl Into<Source>) -> Self {
        Self::new(Delivery::NotSent, phase, Cause::Broken).with_source(source)
    }

    /// A failure after which the service may have acted.
    pub fn maybe_sent(phase: Phase, source: impl Into<Source>) -> Self {
        Self::new(Delivery::MaybeSent, phase, Cause::Broken).with_source(source)
    }

    /// The time ran out in `phase`.
    #[must_use]
    pub fn timed_out(delivery: Delivery, phase: Phase) -> Self {
        Self::new(delivery, phase, Cause::TimedOut)
    }

    /// The answer's body holds more than `limit` bytes.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let mut failure = Self::new(Delivery::MaybeSent, Phase::Body, Cause::TooLarge);
        failure.detail =
            Some(alloc::format!("the answer is larger than the limit of {limit} bytes"));
        failure
    }

    /// The transport will not send the request; `why` tells the user what to change.
    pub fn rejected(why: impl Into<String>) -> Self {
        let mut failure = Self::new(Delivery::NotSent, Phase::Connect, Cause::Rejected);
        failure.detail = Some(why.into());
        failure
    }

    fn new(delivery: Delivery, phase: Phase, cause: Cause) -> Self {
        Self { delivery, phase, cause, detail: None, source: None }
    }

    fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the request can have reached the service.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// How far the attempt had come.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The error of the network or the HTTP library behind it. None where there is none, as when the time ran out.
    #[must_use]
    pub fn get_ref(&self) -> Option<&(dyn error::Error + Send + Sync + 'static)> {
        self.source.as_deref()
    }

    /// What went wrong.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("delivery", &self.delivery)
            .field("phase", &self.phase)
            .field("cause", &self.cause)
            .field("detail", &self.detail)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cause, &self.detail) {
            (Cause::TooLarge | Cause::Rejected, Some(detail)) => escape(detail).fmt(f),
            (Cause::TimedOut, _) => write!(f, "timed out while {}", self.phase),
            _ => {
                write!(f, "failed while {}", self.phase)?;
                // The innermost error is the one that says what happened; those around it only wrap it.
                let mut innermost: Option<&(dyn error::Error + 'static)> =
                    self.source.as_deref().map(|source| source as _);
                while let Some(next) = innermost.and_then(error::Error::source) {
                    innermost = Some(next);
                }
                innermost.map_or(Ok(()), |source| write!(f, ": {}", escape(&source.to_string())))
            }
        }
    }
}

// No `source`: the text has the cause in it, and `get_ref` gives it to programs.
impl error::Error for Failure {}
