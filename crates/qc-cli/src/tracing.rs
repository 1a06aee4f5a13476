//! `--verbose`: each request, as it ends.

use qc_files::qc_transport::{
    Attempt, BoxFuture, Failure, HyperTransport, Runtime as _, TokioRuntime, Transport,
    bytes::Bytes, http::Response,
};

use crate::printer::Printer;

/// Tells on stderr what became of each attempt. It sees headers and bodies, and shows none.
#[derive(Debug)]
pub(crate) struct Telling {
    inner: HyperTransport,
    clock: TokioRuntime,
    printer: Printer,
}

impl Telling {
    pub(crate) fn new(printer: Printer) -> Self {
        Self { inner: HyperTransport::new(), clock: TokioRuntime::new(), printer }
    }
}

impl Transport for Telling {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let (endpoint, number) = (attempt.endpoint, attempt.number);
            let sent = attempt.request.body().len();
            let began = self.clock.now().mono;
            let result = self.inner.send(attempt).await;
            let took = self.clock.now().mono.saturating_sub(began).as_millis();
            let outcome = match &result {
                Ok(response) => format!("{}, {} bytes", response.status(), response.body().len()),
                Err(failure) => failure.to_string(),
            };
            let line = format!("{endpoint} #{number} ({sent} bytes): {outcome}, {took} ms");
            self.printer.note(line);
            result
        })
    }
}
