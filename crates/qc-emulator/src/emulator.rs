//! The service with faults on the way, a log of what happened, and a disk where it is to be kept.

mod log;
mod settings;
mod state;

use std::{fmt, time::Duration};

use qc_proto::{
    Credentials,
    bytes::Bytes,
    encode_refusal,
    http::{self, StatusCode},
};

use crate::{
    disk::Disk,
    emulator::log::Log,
    faults::{
        exchange::{Context, Exchange, ExchangeOutcome, apply_faults},
        fault::Fault,
        script::{Rule, Script},
    },
    record::{Applied, Record},
    request::read::{RawRequest, accepts_gzip},
    response::{JSON, response, shifted},
    service::{Service, store::Store},
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
            self.serve(due, &RawRequest::read(&request));
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
        let response = self.serve(wall, &RawRequest::read(request));
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
        let answer = deciding.lets_apply().then(|| self.serve(wall, &arrived));
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
        if answer.is_none() && arrives {
            self.log.arrived(context.wall, &arrived, None, None);
        }
        let exchange = apply_faults(deciding, &faults, answer, &context);
        if arrives && let Some(record) = self.log.last_request() {
            record.status = exchange.outcome.status().map(|status| status.as_u16());
            let asked = deciding.retry_after().or(record.retry_after);
            record.retry_after = asked.filter(|_| exchange.outcome.asks_to_wait());
        }
        exchange
    }

    /// Lets the service answer, and logs what came of it.
    fn serve(&mut self, wall: Duration, request: &RawRequest<'_>) -> http::Response<Bytes> {
        let wall = shifted(wall, self.clock_skew);
        let (response, wait) = self.service.respond(wall, request);
        for applied in self.service.applied.drain(..) {
            self.log.apply(applied);
            if let Some(disk) = &mut self.disk {
                disk.applied();
            }
        }
        self.log.arrived(wall, request, Some(response.status()), wait);
        response
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
    response(StatusCode::INTERNAL_SERVER_ERROR, JSON, encode_refusal(&[message], None))
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
