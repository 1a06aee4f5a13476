//! What calls tell of themselves where the feature `tracing` is on. Without it there is nothing of this in the program.

#[cfg(feature = "tracing")]
pub(crate) use on::CallTrace;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::CallTrace;

#[cfg(feature = "tracing")]
mod on {
    use std::time::Duration;

    use qc_proto::{
        Attempt, Cause, Delivery, Effect, Endpoint, Error, Failure,
        bytes::Bytes,
        http::{Response, Uri},
    };
    use tracing::{Instrument as _, Level, Span, event, field::Empty, info_span};

    /// What a subscriber filters by: not the path of this module, which may change.
    const TARGET: &str = "qc_files";

    /// The span of a call.
    pub(crate) struct CallTrace(Span);

    /// An attempt of it that is under way.
    pub(crate) struct AttemptTrace<'a> {
        span: &'a Span,
        url: Uri,
        number: u32,
        sent_bytes: usize,
        since: Duration,
    }

    impl CallTrace {
        pub(crate) fn new<E: Endpoint>(endpoint: &E) -> Self {
            Self(info_span!(
                target: TARGET,
                "quantconnect",
                otel.name = format!("POST {}", E::PATH),
                otel.kind = "client",
                otel.status_code = Empty,
                quantconnect.endpoint = E::PATH,
                quantconnect.project_id = endpoint.subject().project_id.map(|id| id.get()),
                quantconnect.attempts = Empty,
                quantconnect.effect = Empty,
                "error.type" = Empty,
            ))
        }

        /// Runs a future inside the span.
        pub(crate) fn within<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
            future.instrument(self.0.clone())
        }

        /// Calls a function inside the span.
        pub(crate) fn in_scope<T>(&self, call: impl FnOnce() -> T) -> T {
            self.0.in_scope(call)
        }

        pub(crate) fn attempt(
            &self,
            attempt: &Attempt,
            now: impl Fn() -> Duration,
        ) -> AttemptTrace<'_> {
            AttemptTrace {
                span: &self.0,
                url: attempt.request.uri().clone(),
                number: attempt.number,
                sent_bytes: attempt.request.body().len(),
                since: now(),
            }
        }

        pub(crate) fn wait(&self, pause: Duration) {
            event!(target: TARGET, parent: &self.0, Level::DEBUG, seconds = pause.as_secs_f64(), "wait");
        }

        pub(crate) fn ended<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
            if let Err(error) = &result {
                self.0.record("otel.status_code", "ERROR");
                self.0.record("error.type", error.kind().name());
                self.0.record("quantconnect.attempts", error.attempts());
                let effect = match error.effect() {
                    Effect::None => "none",
                    Effect::Unknown => "unknown",
                };
                self.0.record("quantconnect.effect", effect);
            }
            result
        }
    }

    impl AttemptTrace<'_> {
        pub(crate) fn ended(
            &self,
            answer: &Result<Response<Bytes>, Failure>,
            now: impl Fn() -> Duration,
        ) {
            let status = answer.as_ref().ok().map(|response| response.status());
            let failure = answer.as_ref().err();
            let error = match status {
                Some(status) => (!status.is_success()).then(|| status.as_u16().to_string()),
                None => failure.map(|failure| error_type(failure).to_owned()),
            };
            event!(
                target: TARGET,
                parent: self.span,
                Level::DEBUG,
                http.request.method = "POST",
                http.request.resend_count = self.number.saturating_sub(1),
                http.request.body.size = self.sent_bytes,
                http.response.status_code = status.map(|status| status.as_u16()),
                http.response.body.size = answer.as_ref().ok().map(|answer| answer.body().len()),
                http.client.request.duration = now().saturating_sub(self.since).as_secs_f64(),
                server.address = self.url.host(),
                server.port = self.url.port_u16(),
                url.full = %self.url,
                "error.type" = error,
                quantconnect.maybe_sent =
                    failure.map(|failure| failure.delivery() == Delivery::MaybeSent),
                "attempt"
            );
        }
    }

    fn error_type(failure: &Failure) -> &'static str {
        match failure.cause() {
            Cause::TimedOut => "timeout",
            Cause::TooLarge => "too_large",
            Cause::Rejected => "rejected",
            _ => "connection",
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::time::Duration;

    use qc_proto::{Attempt, Endpoint, Error, Failure, bytes::Bytes, http::Response};

    pub(crate) struct CallTrace;

    pub(crate) struct AttemptTrace;

    impl CallTrace {
        pub(crate) fn new<E: Endpoint>(_: &E) -> Self {
            Self
        }

        pub(crate) fn within<F: Future>(&self, future: F) -> F {
            future
        }

        pub(crate) fn in_scope<T>(&self, call: impl FnOnce() -> T) -> T {
            call()
        }

        pub(crate) fn attempt(&self, _: &Attempt, _: impl Fn() -> Duration) -> AttemptTrace {
            AttemptTrace
        }

        pub(crate) fn wait(&self, _: Duration) {}

        pub(crate) fn ended<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
            result
        }
    }

    impl AttemptTrace {
        pub(crate) fn ended(&self, _: &Result<Response<Bytes>, Failure>, _: impl Fn() -> Duration) {
        }
    }
}
