//! A transport over a service, where the service fails, is late, or answers too much.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::{convert::Infallible, future::pending, io, time::Duration};

use http_body_util::Full;
use qc_transport::{
    Attempt, BoxFuture, Cause, Delivery, Failure, Now, Phase, Runtime, Transport,
    bytes::Bytes,
    http::{Request, Response},
    tower::{TowerTransport, TransportService},
};
use tower::{Service, service_fn};

/// Every timer has run out already.
#[derive(Debug)]
struct TimeIsUp;

impl Runtime for TimeIsUp {
    fn now(&self) -> Now {
        Now::default()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// No timer ever runs out.
#[derive(Debug)]
struct NoHurry;

impl Runtime for NoHurry {
    fn now(&self) -> Now {
        Now::default()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(pending())
    }
}

fn attempt() -> Attempt {
    let request = Request::post("https://www.quantconnect.com/api/v2/authenticate");
    let mut attempt = Attempt::new(request.body(Bytes::from_static(b"{}")).unwrap());
    attempt.max_response_bytes = 10;
    attempt.endpoint = "authenticate";
    attempt
}

async fn answer(body: &'static str) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from(body)))
}

/// Never ready.
#[derive(Clone)]
struct Busy;

impl Service<Request<Full<Bytes>>> for Busy {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Pending
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        panic!("called before it was ready");
    }
}

#[tokio::test]
async fn an_answer_passes_up_to_its_limit() {
    let service = service_fn(|_: Request<Full<Bytes>>| answer("0123456789"));
    let answered = TowerTransport::new(service, NoHurry).send(attempt()).await.unwrap();
    assert_eq!(answered.body(), "0123456789");
    let service = service_fn(|_: Request<Full<Bytes>>| answer("0123456789a"));
    let failure = TowerTransport::new(service, NoHurry).send(attempt()).await.unwrap_err();
    assert_eq!(failure.cause(), Cause::TooLarge);
}

#[tokio::test]
async fn what_was_called_may_have_been_sent_unless_its_error_proves_otherwise() {
    let service = service_fn(async |_: Request<Full<Bytes>>| {
        Err::<Response<Full<Bytes>>, _>(io::Error::from(io::ErrorKind::ConnectionRefused))
    });
    let transport = TowerTransport::new(service, NoHurry);
    let failure = transport.send(attempt()).await.unwrap_err();
    assert_eq!((failure.delivery(), failure.phase()), (Delivery::MaybeSent, Phase::Head));
    let transport = transport.not_sent_if(|error| {
        let error = error.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    });
    let failure = transport.send(attempt()).await.unwrap_err();
    assert_eq!((failure.delivery(), failure.phase()), (Delivery::NotSent, Phase::Connect));
}

#[tokio::test]
async fn a_timeout_says_whether_the_service_was_called() {
    let failure = TowerTransport::new(Busy, TimeIsUp).send(attempt()).await.unwrap_err();
    assert_eq!((failure.cause(), failure.delivery()), (Cause::TimedOut, Delivery::NotSent));
    let service = service_fn(|_: Request<Full<Bytes>>| {
        pending::<Result<Response<Full<Bytes>>, Infallible>>()
    });
    let failure = TowerTransport::new(service, TimeIsUp).send(attempt()).await.unwrap_err();
    assert_eq!((failure.cause(), failure.delivery()), (Cause::TimedOut, Delivery::MaybeSent));
}

/// Fails as it is told, and shows the attempt that it got.
#[derive(Debug)]
struct Showing;

impl Transport for Showing {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move { Err(Failure::rejected(format!("{attempt:?}"))) })
    }
}

#[tokio::test]
async fn limits_and_failures_pass_through_layers_as_they_are() {
    let transport = TowerTransport::new(TransportService::new(Showing), NoHurry);
    let failure = transport.send(attempt()).await.unwrap_err();
    assert_eq!((failure.cause(), failure.delivery()), (Cause::Rejected, Delivery::NotSent));
    let text = failure.to_string();
    assert!(text.contains("\"authenticate\"") && text.contains("max_response_bytes: 10"), "{text}");
}

#[tokio::test]
async fn nothing_leaves_this_machine_in_the_clear_unless_that_is_allowed() {
    let service = service_fn(|_: Request<Full<Bytes>>| answer("{}"));
    let send = async |transport: &TowerTransport<_>| {
        let request = Request::post("http://192.0.2.1/").body(Bytes::new()).unwrap();
        transport.send(Attempt::new(request)).await
    };
    let transport = TowerTransport::new(service, NoHurry);
    assert_eq!(send(&transport).await.unwrap_err().cause(), Cause::Rejected);
    send(&transport.allow_plain_http(true)).await.unwrap();
}
