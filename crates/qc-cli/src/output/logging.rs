//! `--verbose`: each request, as it ends.

use qc_files::qc_transport::{
    Attempt, BoxFuture, Failure, HyperTransport, Runtime as _, Settings, TokioRuntime, Transport,
    bytes::Bytes,
    http::{HeaderMap, Response, header},
};

use crate::{output::printer::Printer, text::escape};

/// Prints on stderr how each attempt ended. Shows no body and no secret.
#[derive(Debug)]
pub(crate) struct LoggingTransport {
    inner: HyperTransport,
    clock: TokioRuntime,
    printer: Printer,
    shows_headers: bool,
}

impl LoggingTransport {
    pub(crate) fn new(printer: &Printer, settings: Settings, verbosity: u8) -> Self {
        Self {
            inner: HyperTransport::with_settings(settings),
            clock: TokioRuntime::new(),
            printer: printer.clone(),
            shows_headers: verbosity > 1,
        }
    }

    fn headers(&self, direction: char, headers: &HeaderMap) {
        if !self.shows_headers {
            return;
        }
        for (name, value) in headers {
            let secret = value.is_sensitive() || *name == header::AUTHORIZATION;
            let value = if secret {
                "(not shown)".into()
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            self.printer.note(format_args!("  {direction} {name}: {}", escape(&value)));
        }
    }
}

impl Transport for LoggingTransport {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let (endpoint, number) = (attempt.endpoint, attempt.number);
            let sent = attempt.request.body().len();
            let request = attempt.request.headers().clone();
            let began = self.clock.now().mono;
            let result = self.inner.send(attempt).await;
            let took = self.clock.now().mono.saturating_sub(began).as_millis();
            let outcome = match &result {
                Ok(response) => format!("{}, {} bytes", response.status(), response.body().len()),
                Err(failure) => failure.to_string(),
            };
            self.printer
                .note(format_args!("{endpoint} #{number} ({sent} bytes): {outcome}, {took} ms"));
            self.headers('>', &request);
            if let Ok(response) = &result {
                self.headers('<', response.headers());
            }
            result
        })
    }
}
