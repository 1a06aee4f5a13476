//! The table: what happens to a request, and what must be said of it.

use qc_emulator::{Fault, StallAt};
use qc_proto::{
    Cause::{self, Broken, TimedOut},
    Delivery::{self, MaybeSent, NotSent},
    Phase,
};

/// One point at which a request can end.
pub(super) struct Row {
    pub(super) what: &'static str,
    /// How it comes about over real sockets.
    pub(super) peer: Peer,
    /// How it comes about in memory.
    pub(super) fault: Fault,
    pub(super) expected: Expected,
}

impl Row {
    pub(super) fn stalls(&self) -> bool {
        matches!(self.expected, Expected::Failure(_, _, TimedOut))
    }
}

/// What the transport must report.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    Failure(Delivery, Phase, Cause),
    Answer,
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    /// Nobody: the name means nothing.
    NoName,
    /// Nobody listens there.
    Refused,
    /// Somebody listens and accepts no more connections.
    Full,
    /// A server that is asked in plain HTTP.
    Plain(Script),
    /// A server that is asked over TLS, with a certificate.
    Tls(Certificate, Script),
    /// A server that ends the TLS handshake.
    Handshake(End),
    /// A proxy on the way to a server.
    Proxy { answer: &'static [u8], end: End },
    /// A server that answers one request, and then treats the connection so.
    Kept(Kept),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Certificate {
    Good,
    /// Of an authority that the client does not trust.
    Unknown,
    OtherHost,
}

/// What a server does with a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script {
    /// Whether it reads the request, or leaves it unread.
    pub(super) reads: bool,
    pub(super) answer: &'static [u8],
    pub(super) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Close,
    Reset,
    /// As `Reset`, after so much of the body that the client must have begun to read it: a reset also
    /// takes back what has arrived and is unread.
    ResetMidway,
    /// Nothing more happens until the client goes.
    Stall,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    /// Closes it while it is idle.
    ClosedIdle,
    /// Closes it when the next request has come.
    ClosedOnUse,
}

const STATUS_LINE: &[u8] = b"HTTP/1.1 200 OK\r\n";
const PART_OF_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nDa";
const PART_OF_BODY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}";
const LONG_BODY: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n";
const LONG_CHUNK: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000000\r\n";
const PART_OF_CHUNKS: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";

const fn plain(answer: &'static [u8], end: End) -> Peer {
    Peer::Plain(Script { reads: true, answer, end })
}

const fn tls(answer: &'static [u8], end: End) -> Peer {
    Peer::Tls(Certificate::Good, Script { reads: true, answer, end })
}

const fn unread(end: End) -> Peer {
    Peer::Plain(Script { reads: false, answer: b"", end })
}

const fn not_sent(phase: Phase, cause: Cause) -> Expected {
    Expected::Failure(NotSent, phase, cause)
}

const fn maybe_sent(phase: Phase, cause: Cause) -> Expected {
    Expected::Failure(MaybeSent, phase, cause)
}

const fn row(what: &'static str, peer: Peer, fault: Fault, expected: Expected) -> Row {
    Row { what, peer, fault, expected }
}

const fn no_connection(phase: Phase) -> Fault {
    Fault::NoConnection { phase }
}

const fn stall(at: StallAt) -> Fault {
    Fault::Stall { at, applied: true }
}

