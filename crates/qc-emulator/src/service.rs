//! The service without IO: what it keeps, what it answers, what it refuses.

pub(crate) mod compile;
pub(crate) mod files;
pub(crate) mod library_files;
pub(crate) mod patch;
pub(crate) mod projects;
pub(crate) mod quotas;
pub(crate) mod rate_limit;
pub(crate) mod refusal;
pub(crate) mod store;
pub(crate) mod stored_project;
pub(crate) mod templates;
pub(crate) mod users;

use std::{collections::BTreeMap, time::Duration};

use qc_proto::{
    ClockTolerance, Credentials, Empty, Tier,
    bytes::Bytes,
    encode_success,
    http::{self, HeaderValue, Method, StatusCode, header},
};

use crate::{
    record::Applied,
    request::read::{RawRequest, SignedRequest},
    response::{JSON, dated, refusal, response},
    service::{
        compile::Compiles, library_files::LibraryFiles, rate_limit::RateLimit, refusal::Refusal,
        store::Store, users::Users,
    },
};

/// The body of an answer, or why there is none.
pub(crate) type Answered = Result<Vec<u8>, Refusal>;

/// How an endpoint answers that a test taught.
pub(crate) type Taught = Box<dyn FnMut(&SignedRequest) -> Answered + Send>;

/// Projects, users, and the rules by which requests change them.
pub(crate) struct Service {
    pub(crate) users: Users,
    pub(crate) clock_tolerance: ClockTolerance,
    pub(crate) tier: Option<Tier>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) library_files: LibraryFiles,
    pub(crate) firm_locks: bool,
    pub(crate) compiles: Compiles,
    /// Endpoints that a test taught, by their path.
    pub(crate) taught: BTreeMap<&'static str, Taught>,
    pub(crate) store: Store,
    /// The changes since they were last taken.
    pub(crate) applied: Vec<Applied>,
}

impl Service {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            users: Users::new(credentials),
            clock_tolerance: ClockTolerance::default(),
            tier: None,
            rate_limit: None,
            library_files: LibraryFiles::default(),
            firm_locks: false,
            compiles: Compiles::default(),
            taught: BTreeMap::new(),
            store: Store::default(),
            applied: Vec::new(),
        }
    }

    /// Answers a request. Returns with the answer how long the client is asked to wait, if it is.
    pub(crate) fn respond(
        &mut self,
        wall: Duration,
        request: &RawRequest<'_>,
    ) -> (http::Response<Bytes>, Option<Duration>) {
        let user = self.users.named_by(&request.auth);
        if let Some((wait, page)) = self.limited(wall, user) {
            return (page, Some(wait));
        }
        let answer = match self.answer(wall, request) {
            Ok(body) => response(StatusCode::OK, JSON, body),
            Err(refused) => refusal(refused.status, refused.message, refused.code),
        };
        let mut response = dated(answer, wall);
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        }
        (response, None)
    }

    fn answer(&mut self, wall: Duration, request: &RawRequest<'_>) -> Answered {
        if !matches!(*request.request.method(), Method::GET | Method::POST) {
            return Err(Refusal::method_not_allowed());
        }
        let user = self.users.verify(&request.auth, wall, self.clock_tolerance)?;
        let signed = SignedRequest { user, wall, input: request.input()? };
        if let Some(taught) = self.taught.get_mut(request.endpoint.as_str()) {
            return taught(&signed);
        }
        match request.endpoint.as_str() {
            "authenticate" => Ok(encode_success(&Empty {})),
            "files/create" => self.create_file(&signed),
            "files/read" => self.read_files(&signed),
            "files/update" => self.update_file(&signed),
            "files/patch" => self.patch_files(&signed),
            "files/delete" => self.delete_file(&signed),
            "projects/create" => self.create_project(&signed),
            "projects/read" => self.read_projects(&signed),
            "projects/update" => self.update_project(&signed),
            "projects/collaboration/create" => self.create_collaborator(&signed),
            "projects/collaboration/read" => self.read_collaborators(&signed),
            "projects/collaboration/update" => self.update_collaborator(&signed),
            "projects/collaboration/delete" => self.delete_collaborator(&signed),
            "projects/collaboration/lock/acquire" => self.acquire_lock(&signed),
            "projects/delete" => self.delete_project(&signed),
            "compile/create" => self.create_compile(&signed),
            "compile/read" => self.read_compile(&signed),
            _ => Err(Refusal::endpoint_not_found()),
        }
    }
}
