//! reqwest as transport: for programs that have a client of it already, with its proxies, certificates and metrics.
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;

use qc_emulator::Emulator;
use qc_files::{
    Client, Transport,
    qc_proto::{Attempt, Delivery, Failure, Phase, bytes::Bytes, http::Response},
    qc_transport::{BoxFuture, TokioRuntime},
};

/// The client must follow no redirects and send nothing again by itself: see [`Transport`].
#[derive(Debug)]
struct ReqwestTransport(reqwest::Client);

impl Transport for ReqwestTransport {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let rejected = |error: reqwest::Error| Failure::rejected(error.to_string());
            let mut request = reqwest::Request::try_from(attempt.request).map_err(rejected)?;
            *request.timeout_mut() = Some(attempt.timeout);
            let mut answer = self.0.execute(request).await.map_err(failure)?;
            let mut body = Vec::new();
            while let Some(part) = answer.chunk().await.map_err(failure)? {
                if body.len() + part.len() > attempt.max_response_bytes {
                    return Err(Failure::too_large(attempt.max_response_bytes));
                }
                body.extend_from_slice(&part);
            }
            let mut response = Response::new(Bytes::from(body));
            (*response.status_mut(), *response.headers_mut()) =
                (answer.status(), answer.headers().clone());
            Ok(response)
        })
    }
}

/// Only a failure to connect proves that nothing was sent.
fn failure(error: reqwest::Error) -> Failure {
    match error {
        error if error.is_connect() => Failure::not_sent(Phase::Connect, error),
        error if error.is_timeout() => Failure::timed_out(Delivery::MaybeSent, Phase::Head),
        error => Failure::maybe_sent(Phase::Head, error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Emulator::start()?;
    let credentials = service.emulator().credentials();
    let (id, _) = service.emulator().projects().remove(0);
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()?;
    let (transport, runtime) = (ReqwestTransport(http), TokioRuntime::new());
    let client = Client::builder_with_parts(credentials, transport, runtime)
        .base_url(service.base_url())
        .build()?;
    let project = client.project(id)?;
    project.create("alpha.py", "PERIOD = 14\n").await?;
    println!("{} bytes", project.read("alpha.py").await?.content.len());
    Ok(())
}