const CERTAIN_TLS: Script = Script { reads: true, answer: b"", end: End::Close };
const RESET: Fault = Fault::Reset { applied: true };

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("the name does not resolve", Peer::NoName,
        no_connection(Phase::Resolve), not_sent(Phase::Resolve, Broken)),
    row("connection refused", Peer::Refused,
        no_connection(Phase::Connect), not_sent(Phase::Connect, Broken)),
    row("nobody accepts the connection", Peer::Full,
        Fault::StallConnecting { phase: Phase::Connect }, not_sent(Phase::Connect, TimedOut)),
    row("the proxy refuses the tunnel", Peer::Proxy { answer: b"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", end: End::Close },
        no_connection(Phase::Connect), not_sent(Phase::Connect, Broken)),
    row("the proxy closes instead of opening the tunnel", Peer::Proxy { answer: b"", end: End::Close },
        no_connection(Phase::Connect), not_sent(Phase::Connect, Broken)),
    row("the proxy stalls", Peer::Proxy { answer: b"HTTP/1.1 200", end: End::Stall },
        Fault::StallConnecting { phase: Phase::Connect }, not_sent(Phase::Connect, TimedOut)),
    row("closed during TLS", Peer::Handshake(End::Close),
        no_connection(Phase::Tls), not_sent(Phase::Tls, Broken)),
    row("reset during TLS", Peer::Handshake(End::Reset),
        no_connection(Phase::Tls), not_sent(Phase::Tls, Broken)),
    row("stalled during TLS", Peer::Handshake(End::Stall),
        Fault::StallConnecting { phase: Phase::Tls }, not_sent(Phase::Tls, TimedOut)),
    row("a certificate from an unknown authority", Peer::Tls(Certificate::Unknown, CERTAIN_TLS),
        no_connection(Phase::Tls), not_sent(Phase::Tls, Broken)),
    row("a certificate for another host", Peer::Tls(Certificate::OtherHost, CERTAIN_TLS),
        no_connection(Phase::Tls), not_sent(Phase::Tls, Broken)),
    row("closed with the request unread", unread(End::Close),
        Fault::DropBefore, maybe_sent(Phase::Head, Broken)),
    row("reset with the request unread", unread(End::Reset),
        Fault::Reset { applied: false }, maybe_sent(Phase::Head, Broken)),
    row("stalled with the request unread", unread(End::Stall),
        Fault::Stall { at: StallAt::BeforeAnswer, applied: false }, maybe_sent(Phase::Head, TimedOut)),
    row("closed after the request was read", plain(b"", End::Close),
        Fault::DropAfter, maybe_sent(Phase::Head, Broken)),
    row("reset after the request was read", plain(b"", End::Reset),
        RESET, maybe_sent(Phase::Head, Broken)),
    row("stalled after the request was read", plain(b"", End::Stall),
        stall(StallAt::BeforeAnswer), maybe_sent(Phase::Head, TimedOut)),
    row("closed after the request was read, over TLS", tls(b"", End::Close),
        Fault::DropAfter, maybe_sent(Phase::Head, Broken)),
    row("reset after the request was read, over TLS", tls(b"", End::Reset),
        RESET, maybe_sent(Phase::Head, Broken)),
    row("stalled after the request was read, over TLS", tls(b"", End::Stall),
        stall(StallAt::BeforeAnswer), maybe_sent(Phase::Head, TimedOut)),
    row("closed after the status line", plain(STATUS_LINE, End::Close),
        Fault::DropAfter, maybe_sent(Phase::Head, Broken)),
    row("reset after the status line", plain(STATUS_LINE, End::Reset),
        RESET, maybe_sent(Phase::Head, Broken)),
    row("stalled after the status line", plain(STATUS_LINE, End::Stall),
        stall(StallAt::Head), maybe_sent(Phase::Head, TimedOut)),
    row("closed in the head", plain(PART_OF_HEAD, End::Close),
        Fault::DropAfter, maybe_sent(Phase::Head, Broken)),
    row("reset in the head", plain(PART_OF_HEAD, End::Reset),
        RESET, maybe_sent(Phase::Head, Broken)),
    row("stalled in the head", plain(PART_OF_HEAD, End::Stall),
        stall(StallAt::Head), maybe_sent(Phase::Head, TimedOut)),
    row("closed in the body: `Content-Length` promises more", plain(PART_OF_BODY, End::Close),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("reset in the body", plain(LONG_BODY, End::ResetMidway),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("stalled in the body", plain(PART_OF_BODY, End::Stall),
        stall(StallAt::Body), maybe_sent(Phase::Body, TimedOut)),
    row("closed between chunks", plain(PART_OF_CHUNKS, End::Close),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("reset in a chunk", plain(LONG_CHUNK, End::ResetMidway),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("stalled between chunks", plain(PART_OF_CHUNKS, End::Stall),
        stall(StallAt::Body), maybe_sent(Phase::Body, TimedOut)),
    row("closed in the body, over TLS", tls(PART_OF_BODY, End::Close),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("reset in the body, over TLS", tls(LONG_BODY, End::ResetMidway),
        Fault::ShortBody, maybe_sent(Phase::Body, Broken)),
    row("stalled in the body, over TLS", tls(PART_OF_BODY, End::Stall),
        stall(StallAt::Body), maybe_sent(Phase::Body, TimedOut)),
    row("a kept connection died while idle", Peer::Kept(Kept::ClosedIdle),
        Fault::None, Expected::Answer),
    row("a kept connection closes under the request", Peer::Kept(Kept::ClosedOnUse),
        Fault::DropBefore, maybe_sent(Phase::Head, Broken)),
];
