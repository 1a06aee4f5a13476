//! The same without futures: for scripts, build tools, editors' plug-ins and everything else that waits.
//!
//! [`Transport`] and [`Runtime`] are the blocking halves of [the asynchronous ones](crate::Transport), under
//! the same contract. With the feature `blocking`, `UreqTransport` and `SystemRuntime` implement them. No
//! runtime is hidden inside: everything happens on the calling thread, which may belong to an asynchronous
//! program as well (where blocking a thread may be unwelcome, but breaks nothing).
//!
//! ```
//! use qc_transport::{Attempt, Failure, blocking::Transport, bytes::Bytes, http};
//!
//! #[derive(Debug)]
//! struct Canned(&'static str);
//!
//! impl Transport for Canned {
//!     fn send(&self, _: Attempt) -> Result<http::Response<Bytes>, Failure> {
//!         Ok(http::Response::new(Bytes::from_static(self.0.as_bytes())))
//!     }
//! }
//!
//! let attempt = Attempt::new(http::Request::new(Bytes::new()));
//! assert_eq!(Canned("{}").send(attempt)?.body(), "{}");
//! # Ok::<(), Failure>(())
//! ```

#[cfg(feature = "blocking")]
mod connect;
#[cfg(feature = "blocking")]
mod progress;
#[cfg(feature = "blocking")]
mod resolver;
#[cfg(feature = "blocking")]
mod system_runtime;
#[cfg(feature = "blocking")]
mod tls_stream;
#[cfg(feature = "blocking")]
mod ureq;

use std::{fmt, sync::Arc, time::Duration};

use qc_proto::{Attempt, Failure, Now, bytes::Bytes, http};

#[cfg(feature = "blocking")]
pub use self::{system_runtime::SystemRuntime, ureq::UreqTransport};

/// Sends one HTTP request and returns its answer, on the calling thread.
///
/// What an implementation must do stands at [`crate::Transport`]; here the time counts from the call.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends the attempt's request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// A [`Failure`] if there is no complete answer within the attempt's limits. It tells whether
    /// the request can have reached the service, and how far the attempt had come.
    fn send(&self, attempt: Attempt) -> Result<http::Response<Bytes>, Failure>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, attempt: Attempt) -> Result<http::Response<Bytes>, Failure> {
        T::send(self, attempt)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, attempt: Attempt) -> Result<http::Response<Bytes>, Failure> {
        T::send(self, attempt)
    }
}

/// Tells the time and waits, on the calling thread.
pub trait Runtime: fmt::Debug + Send + Sync + 'static {
    /// What both clocks show now. `mono` never goes backwards between two calls on one runtime.
    fn now(&self) -> Now;

    /// Returns once `duration` has passed on the clock that [`Now::mono`] shows, not before.
    fn sleep(&self, duration: Duration);
}

impl<T: Runtime + ?Sized> Runtime for Arc<T> {
    fn now(&self) -> Now {
        T::now(self)
    }

    fn sleep(&self, duration: Duration) {
        T::sleep(self, duration);
    }
}
