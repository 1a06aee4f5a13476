//! The seam between the client and whatever carries its bytes.

use std::{fmt, pin::Pin, sync::Arc};

use qc_proto::{Attempt, Failure, bytes::Bytes, http};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one HTTP request and returns its answer.
///
/// The [crate's page](crate) states the contract and shows an implementation.
///
/// # What an implementation must do
///
/// - Send [`Attempt::request`] as it is. Its `Authorization` header is a secret that the service
///   accepts for up to two hours: keep it out of logs, errors and `Debug`, and do not send it in
///   clear text to another machine unless the user asked for that.
/// - Return every answer that has a status line as `Ok`, whatever the status. Do not follow
///   redirects, which would hand the signature to another host, and do not retry.
/// - End within [`Attempt::timeout`], measured from the first poll, connecting and reading the
///   answer's body included. The caller sets no timer of its own around `send`: dropping the future
///   would lose the answer to the question whether the request had left.
/// - Refuse an answer whose body is longer than [`Attempt::max_response_bytes`], as soon as that is
///   known, and never hold more than that in memory.
/// - Say [`Delivery::NotSent`](crate::Delivery::NotSent) only when no byte of the request was
///   handed to the operating system *and none will be*. In doubt say
///   [`Delivery::MaybeSent`](crate::Delivery::MaybeSent).
///
/// # Cancel safety
///
/// Dropping the future gives the attempt up. It must leak nothing and leave the transport usable;
/// whether the request was sent is then unknown, so the caller must assume that it was.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the attempt's request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if there is no complete answer within the attempt's limits. It tells whether
    /// the request can have reached the service, and how far the attempt had come.
    ///
    /// # Cancel safety
    ///
    /// After dropping the future, the request may or may not have been sent.
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
        T::send(self, attempt)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Bytes>, Failure>> {
        T::send(self, attempt)
    }
}

/// How many bytes an answer's body had on the way, where the transport has uncompressed it. Stands in the
/// [extensions](http::Response::extensions) of such an answer, for logs; nothing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressedBytes(pub usize);
