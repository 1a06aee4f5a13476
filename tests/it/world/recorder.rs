//! A transport that notes when each request was sent, and until when the service wanted none.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use qc_proto::{
    Attempt, Failure,
    bytes::Bytes,
    http::{Response, header},
};
use qc_transport::{BoxFuture, Runtime, Transport};

/// Around any transport; clones keep one record.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    inner: Arc<dyn Transport>,
    clock: Arc<dyn Runtime>,
    record: Arc<Mutex<Record>>,
}

#[derive(Debug, Default)]
struct Record {
    sent: usize,
    throttled: usize,
    /// On the client's monotonic clock.
    quiet_until: Duration,
    disturbed: bool,
}

impl Recorder {
    pub(crate) fn new(inner: impl Transport, clock: impl Runtime) -> Self {
        Self { inner: Arc::new(inner), clock: Arc::new(clock), record: Arc::default() }
    }

    /// How many requests were sent.
    pub(crate) fn sent(&self) -> usize {
        self.record.lock().unwrap().sent
    }

    /// How many of them were throttled, which no bound counts.
    pub(crate) fn throttled(&self) -> usize {
        self.record.lock().unwrap().throttled
    }

    /// Whether no request was sent while the service had asked for none.
    pub(crate) fn kept_quiet(&self) -> bool {
        !self.record.lock().unwrap().disturbed
    }
}

impl Transport for Recorder {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            {
                let mut record = self.record.lock().unwrap();
                record.sent += 1;
                record.disturbed |= self.clock.now().mono < record.quiet_until;
            }
            let result = self.inner.send(attempt).await;
            if result.as_ref().is_ok_and(|response| response.status() == 429) {
                self.record.lock().unwrap().throttled += 1;
            }
            if let Ok(response) = &result
                && let Some(pause) = retry_after(response)
            {
                let mut record = self.record.lock().unwrap();
                record.quiet_until = record.quiet_until.max(self.clock.now().mono + pause);
            }
            result
        })
    }
}

/// Read on its own, so that the client's reading is checked and not repeated.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let text = |name| response.headers().get(name)?.to_str().ok();
    let value = text(header::RETRY_AFTER)?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text| jiff::fmt::rfc2822::parse(text).ok().map(|moment| moment.timestamp());
    let pause = moment(value)?.duration_since(moment(text(header::DATE)?)?);
    Some(Duration::from_secs(pause.as_secs().try_into().unwrap_or(0)))
}
