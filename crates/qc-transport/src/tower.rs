//! Transports and services of [tower](https://docs.rs/tower-service), each made of the other.
//!
//! [`TowerTransport`] sends through any HTTP client that is a `tower::Service`. [`TransportService`] makes a transport such
//! a service, so that layers of tower can stand before it: a limit of concurrent requests, say, or metrics.
//!
//! ```
//! use std::sync::Arc;
//!
//! use qc_transport::{
//!     BoxFuture, Runtime, Transport,
//!     tower::{TowerTransport, TransportService},
//! };
//! use tower::{ServiceBuilder, limit::ConcurrencyLimitLayer};
//!
//! /// No more than four requests at a time, whoever sends them.
//! fn limited(transport: impl Transport, runtime: impl Runtime) -> impl Transport {
//!     let service = ServiceBuilder::new()
//!         .layer(ConcurrencyLimitLayer::new(4))
//!         .service(TransportService::new(transport));
//!     TowerTransport::new(service, runtime)
//! }
//! ```
//!
//! A layer must not send a request again: its signature may be over, and only the call policy knows whether it may
//! happen twice.

use std::{
    error::Error,
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use qc_proto::{
    Attempt, Delivery, Failure, Phase, Source,
    bytes::{Buf as _, Bytes},
    http::{Request, Response},
};
use tower_service::Service;

use crate::{BoxFuture, Runtime, Transport, read_body::read_body, target::Target};

/// A transport over an HTTP client that is a `tower::Service`.
///
/// Nobody can tell of any service how far it came when it fails, so that a failure counts as
/// [`Delivery::MaybeSent`] once the service was called. [`not_sent_if`](Self::not_sent_if) knows better for one client.
/// An answer is read as it comes: a layer that asks for compressed answers has to undo it.
#[derive(Clone)]
pub struct TowerTransport<S> {
    service: S,
    runtime: Arc<dyn Runtime>,
    not_sent: fn(&(dyn Error + 'static)) -> bool,
    allow_plain_http: bool,
}

impl<S> TowerTransport<S> {
    /// A transport over `service`; `runtime` ends an attempt whose time is over.
    pub fn new(service: S, runtime: impl Runtime) -> Self {
        Self { service, runtime: Arc::new(runtime), not_sent: |_| false, allow_plain_http: false }
    }

    /// Says which of the service's errors prove that not one byte of the request was sent, such as those of connecting.
    /// What happens once only can be sent again after these.
    #[must_use]
    pub fn not_sent_if(mut self, not_sent: fn(&(dyn Error + 'static)) -> bool) -> Self {
        self.not_sent = not_sent;
        self
    }

    /// Whether plain `http` may leave this machine, as [`Settings::allow_plain_http`](crate::Settings::allow_plain_http)
    /// says.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// The failure of a service that was called, or an error of [`TransportService`] as it was.
    fn failure(&self, error: impl Into<Source>) -> Failure {
        match error.into().downcast::<Failure>() {
            Ok(failure) => *failure,
            Err(source) if (self.not_sent)(&*source) => Failure::not_sent(Phase::Connect, source),
            Err(source) => Failure::maybe_sent(Phase::Head, source),
        }
    }
}

/// How far an exchange has come.
const WAITING: u8 = 0;
const CALLED: u8 = 1;
const ANSWERED: u8 = 2;

impl<S, B> TowerTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone,
    S::Error: Into<Source>,
    B: Body,
    B::Error: Into<Source>,
{
    async fn attempt(&self, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
        Target::check(attempt.request.uri(), self.allow_plain_http)?;
        let reached = AtomicU8::new(WAITING);
        let timeout = attempt.timeout;
        let mut exchange = pin!(self.exchange(attempt, &reached));
        let mut timer = pin!(self.runtime.sleep(timeout));
        poll_fn(|context| match exchange.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => timer.as_mut().poll(context).map(|()| {
                Err(match reached.load(Relaxed) {
                    WAITING => Failure::timed_out(Delivery::NotSent, Phase::Connect),
                    CALLED => Failure::timed_out(Delivery::MaybeSent, Phase::Head),
                    _ => Failure::timed_out(Delivery::MaybeSent, Phase::Body),
                })
            }),
        })
        .await
    }

    async fn exchange(
        &self,
        attempt: Attempt,
        reached: &AtomicU8,
    ) -> Result<Response<Bytes>, Failure> {
        let limit = attempt.max_response_bytes;
        let mut service = self.service.clone();
        poll_fn(|context| service.poll_ready(context)).await.map_err(|error| {
            match error.into().downcast::<Failure>() {
                Ok(failure) => *failure,
                Err(source) => Failure::not_sent(Phase::Connect, source),
            }
        })?;
        let limits = Limits::from(&attempt);
        let mut request = attempt.request.map(Full::new);
        request.extensions_mut().insert(limits);
        reached.store(CALLED, Relaxed);
        let response = service.call(request).await.map_err(|error| self.failure(error))?;
        reached.store(ANSWERED, Relaxed);
        let (head, body) = response.into_parts();
        let body =
            body.map_frame(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining())));
        let body = read_body(pin!(body), limit).await;
        Ok(Response::from_parts(head, body.map_err(|unread| unread.into_failure(limit))?))
    }
}

impl<S, B> Transport for TowerTransport<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<Source>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Error: Into<Source>,
{
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(self.attempt(attempt))
    }
}

impl<S> fmt::Debug for TowerTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerTransport").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}

/// A transport as a `tower::Service` of HTTP requests, always ready. Clones share the transport.
///
/// The limits of the attempt are those that a [`TowerTransport`] before it was given, else those of
/// [`Attempt::new`].
#[derive(Clone, Debug)]
pub struct TransportService {
    transport: Arc<dyn Transport>,
}

impl TransportService {
    /// A service that sends through `transport`.
    pub fn new(transport: impl Transport) -> Self {
        Self { transport: Arc::new(transport) }
    }
}

impl<B> Service<Request<B>> for TransportService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Source>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Failure;
    type Future = BoxFuture<'static, Result<Self::Response, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let transport = Arc::clone(&self.transport);
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            let limits = head.extensions.remove::<Limits>();
            let body = body.collect().await;
            let body = body.map_err(|error| Failure::not_sent(Phase::Send, error))?.to_bytes();
            let mut attempt = Attempt::new(Request::from_parts(head, body));
            if let Some(limits) = limits {
                limits.apply(&mut attempt);
            }
            Ok(transport.send(attempt).await?.map(Full::new))
        })
    }
}

/// What an attempt says beside its request, on its way through layers.
#[derive(Clone, Copy)]
struct Limits {
    timeout: Duration,
    max_response_bytes: usize,
    endpoint: &'static str,
    number: u32,
}

impl From<&Attempt> for Limits {
    fn from(attempt: &Attempt) -> Self {
        let Attempt { timeout, max_response_bytes, endpoint, number, .. } = *attempt;
        Self { timeout, max_response_bytes, endpoint, number }
    }
}

impl Limits {
    fn apply(self, attempt: &mut Attempt) {
        attempt.timeout = self.timeout;
        attempt.max_response_bytes = self.max_response_bytes;
        attempt.endpoint = self.endpoint;
        attempt.number = self.number;
    }
}
