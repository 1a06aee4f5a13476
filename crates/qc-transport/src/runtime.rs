//! The clock and the waiting, as the client needs them.

use std::{fmt, sync::Arc, time::Duration};

use qc_proto::Now;

use crate::BoxFuture;

/// Tells the time and waits. Nothing else in a client reads a clock.
///
/// ```
/// use std::{future, time::Duration};
///
/// use qc_transport::{BoxFuture, Now, Runtime};
///
/// /// A runtime for replaying: time stands still, and no wait takes any.
/// #[derive(Debug)]
/// struct Frozen(Now);
///
/// impl Runtime for Frozen {
///     fn now(&self) -> Now {
///         self.0
///     }
///
///     fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
///         Box::pin(future::ready(()))
///     }
/// }
///
/// assert_eq!(Frozen(Now::default()).now().mono, Duration::ZERO);
/// ```
pub trait Runtime: fmt::Debug + Send + Sync + 'static {
    /// What both clocks show now. `mono` never goes backwards between two calls on one runtime.
    fn now(&self) -> Now;

    /// Completes once `duration` has passed on the clock that [`Now::mono`] shows, not before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future only ends the wait.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

impl<T: Runtime + ?Sized> Runtime for Arc<T> {
    fn now(&self) -> Now {
        T::now(self)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        T::sleep(self, duration)
    }
}
