//! The answers as they came.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use qc_files::qc_transport::{
    Attempt, BoxFuture, CompressedBytes, Failure, Runtime as _, TokioRuntime, Transport,
    bytes::Bytes,
    http::{HeaderValue, Response, Version, header},
};

use crate::output::logging::LoggingTransport;

/// An answer, and what its way here shows.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) body: Bytes,
    pub(super) status: u16,
    pub(super) version: Version,
    pub(super) is_compressed: bool,
    /// The service's time, as its header says it.
    pub(super) date: Option<HeaderValue>,
    /// This machine's time when the answer was there.
    pub(super) received: Duration,
    pub(super) took: Duration,
}

/// Keeps the last answer.
#[derive(Debug)]
pub(super) struct KeepingTransport {
    inner: LoggingTransport,
    clock: TokioRuntime,
    last: Last,
}

/// The last answer, which is taken once.
#[derive(Clone, Debug, Default)]
pub(super) struct Last(Arc<Mutex<Option<Kept>>>);

impl Last {
    pub(super) fn take(&self) -> Option<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, kept: Option<Kept>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

impl KeepingTransport {
    pub(super) fn new(inner: LoggingTransport, last: Last) -> Self {
        Self { inner, clock: TokioRuntime::new(), last }
    }
}

impl Transport for KeepingTransport {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let began = self.clock.now().mono;
            let result = self.inner.send(attempt).await;
            let now = self.clock.now();
            self.last.set(result.as_ref().ok().map(|response| Kept {
                body: response.body().clone(),
                status: response.status().as_u16(),
                version: response.version(),
                is_compressed: response.extensions().get::<CompressedBytes>().is_some(),
                date: response.headers().get(header::DATE).cloned(),
                received: now.wall,
                took: now.mono.saturating_sub(began),
            }));
            result
        })
    }
}
