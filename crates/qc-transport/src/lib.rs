//! How bytes reach QuantConnect, and what is known when they do not.
//!
//! [`qc_proto`] decides what to send and what an outcome means; a [`Transport`] only moves the
//! bytes of one [`Attempt`] and says honestly what became of them. A [`Runtime`] tells the time and
//! waits. Both are object safe, so that an application holds an `Arc<dyn Transport>` and no type
//! parameter spreads through its code.
//!
//! # The contract
//!
//! - **Any status is `Ok`.** 404, 500 and redirects are answers; what they mean is not decided here.
//! - **One attempt is one request.** No retries and no redirects: a retry needs a new signature, and
//!   whether it is safe depends on the endpoint.
//! - **The limits belong to the transport.** It enforces [`Attempt::timeout`] and
//!   [`Attempt::max_response_bytes`] itself, because only it knows how far the attempt had come.
//! - **Every failure carries a [`Delivery`].** [`Delivery::NotSent`] is a promise that not one byte
//!   of the request left this process; it lets a caller send again something that must happen only
//!   once. In doubt say [`Delivery::MaybeSent`].
//! - **Nothing is added** to the request but what HTTP itself needs and an `Accept-Encoding` that the
//!   transport undoes, and no secret is logged.
//!
//! # Features
//!
//! - `hyper` (default): `HyperTransport` and `TokioRuntime`.
//! - `blocking`: `blocking::UreqTransport` and `blocking::SystemRuntime`, the same without futures.
//!   It takes ureq 3.5 and no other: what it builds on there, ureq calls `unversioned`, and may change with any minor version.
//!   A program that needs another ureq 3 brings its own transport, which may be over that ureq.
//! - `tower`: a transport over any `tower::Service`, and a transport as such a service.
//!
//! Without them the crate holds the traits only, and you bring your own HTTP.
//!
//! # Example: a transport of your own
//!
//! This one answers every request from memory. One over a real HTTP library maps its connection
//! errors to [`Failure::not_sent`], its timeouts to [`Failure::timed_out`], and everything that it
//! cannot place to [`Failure::maybe_sent`].
//!
//! ```
//! use std::{
//!     pin::pin,
//!     task::{Context, Poll, Waker},
//! };
//!
//! use qc_transport::{Attempt, BoxFuture, Failure, Transport, bytes::Bytes, http};
//!
//! #[derive(Debug)]
//! struct Canned(&'static str);
//!
//! impl Transport for Canned {
//!     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
//!         Box::pin(async move {
//!             if self.0.len() > attempt.max_response_bytes {
//!                 return Err(Failure::too_large(attempt.max_response_bytes));
//!             }
//!             Ok(http::Response::new(Bytes::from_static(self.0.as_bytes())))
//!         })
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport: Box<dyn Transport> = Box::new(Canned(r#"{"success":true}"#));
//! let url = "https://www.quantconnect.com/api/v2/authenticate";
//! let attempt = Attempt::new(http::Request::post(url).body(Bytes::from_static(b"{}"))?);
//! let answer = pin!(transport.send(attempt)).poll(&mut Context::from_waker(Waker::noop()));
//! assert!(matches!(answer, Poll::Ready(Ok(response)) if response.body().starts_with(b"{")));
//! # Ok(())
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod blocking;

mod proxy;
mod runtime;
mod settings;
mod transport;

#[cfg(feature = "_net")]
mod gzip;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(any(feature = "hyper", feature = "tower"))]
mod read_body;
#[cfg(feature = "_net")]
mod source;
#[cfg(any(feature = "_net", feature = "tower"))]
mod target;
#[cfg(feature = "_net")]
mod tls;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(any(feature = "_net", feature = "tower"))]
mod unread;

pub use qc_proto::{Attempt, Cause, Delivery, Failure, Now, Phase, bytes, http};

pub use self::{
    proxy::Proxy,
    runtime::Runtime,
    settings::{Roots, Settings},
    transport::{BoxFuture, CompressedBytes, Transport},
};

#[cfg(feature = "hyper")]
pub use self::hyper::{HyperTransport, TokioRuntime};
#[cfg(any(feature = "_net", feature = "tower"))]
pub use self::target::is_loopback;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
