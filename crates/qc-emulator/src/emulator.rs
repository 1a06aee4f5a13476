//! The service without IO.

use std::{collections::VecDeque, fmt, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use qc_proto::{
    Credentials, Language, Presented, ProjectId, Window,
    bytes::Bytes,
    encode_refusal,
    http::{self, HeaderValue, StatusCode, header},
};

use crate::{
    fault::{Exchange, Fault},
    refusal::Refusal,
    request::{Incoming, endpoint},
    store::Store,
};

/// The service, for one user, in memory.
pub struct Emulator {
    credentials: Credentials,
    window: Window,
    pub(crate) store: Store,
    faults: VecDeque<Fault>,
    requests: Vec<Record>,
    applied: Vec<Applied>,
}

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// Which it was, counted from 1.
    pub number: usize,
    /// How it was sent.
    pub method: http::Method,
    /// The endpoint, such as `files/read`.
    pub path: String,
    /// The status of the answer; none where there was none.
    pub status: Option<u16>,
}

/// A change that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The endpoint that made it.
    pub endpoint: &'static str,
    /// The project.
    pub project: ProjectId,
    /// The file (a renamed one's new name), all files of a patch with `, ` between them, or the project's name.
    pub name: String,
}

impl Applied {
    pub(crate) fn new(endpoint: &'static str, project: ProjectId, name: &str) -> Self {
        Self { endpoint, project, name: name.to_owned() }
    }
}

