//! Each request as it ends: counted, and with `--verbose` shown.

use std::sync::atomic::Ordering;

use qc_files::qc_transport::{
    Attempt, BoxFuture, Failure, HyperTransport, Runtime as _, Settings, TokioRuntime, Transport,
    bytes::Bytes,
    http::{HeaderMap, Response, header},
};

use crate::{output::printer::Printer, text::escape};

/// Counts attempts and, where that is asked for, prints on stderr how each ended. Shows no body and no secret.
#[derive(Debug)]
pub(crate) struct LoggingTransport {
    inner: HyperTransport,
    clock: TokioRuntime,
    printer: Printer,
    verbosity: u8,
}

impl LoggingTransport {
    pub(crate) fn new(printer: &Printer, settings: Settings, verbosity: u8) -> Self {
        Self {
            inner: HyperTransport::with_settings(settings),
            clock: TokioRuntime::new(),
            printer: printer.clone(),
            verbosity,
        }
    }

    fn headers(&self, direction: char, headers: &HeaderMap) {
        if self.verbosity < 2 {
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
            self.printer.requests.fetch_add(1, Ordering::Relaxed);
            if self.verbosity == 0 {
                return self.inner.send(attempt).await;
            }
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
