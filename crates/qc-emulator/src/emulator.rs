//! The service with faults on the way, a log of what happened, and a disk where it is to be kept.

mod log;
pub(crate) mod redact;
mod settings;
mod state;

use std::{fmt, time::Duration};

use qc_proto::{
    CreateCompile, Credentials, Endpoint,
    bytes::Bytes,
    encode_success,
    http::{self, StatusCode},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    disk::Disk,
    emulator::log::{Answered, Log},
    faults::{
        exchange::{Context, Exchange, ExchangeOutcome, apply_faults},
        fault::Fault,
        script::{Rule, Script},
    },
    record::{Applied, Record},
    request::read::{RawRequest, SignedRequest, accepts_gzip},
    response::{refusal, shifted},
    service::{Service, refusal::Refusal, store::Store},
};

/// The service, in memory.
pub struct Emulator {
    pub(crate) service: Service,
    clock_skew: i64,
    faults: Script,
    /// Requests that a proxy holds back, and when they arrive.
    late: Vec<(Duration, http::Request<Bytes>)>,
    pub(crate) log: Log,
    /// What a reset goes back to.
    start: Option<Store>,
    pub(crate) disk: Option<Disk>,
}

impl Emulator {
    /// A service that knows one user and no project.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            service: Service::new(credentials),
            clock_skew: 0,
            faults: Script::default(),
            late: Vec::new(),
            log: Log::default(),
            start: None,
            disk: None,
        }
    }

    /// Answers an endpoint that the emulator lacks, or otherwise than it does: `answer` gets the request and returns what
    /// stands beside `success`, or the words of a refusal. Signatures, faults and the log of requests are as with all others.
    ///
    /// ```
    /// use qc_emulator::Emulator;
    /// use qc_proto::{ApiToken, Credentials, Endpoint, Replay, UnexpectedAnswer, UserId};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct ReadBacktests {
    ///     project_id: qc_proto::ProjectId,
    /// }
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Backtests {
    ///     count: u64,
    /// }
    ///
    /// impl Endpoint for ReadBacktests {
    ///     const PATH: &'static str = "backtests/list";
    ///     const REPLAY: Replay = Replay::Safe;
    ///     type Answer = Backtests;
    ///     type Output = Backtests;
    ///
    ///     fn output(&self, answer: Backtests) -> Result<Backtests, UnexpectedAnswer> {
    ///         Ok(answer)
    ///     }
    /// }
    ///
    /// let mut emulator = Emulator::new(Credentials::new(UserId::new(1), ApiToken::new("any")?));
    /// emulator.add_endpoint(|asked: ReadBacktests| match asked.project_id.get() {
    ///     7 => Ok(Backtests { count: 3 }),
    ///     _ => Err("Project not found".to_owned()),
    /// });
    /// # Ok::<(), qc_proto::Invalid>(())
    /// ```
    pub fn add_endpoint<E: Endpoint + DeserializeOwned, A: Serialize>(
        &mut self,
        mut answer: impl FnMut(E) -> Result<A, String> + Send + 'static,
    ) {
        let taught = move |request: &SignedRequest| {
            let answered = answer(request.fields()?);
            answered.map(|answer| encode_success(&answer)).map_err(Refusal::new)
        };
        self.service.taught.insert(E::PATH, Box::new(taught));
    }

    /// Orders a fault for a request to come, behind those already ordered so.
    pub fn push_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Adds a rule that says when a fault comes. Where several faults come upon one request, those that
    /// [`push_fault`](Self::push_fault) ordered go before those of rules.
    pub fn add_rule(&mut self, rule: Rule) {
        self.faults.add(rule);
    }

    /// Takes back all faults that have not come yet, and all rules.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The faults that may still come, as [`Rule`] reads them.
    #[must_use]
    pub fn rules(&self) -> Vec<String> {
        self.faults.ahead()
    }

    /// How many requests [`Fault::Late`] holds back now.
    #[must_use]
    pub fn held_back(&self) -> usize {
        self.late.len()
    }

    /// Every request that arrived, in order.
    #[must_use]
    pub fn requests(&self) -> &[Record] {
        self.log.requests()
    }

    /// Every change that took effect, in order.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        self.log.applied()
    }

    /// Delivers the requests that [`Fault::Late`] holds back and that have arrived by `wall`, the right time
    /// since the Unix epoch. Whatever is asked delivers them too.
    pub fn deliver_late(&mut self, wall: Duration) {
        self.late.sort_by_key(|(due, _)| *due);
        while self.late.first().is_some_and(|(due, _)| *due <= wall) {
            let (due, request) = self.late.remove(0);
            self.serve_and_log(due, &RawRequest::read(&request));
        }
    }

    /// Answers a request as the service does, without faults. `wall` is the right time, since the Unix epoch.
    pub fn handle(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> http::Response<Bytes> {
        self.recover();
        self.deliver_late(wall);
        let response = self.serve_and_log(wall, &RawRequest::read(request));
        if self.save_and_wait() { response } else { unsaved() }
    }

    /// As [`handle`](Self::handle), with the faults on the way.
    pub fn exchange(&mut self, wall: Duration, request: &http::Request<Bytes>) -> Exchange {
        let mut exchange = self.exchange_unsaved(wall, request);
        if !self.save_and_wait() {
            exchange.outcome = ExchangeOutcome::Answer(unsaved());
        }
        exchange
    }

    /// As [`exchange`](Self::exchange), without waiting for the disk: nobody may hear of it before.
    pub(crate) fn exchange_unsaved(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> Exchange {
        self.recover();
        self.deliver_late(wall);
        let arrived = RawRequest::read(request);
        let faults = self.faults.draw(&arrived.endpoint);
        let deciding = faults.iter().find(|fault| fault.decides()).unwrap_or(&Fault::None);
        if let Fault::Late { by } = deciding {
            self.late.push((wall.saturating_add(*by), request.clone()));
        }
        if faults.contains(&Fault::CompileError) && arrived.endpoint == CreateCompile::PATH {
            self.service.compiles.fails_next = true;
        }
        let (answer, wait) = match deciding.lets_apply().then(|| self.serve(wall, &arrived)) {
            Some((answer, wait)) => (Some(answer), wait),
            None => (None, None),
        };
        let arrives = !matches!(
            deciding,
            Fault::NoConnection { .. } | Fault::StallConnecting { .. } | Fault::Late { .. }
        );
        let context = Context {
            wall: shifted(wall, self.clock_skew),
            user_id: self
                .service
                .users
                .named_by(&arrived.auth)
                .unwrap_or_else(|| self.service.users.first()),
            accepts_gzip: accepts_gzip(request.headers()),
        };
        let mut exchange = apply_faults(deciding, &faults, answer, &context);
        if arrives {
            let outcome = &exchange.outcome;
            let answer = Answered {
                status: outcome.status(),
                seen: outcome.seen(),
                wait: deciding.retry_after().or(wait),
                duration: (!outcome.never_begins()).then_some(exchange.latency),
            };
            exchange.number =
                Some(self.log.add(context.wall, &arrived, &answer, &self.service.users));
        }
        exchange
    }

    /// Lets the service answer, and logs the request.
    fn serve_and_log(&mut self, wall: Duration, request: &RawRequest<'_>) -> http::Response<Bytes> {
        let (response, wait) = self.serve(wall, request);
        let answer = Answered {
            status: Some(response.status()),
            seen: Some(&response),
            wait,
            duration: Some(Duration::ZERO),
        };
        self.log.add(shifted(wall, self.clock_skew), request, &answer, &self.service.users);
        response
    }

    /// Lets the service answer, and logs what it changed. Returns with the answer how long the client is asked to wait.
    fn serve(
        &mut self,
        wall: Duration,
        request: &RawRequest<'_>,
    ) -> (http::Response<Bytes>, Option<Duration>) {
        let answer = self.service.respond(shifted(wall, self.clock_skew), request);
        for applied in self.service.applied.drain(..) {
            self.log.apply(applied);
            if let Some(disk) = &mut self.disk {
                disk.applied();
            }
        }
        answer
    }

    /// Waits until every change is on disk, where there is one. Returns false if the disk has failed: then nothing was
    /// changed.
    fn save_and_wait(&mut self) -> bool {
        if let Some(saved) = self.save(true)
            && !saved.wait_here()
        {
            self.recover();
            return false;
        }
        true
    }
}

/// The answer when the disk has failed.
pub(crate) fn unsaved() -> http::Response<Bytes> {
    let message = "The data folder cannot be written".to_owned();
    refusal(StatusCode::INTERNAL_SERVER_ERROR, message, None)
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("users", &self.service.users)
            .field("clock_tolerance", &self.service.clock_tolerance)
            .field("tier", &self.service.tier)
            .field("projects", &self.projects())
            .field("faults", &self.faults)
            .field("requests", &self.requests().len())
            .field("applied", &self.applied().len())
            .finish_non_exhaustive()
    }
}
