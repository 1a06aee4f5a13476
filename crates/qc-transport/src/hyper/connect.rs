//! Opening a connection, step by step, so that a failure knows how far it came.

use std::{
    error, fmt, io,
    task::{Context, Poll},
    time::Duration,
};

use qc_proto::{Phase, Source, http::Uri};
use tower_service::Service;

use super::progress::Progress;
use crate::{BoxFuture, source::find};

/// One step of connecting: its errors are of `phase`, unless a step inside it has said otherwise,
/// and after it the attempt is in the phase `next`.
#[derive(Clone, Debug)]
pub(super) struct Step<C> {
    inner: C,
    phase: Phase,
    next: Phase,
}

impl<C> Step<C> {
    pub(super) fn new(inner: C, phase: Phase, next: Phase) -> Self {
        Self { inner, phase, next }
    }
}

impl<C, T> Service<T> for Step<C>
where
    C: Service<T, Error: Into<Source>, Future: Send + 'static>,
{
    type Response = C::Response;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<C::Response, ConnectError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        self.inner.poll_ready(cx).map_err(|error| ConnectError::new(self.phase, error))
    }

    fn call(&mut self, target: T) -> Self::Future {
        let (phase, next) = (self.phase, self.next);
        Progress::note(phase);
        let connecting = self.inner.call(target);
        Box::pin(async move {
            let result = connecting.await.map_err(|error| ConnectError::new(phase, error));
            if result.is_ok() {
                Progress::note(next);
            }
            result
        })
    }
}

/// Ends all steps together after `limit`.
#[derive(Clone, Debug)]
pub(super) struct Limited<C> {
    inner: C,
    limit: Duration,
}

impl<C> Limited<C> {
    pub(super) fn new(inner: C, limit: Duration) -> Self {
        Self { inner, limit }
    }
}

impl<C> Service<Uri> for Limited<C>
where
    C: Service<Uri, Error = ConnectError, Future: Send + 'static>,
{
    type Response = C::Response;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<C::Response, ConnectError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, limit) = (self.inner.call(uri), self.limit);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(result) => result,
                Err(_) => Err(ConnectError { phase: Progress::noted(), source: None }),
            }
        })
    }
}

/// Why there is no connection. Nothing of a request goes out before there is one.
#[derive(Debug)]
pub(super) struct ConnectError {
    phase: Phase,
    /// None if the time for connecting ran out.
    source: Option<Source>,
}

impl ConnectError {
    fn new(phase: Phase, source: impl Into<Source>) -> Self {
        let source = source.into();
        let phase = find::<Self>(&*source).map_or(phase, |inner| inner.phase);
        Self { phase, source: Some(source) }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether time ran out: ours, or the operating system's.
    pub(super) fn timed_out(&self) -> bool {
        self.source.as_deref().is_none_or(|source| {
            find::<io::Error>(source).is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
        })
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection: stopped while {}", self.phase)
    }
}

impl error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    /// A step that ends as told, and notes what the attempt's phase was meanwhile.
    #[derive(Clone)]
    struct Told(Option<io::ErrorKind>);

    impl Service<Uri> for Told {
        type Response = Phase;
        type Error = io::Error;
        type Future = future::Ready<Result<Phase, io::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Uri) -> Self::Future {
            future::ready(self.0.map_or_else(|| Ok(Progress::noted()), |kind| Err(kind.into())))
        }
    }

    fn nested(
        told: Option<io::ErrorKind>,
    ) -> impl Service<Uri, Response = Phase, Error = ConnectError> {
        Step::new(
            Step::new(Told(told), Phase::Resolve, Phase::Connect),
            Phase::Connect,
            Phase::Send,
        )
    }

    #[tokio::test]
    async fn the_innermost_step_names_the_phase() {
        let error = nested(Some(io::ErrorKind::NotFound)).call(Uri::default()).await.unwrap_err();
        assert_eq!((error.phase(), error.timed_out()), (Phase::Resolve, false));
        let error = nested(Some(io::ErrorKind::TimedOut)).call(Uri::default()).await.unwrap_err();
        assert_eq!((error.phase(), error.timed_out()), (Phase::Resolve, true));
    }

    #[tokio::test]
    async fn each_step_is_noted_while_it_runs() {
        let request = qc_proto::http::Request::new(qc_proto::bytes::Bytes::from_static(b"{}"));
        let progress = Progress::new(&request);
        let during =
            progress.record(async { nested(None).call(Uri::default()).await }).await.unwrap();
        assert_eq!((during, progress.phase()), (Phase::Resolve, Phase::Send));
    }
}
