//! The requests that arrived and the changes that took effect.

use std::time::Duration;

use qc_proto::http::StatusCode;

use crate::{
    record::{Applied, Record},
    request::read::RawRequest,
};

/// Remembers everything, or the last so many of each.
#[derive(Default)]
pub(crate) struct Log {
    requests: Vec<Record>,
    applied: Vec<Applied>,
    /// How many requests have arrived, forgotten ones too.
    arrived: usize,
    most: Option<usize>,
}

impl Log {
    /// Keeps at least the last `most` of each, and at most twice as many.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = Some(most.max(1));
    }

    pub(super) fn clear(&mut self) {
        *self = Self { most: self.most, ..Self::default() };
    }

    pub(super) fn requests(&self) -> &[Record] {
        &self.requests
    }

    pub(super) fn last_request(&mut self) -> Option<&mut Record> {
        self.requests.last_mut()
    }

    pub(super) fn applied(&self) -> &[Applied] {
        &self.applied
    }

    pub(super) fn apply(&mut self, applied: Applied) {
        forget(&mut self.applied, self.most);
        self.applied.push(applied);
    }

    /// Forgets the last changes: the disk has lost them.
    #[cfg_attr(not(feature = "durable"), expect(dead_code, reason = "there is no disk"))]
    pub(crate) fn lose_applied(&mut self, lost: usize) {
        self.applied.truncate(self.applied.len().saturating_sub(lost));
    }

    pub(super) fn arrived(
        &mut self,
        at: Duration,
        request: &RawRequest<'_>,
        status: Option<StatusCode>,
        retry_after: Option<Duration>,
    ) {
        self.arrived += 1;
        forget(&mut self.requests, self.most);
        self.requests.push(Record {
            number: self.arrived,
            method: request.request.method().clone(),
            path: request.endpoint.clone(),
            at,
            status: status.map(|status| status.as_u16()),
            retry_after,
        });
    }
}

/// Makes room for one more. Drops half at a time, so that few requests pay for it.
fn forget<T>(entries: &mut Vec<T>, most: Option<usize>) {
    if let Some(most) = most
        && entries.len() >= most.saturating_mul(2)
    {
        entries.drain(..most);
    }
}
