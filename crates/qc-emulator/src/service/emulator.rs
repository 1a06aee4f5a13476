//! The service without IO.

use std::{fmt, time::Duration};

use qc_proto::{
    Credentials, Language, ProjectId, Tier, Window,
    bytes::Bytes,
    encode_refusal,
    http::{self, HeaderValue, Method, StatusCode, header},
};

use crate::{
    faults::{
        exchange::{Circumstances, Ending, Exchange, JSON, dated, response, shifted, spoil},
        fault::Fault,
        record::{Applied, Record},
        script::{Rule, Script},
    },
    request::{
        asked::Asked,
        read::{Arrived, Incoming, accepts_gzip},
    },
    service::{
        library_files::LibraryFiles, rate_limit::RateLimit, refusal::Refusal, store::Store,
        users::Users,
    },
};

/// The service, in memory.
pub struct Emulator {
    pub(crate) users: Users,
    window: Window,
    clock_skew: i64,
    pub(crate) tier: Option<Tier>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) library_files: LibraryFiles,
    pub(crate) firm_locks: bool,
    pub(crate) store: Store,
    faults: Script,
    /// Requests that a proxy holds back, and when they arrive.
    late: Vec<(Duration, http::Request<Bytes>)>,
    requests: Vec<Record>,
    arrived: usize,
    history: Option<usize>,
    start: Option<Store>,
    #[cfg(feature = "durable")]
    pub(crate) disk: Option<crate::disk::Disk>,
    pub(crate) applied: Vec<Applied>,
}