impl Emulator {
    /// A service that knows one user and no project.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            window: Window::default(),
            store: Store::default(),
            faults: VecDeque::new(),
            requests: Vec::new(),
            applied: Vec::new(),
        }
    }

    /// How far a signature's timestamp may be from the service's clock.
    #[must_use]
    pub fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// Adds a project with its default files. It does not count as applied.
    ///
    /// A taken name gets a number behind it.
    pub fn add_project(&mut self, name: &str, language: Language) -> ProjectId {
        self.store.add_project(name, language, Duration::ZERO)
    }

    /// Puts a file there as the service might have it, under any name. It does not count as applied.
    pub fn put_file(&mut self, project: ProjectId, name: &str, content: &str) {
        self.store.put(project, name, content, Duration::ZERO);
    }

    /// Orders a fault for a request to come, behind those already ordered.
    pub fn push_fault(&mut self, fault: Fault) {
        self.faults.push_back(fault);
    }

    /// Takes back all faults that have not come yet.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
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
        self.store.project(project).ok()?.content(name)
    }

    /// The names of a project's files, sorted.
    #[must_use]
    pub fn file_names(&self, project: ProjectId) -> Vec<String> {
        let project = self.store.project(project).ok();
        project.map(|project| project.names().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// All projects: number and name.
    #[must_use]
    pub fn projects(&self) -> Vec<(ProjectId, String)> {
        self.store.projects().map(|(id, project)| (id, project.name.clone())).collect()
    }

    /// Answers a request as the service does. `wall` is the service's clock, since the Unix epoch.
    pub fn handle(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> http::Response<Bytes> {
        let body = match self.answer(wall, request) {
            Ok(body) => body,
            Err(refusal) => encode_refusal(&[refusal.message], refusal.code),
        };
        let response = dated(response(StatusCode::OK, "application/json", body), wall);
        self.record(request, Some(response.status()));
        response
    }

    /// As [`handle`](Self::handle), with the next fault on the way.
    pub fn exchange(&mut self, wall: Duration, request: &http::Request<Bytes>) -> Exchange {
        let fault = self.faults.pop_front().unwrap_or(Fault::None);
        if fault == Fault::ConnectRefused {
            return Exchange::Unreachable;
        }
        let answer = fault.lets_apply().then(|| self.handle(wall, request));
        if answer.is_none() {
            self.record(request, None);
        }
        let exchange = spoil(fault, answer, wall);
        let status = match &exchange {
            Exchange::Answer(response) | Exchange::Short { response, .. } => {
                Some(response.status())
            }
            Exchange::Filler(_) => Some(StatusCode::OK),
            Exchange::HangUp | Exchange::Unreachable => None,
        };
        if let Some(record) = self.requests.last_mut() {
            record.status = status.map(|status| status.as_u16());
        }
        exchange
    }

    pub(crate) fn apply(&mut self, applied: Applied) {
        self.applied.push(applied);
    }

    fn record(&mut self, request: &http::Request<Bytes>, status: Option<StatusCode>) {
        self.requests.push(Record {
            number: self.requests.len() + 1,
            method: request.method().clone(),
            path: endpoint(request.uri().path()),
            status: status.map(|status| status.as_u16()),
        });
    }

    fn answer(
        &mut self,
        wall: Duration,
        request: &http::Request<Bytes>,
    ) -> Result<Vec<u8>, Refusal> {
        let incoming = Incoming::read(request)?;
        self.check_signature(wall, &incoming)?;
        match incoming.endpoint.as_str() {
            "authenticate" => Ok(qc_proto::encode_success(&qc_proto::Done {})),
            "files/create" => self.create_file(wall, &incoming),
            "files/read" => self.read_files(&incoming),
            "files/update" => self.update_file(wall, &incoming),
            "files/patch" => self.patch_files(wall, &incoming),
            "files/delete" => self.delete_file(&incoming),
            "projects/create" => self.create_project(wall, &incoming),
            "projects/read" => self.read_projects(&incoming),
            "projects/delete" => self.delete_project(&incoming),
            _ => Err(Refusal::endpoint_not_found()),
        }
    }

    fn check_signature(&self, wall: Duration, incoming: &Incoming) -> Result<(), Refusal> {
        Presented::read(incoming.authorization.as_deref(), incoming.timestamp.as_deref())
            .and_then(|presented| self.credentials.verify(&presented, wall, self.window))
            .map_err(|refusal| Refusal::auth(&refusal, self.credentials.user_id()))
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("user_id", &self.credentials.user_id())
            .field("window", &self.window)
            .field("projects", &self.projects())
            .field("faults", &self.faults)
            .field("requests", &self.requests.len())
            .field("applied", &self.applied.len())
            .finish_non_exhaustive()
    }
}

/// What becomes of an answer under a fault; there is none where the request was not acted on.
fn spoil(fault: Fault, answer: Option<http::Response<Bytes>>, wall: Duration) -> Exchange {
    let page = |status: StatusCode| {
        let html = format!("<html><head><title>{status}</title></head><body></body></html>");
        dated(response(status, "text/html", html.into_bytes()), wall)
    };
    match (fault, answer) {
        (Fault::Status { status, .. }, _) => {
            Exchange::Answer(page(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)))
        }
        (Fault::Html { .. }, _) => Exchange::Answer(page(StatusCode::OK)),
        (Fault::RateLimited { retry_after }, _) => {
            let mut page = page(StatusCode::TOO_MANY_REQUESTS);
            page.headers_mut().extend(
                retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))),
            );
            Exchange::Answer(page)
        }
        (Fault::Refuse401, _) => {
            let mut page = page(StatusCode::UNAUTHORIZED);
            page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
            Exchange::Answer(page)
        }
        (Fault::Oversized { bytes }, _) => Exchange::Filler(bytes),
        (Fault::TruncatedBody, Some(answer)) => Exchange::Answer(halved(answer)),
        (Fault::ShortBody, Some(answer)) => {
            let promised = answer.body().len();
            Exchange::Short { response: halved(answer), promised }
        }
        (Fault::Skew { seconds }, Some(answer)) => {
            Exchange::Answer(dated(answer, shifted(wall, seconds)))
        }
        (Fault::None, Some(answer)) => Exchange::Answer(answer),
        (Fault::ConnectRefused, _) => Exchange::Unreachable,
        _ => Exchange::HangUp,
    }
}

fn halved(answer: http::Response<Bytes>) -> http::Response<Bytes> {
    answer.map(|body| body.slice(..body.len() / 2))
}

fn response(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn dated(mut response: http::Response<Bytes>, wall: Duration) -> http::Response<Bytes> {
    let second = i64::try_from(wall.as_secs()).unwrap_or_default();
    let date = Timestamp::from_second(second)
        .and_then(|timestamp| {
            rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp)
        })
        .ok()
        .and_then(|date| HeaderValue::try_from(date).ok());
    if let Some(date) = date {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

pub(crate) fn shifted(wall: Duration, seconds: i64) -> Duration {
    let shift = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { wall.saturating_sub(shift) } else { wall.saturating_add(shift) }
}
