//! The requests that arrived and the changes that took effect.

use std::time::Duration;

use qc_proto::{
    bytes::Bytes,
    http::{Response, StatusCode, header},
};

use crate::{
    emulator::redact::Secrets,
    record::{Applied, Body, Record},
    request::read::RawRequest,
    response::RefusalMessage,
    service::users::Users,
};

/// Remembers everything, or the last so many of each.
#[derive(Default)]
pub(crate) struct Log {
    requests: Vec<Record>,
    applied: Vec<Applied>,
    /// How many requests have arrived, forgotten ones too.
    arrived: usize,
    most: Option<usize>,
    /// Whether the last requests are kept with their bodies.
    keeps_bodies: bool,
}

/// So many of the last requests are kept with their bodies.
const WITH_BODIES: usize = 500;
/// So much of a body is kept, in bytes.
const MOST_OF_BODY: usize = 4096;

/// What came of a request.
pub(super) struct Answered<'a> {
    pub(super) status: Option<StatusCode>,
    /// What the client gets to see.
    pub(super) seen: Option<&'a Response<Bytes>>,
    /// What a client that sees the header is asked to wait.
    pub(super) wait: Option<Duration>,
    pub(super) duration: Option<Duration>,
}

impl Log {
    /// Keeps at least the last `most` of each, and at most twice as many.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = Some(most.max(1));
    }

    /// Keeps the last requests with their bodies from now on, without what is secret.
    #[cfg(feature = "server")]
    pub(crate) fn keep_bodies(&mut self) {
        self.keeps_bodies = true;
    }

    pub(super) fn clear(&mut self) {
        *self = Self { most: self.most, keeps_bodies: self.keeps_bodies, ..Self::default() };
    }

    pub(super) fn requests(&self) -> &[Record] {
        &self.requests
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

    /// Adds a request and returns its number.
    pub(super) fn add(
        &mut self,
        at: Duration,
        request: &RawRequest<'_>,
        answer: &Answered<'_>,
        users: &Users,
    ) -> usize {
        self.arrived += 1;
        forget(&mut self.requests, self.most);
        let asks_to_wait =
            answer.seen.is_some_and(|seen| seen.headers().contains_key(header::RETRY_AFTER));
        let refusal = answer.seen.and_then(|seen| seen.extensions().get::<RefusalMessage>());
        let mut record = Record {
            number: self.arrived,
            method: request.request.method().clone(),
            path: request.endpoint.clone(),
            at,
            status: answer.status.map(|status| status.as_u16()),
            retry_after: answer.wait.filter(|_| asks_to_wait),
            refused: refusal.map(|RefusalMessage(message)| message.clone()),
            duration: answer.duration,
            request: None,
            answer: None,
        };
        if self.keeps_bodies {
            let secrets: Secrets<'_> = users.tokens().chain(request.authorization()).collect();
            record.path = secrets.redact(record.path);
            record.refused = record.refused.map(|message| secrets.redact(message));
            record.request = Some(start_of(&request.sent(), &secrets));
            record.answer = answer.seen.map(|seen| start_of(seen.body(), &secrets));
            if let Some(old) = self.requests.len().checked_sub(WITH_BODIES) {
                (self.requests[old].request, self.requests[old].answer) = (None, None);
            }
        }
        self.requests.push(record);
        self.arrived
    }

    /// Notes how long the request of this number took, if it is still known.
    #[cfg(feature = "server")]
    pub(crate) fn took(&mut self, number: usize, duration: Duration) {
        let found = self.requests.binary_search_by_key(&number, |record| record.number);
        if let Ok(at) = found {
            self.requests[at].duration = Some(duration);
        }
    }
}

/// The beginning of a body. More than that is searched for secrets: one may stand where it is cut.
fn start_of(body: &[u8], secrets: &Secrets<'_>) -> Body {
    let longest = secrets.longest();
    let searched = &body[..body.len().min(MOST_OF_BODY + longest)];
    // Far faster where it is UTF-8, as almost always.
    let text = str::from_utf8(searched).map(str::to_owned);
    let text = text.unwrap_or_else(|_| String::from_utf8_lossy(searched).into_owned());
    let mut text = secrets.redact(text);
    let mut most = MOST_OF_BODY;
    if searched.len() < body.len() {
        // The last bytes may be a part of a secret.
        most = most.min(text.len().saturating_sub(longest));
    }
    let end = (0..=most).rfind(|at| text.is_char_boundary(*at)).unwrap_or_default();
    text.truncate(end);
    Body { text, length: body.len() }
}

/// Makes room for one more. Drops half at a time, so that few requests pay for it.
fn forget<T>(entries: &mut Vec<T>, most: Option<usize>) {
    if let Some(most) = most
        && entries.len() >= most.saturating_mul(2)
    {
        entries.drain(..most);
    }
}