impl Emulator {
    /// A service that knows one user and no project.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            users: Users::new(credentials),
            window: Window::default(),
            clock_skew: 0,
            tier: None,
            rate_limit: None,
            library_files: LibraryFiles::default(),
            firm_locks: false,
            store: Store::default(),
            faults: Script::default(),
            late: Vec::new(),
            requests: Vec::new(),
            arrived: 0,
            history: None,
            start: None,
            #[cfg(feature = "durable")]
            disk: None,
            applied: Vec::new(),
        }
    }

    /// How far a signature's timestamp may be from the service's clock.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Sets the service's own clock wrong by so many seconds: its `Date` and what it holds of signatures.
    #[must_use]
    pub fn with_clock_skew(mut self, seconds: i64) -> Self {
        self.clock_skew = seconds;
        self
    }

    /// Chooses the requests that rules with a chance hit. The same seed chooses the same ones.
    #[must_use]
    pub fn with_fault_seed(mut self, seed: u64) -> Self {
        self.faults.seed(seed);
        self
    }

    /// Forgets old requests and changes when it knows more than twice as many, and keeps the last ones. Without this, as a test
    /// wants it, it remembers all.
    #[must_use]
    pub fn with_history(mut self, most: usize) -> Self {
        self.history = Some(most.max(1));
        self
    }

    /// Remembers projects and files as they are: this is what [`reset`](Self::reset) goes back to. What has no date yet gets
    /// this one, since the Unix epoch. A server does so when it starts.
    pub fn mark_start(&mut self, wall: Duration) {
        self.store.date(shifted(wall, self.clock_skew));
        self.settle();
        self.start = Some(self.store.clone());
    }

    /// Goes back to how things were at the start: projects and files, and no requests, changes, faults, locks or waiting
    /// requests.
    pub fn reset(&mut self) {
        if let Some(start) = &self.start {
            self.store.become_as(start);
        }
        self.faults.clear();
        self.late.clear();
        self.requests.clear();
        self.applied.clear();
        self.arrived = 0;
        self.forget_rate();
        self.settle();
    }

    /// Waits until what was changed is on disk, where there is one. False when the disk has failed: then nothing was
    /// changed.
    pub(crate) fn settle(&mut self) -> bool {
        #[cfg(feature = "durable")]
        if let Some(saved) = self.save(true)
            && !saved.wait_here()
        {
            self.recover();
            return false;
        }
        true
    }

    /// Adds a project of the first user with its default files. It does not count as applied.
    ///
    /// A taken name gets a number behind it.
    pub fn add_project(&mut self, name: &str, language: Language) -> ProjectId {
        let id = self.store.add_project(self.users.first(), name, language, Duration::ZERO);
        self.settle();
        id
    }

    /// Puts a file there as the service might have it, under any name. It does not count as applied.
    pub fn put_file(&mut self, project: ProjectId, name: &str, content: &str) {
        self.store.put(project, name, content, Duration::ZERO);
        self.settle();
    }

    /// Takes a file away, if it is there. It does not count as applied.
    pub fn remove_file(&mut self, project: ProjectId, name: &str) {
        let _ = self.store.remove(project, name);
        self.settle();
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

    /// Delivers the requests that [`Fault::Late`] holds back and that have arrived by `wall`, the right time
    /// since the Unix epoch. Whatever is asked delivers them too.
    pub fn deliver_late(&mut self, wall: Duration) {
        self.late.sort_by_key(|(due, _)| *due);
        while self.late.first().is_some_and(|(due, _)| *due <= wall) {
            let (due, request) = self.late.remove(0);
            self.serve(due, &Arrived::read(&request));
        }
    }

    /// How many requests [`Fault::Late`] holds back now.
    #[must_use]
    pub fn held_back(&self) -> usize {
        self.late.len()
    }

    /// Every request that arrived, in order.
    #[must_use]
    pub fn requests(&self) -> &[Record] {
        &self.requests
    }

    /// Every change that took effect, in order.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// A file's content.
    #[must_use]
    pub fn file(&self, project: ProjectId, name: &str) -> Option<&str> {
        self.store.get(project)?.content(name)
    }

    /// The names of a project's files, sorted.
    #[must_use]
    pub fn file_names(&self, project: ProjectId) -> Vec<String> {
        let project = self.store.get(project);
        project.map(|project| project.names().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// All projects of all users: number and name.
    #[must_use]
    pub fn projects(&self) -> Vec<(ProjectId, String)> {
        self.store.projects().map(|(id, project)| (id, project.name.clone())).collect()
    }

    /// Answers a request as the service does, without faults. `wall` is the right time, since the Unix epoch.
    pub fn handle(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> http::Response<Bytes> {
        #[cfg(feature = "durable")]
        self.recover();
        self.deliver_late(wall);
        let response = self.serve(wall, &Arrived::read(request));
        if self.settle() { response } else { unsaved() }
    }

    fn serve(&mut self, wall: Duration, arrived: &Arrived<'_>) -> http::Response<Bytes> {
        let wall = shifted(wall, self.clock_skew);
        let user = self.users.named_by(&arrived.presented);
        let (wait, response) = match self.limited(wall, user) {
            Some((wait, page)) => (Some(wait), page),
            None => (None, self.respond(wall, arrived)),
        };
        self.record(wall, arrived, Some(response.status()), wait);
        response
    }

    fn respond(&mut self, wall: Duration, arrived: &Arrived<'_>) -> http::Response<Bytes> {
        let (status, body) = match self.answer(wall, arrived) {
            Ok(body) => (StatusCode::OK, body),
            Err(refusal) => (refusal.status, encode_refusal(&[refusal.message], refusal.code)),
        };
        let mut response = dated(response(status, JSON, body), wall);
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        }
        response
    }

    /// As [`handle`](Self::handle), with the faults on the way.
    pub fn exchange(&mut self, wall: Duration, request: &http::Request<Bytes>) -> Exchange {
        let mut exchange = self.exchange_unsaved(wall, request);
        if !self.settle() {
            exchange.ending = Ending::Answer(unsaved());
        }
        exchange
    }

    /// As [`exchange`](Self::exchange), without waiting for the disk: nobody may hear of it before.
    pub(crate) fn exchange_unsaved(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> Exchange {
        #[cfg(feature = "durable")]
        self.recover();
        self.deliver_late(wall);
        let arrived = Arrived::read(request);
        let faults = self.faults.draw(&arrived.endpoint);
        let fate = faults.iter().find(|fault| fault.decides()).unwrap_or(&Fault::None);
        if let Fault::Late { by } = fate {
            self.late.push((wall.saturating_add(*by), request.clone()));
        }
        let answer = fate.lets_apply().then(|| self.serve(wall, &arrived));
        let arrives = !matches!(
            fate,
            Fault::NoConnection { .. } | Fault::StallConnecting { .. } | Fault::Late { .. }
        );
        let around = Circumstances {
            wall: shifted(wall, self.clock_skew),
            user_id: self.users.named_by(&arrived.presented).unwrap_or_else(|| self.users.first()),
            accepts_gzip: accepts_gzip(request.headers()),
        };
        if answer.is_none() && arrives {
            self.record(around.wall, &arrived, None, None);
        }
        let exchange = spoil(fate, &faults, answer, &around);
        if arrives && let Some(record) = self.requests.last_mut() {
            record.status = Ending::status(&exchange.ending).map(|status| status.as_u16());
            let asked = fate.retry_after().or(record.retry_after);
            record.retry_after = asked.filter(|_| exchange.ending.asks_to_wait());
        }
        exchange
    }

    pub(crate) fn apply(&mut self, applied: Applied) {
        if let Some(most) = self.history
            && self.applied.len() >= most.saturating_mul(2)
        {
            self.applied.drain(..most);
        }
        self.applied.push(applied);
        #[cfg(feature = "durable")]
        if let Some(disk) = &mut self.disk {
            disk.applied();
        }
    }

    fn record(
        &mut self,
        at: Duration,
        arrived: &Arrived<'_>,
        status: Option<StatusCode>,
        retry_after: Option<Duration>,
    ) {
        self.arrived += 1;
        if let Some(most) = self.history {
            // Half of it at a time, so that few requests pay for it.
            if self.requests.len() >= most.saturating_mul(2) {
                self.requests.drain(..most);
            }
        }
        self.requests.push(Record {
            number: self.arrived,
            method: arrived.request.method().clone(),
            path: arrived.endpoint.clone(),
            at,
            status: status.map(|status| status.as_u16()),
            retry_after,
        });
    }

    fn answer(&mut self, wall: Duration, arrived: &Arrived<'_>) -> Result<Vec<u8>, Refusal> {
        if !matches!(*arrived.request.method(), Method::GET | Method::POST) {
            return Err(Refusal::method_not_allowed());
        }
        let user = self.users.verify(&arrived.presented, wall, self.window)?;
        let asked = Asked { user, wall, incoming: Incoming::read(arrived)? };
        match arrived.endpoint.as_str() {
            "authenticate" => Ok(qc_proto::encode_success(&qc_proto::Done {})),
            "files/create" => self.create_file(&asked),
            "files/read" => self.read_files(&asked),
            "files/update" => self.update_file(&asked),
            "files/patch" => self.patch_files(&asked),
            "files/delete" => self.delete_file(&asked),
            "projects/create" => self.create_project(&asked),
            "projects/read" => self.read_projects(&asked),
            "projects/update" => self.update_project(&asked),
            "projects/collaboration/lock/acquire" => self.acquire_lock(&asked),
            "projects/delete" => self.delete_project(&asked),
            _ => Err(Refusal::endpoint_not_found()),
        }
    }
}

/// What is answered when the disk has failed.
pub(crate) fn unsaved() -> http::Response<Bytes> {
    let message = "The data folder cannot be written".to_owned();
    response(StatusCode::INTERNAL_SERVER_ERROR, JSON, encode_refusal(&[message], None))
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("users", &self.users)
            .field("window", &self.window)
            .field("tier", &self.tier)
            .field("projects", &self.projects())
            .field("faults", &self.faults)
            .field("requests", &self.requests.len())
            .field("applied", &self.applied.len())
            .finish_non_exhaustive()
    }
}
