//! A service with a project, and a client that signs.

use std::{borrow::Borrow, time::Duration};

use qc_emulator::Emulator;
use qc_proto::{
    ApiToken, Credentials, Language, ProjectId, Signature, UserId,
    bytes::Bytes,
    http::{Method, Request, Response, StatusCode},
};
use serde_json::{Value, json};

pub(crate) const WALL: Duration = Duration::from_secs(1_762_779_606);

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn credentials(user: u64) -> Credentials {
    Credentials::new(UserId::new(user), ApiToken::new(format!("token {user}")).unwrap())
}

pub(crate) struct Service {
    pub(crate) emulator: Emulator,
    pub(crate) project: ProjectId,
    pub(crate) wall: Duration,
    /// Who asks.
    pub(crate) user: u64,
}

impl Service {
    /// A Python project of user 7, with the default files.
    pub(crate) fn new() -> Self {
        Self::with(|emulator| emulator)
    }

    pub(crate) fn with(set_up: impl FnOnce(Emulator) -> Emulator) -> Self {
        let mut emulator = set_up(Emulator::new(credentials(7)));
        let project = emulator.add_project("Test", Language::Python);
        Self { emulator, project, wall: WALL, user: 7 }
    }

    pub(crate) fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        let request = self.signed(request);
        self.emulator.handle(self.wall, &request)
    }

    pub(crate) fn signed(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        Signature::new(&credentials(self.user), self.wall.as_secs()).apply(request.headers_mut());
        request
    }

    /// Fills the project's number in and sends the fields as JSON.
    pub(crate) fn respond(&mut self, endpoint: &str, mut fields: Value) -> Response<Bytes> {
        if fields.get("projectId").is_none() {
            fields["projectId"] = json!(self.project);
        }
        self.send(request(Method::POST, endpoint, "application/json", &fields.to_string()))
    }

    pub(crate) fn call(&mut self, endpoint: &str, fields: Value) -> Value {
        read(&self.respond(endpoint, fields))
    }

    /// The fields as a form, as the official command line tool pushes.
    pub(crate) fn post_form(&mut self, endpoint: &str, form: &str) -> Value {
        let answer = self.send(request(Method::POST, endpoint, FORM, form));
        read(&answer)
    }

    pub(crate) fn get(&mut self, target: &str) -> Value {
        let answer = self.send(request(Method::GET, target, "", ""));
        read(&answer)
    }

    /// The files' names and contents.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let names = self.emulator.file_names(self.project);
        let content = |name: &str| self.emulator.file(self.project, name).unwrap().to_owned();
        names.into_iter().map(|name| (name.clone(), content(&name))).collect()
    }
}

pub(crate) fn request(
    method: Method,
    target: &str,
    content_type: &str,
    body: &str,
) -> Request<Bytes> {
    let builder = Request::builder().method(method).uri(format!("/api/v2/{target}"));
    let body = Bytes::copy_from_slice(body.as_bytes());
    builder.header("content-type", content_type).body(body).unwrap()
}

fn read(response: &Response<Bytes>) -> Value {
    assert_eq!(response.status(), StatusCode::OK, "refusals are 200 too");
    serde_json::from_slice(response.body()).unwrap()
}

pub(crate) fn succeeds(answer: impl Borrow<Value>) {
    assert_eq!(answer.borrow(), &json!({"success": true}), "no errors in it");
}

pub(crate) fn refuses(answer: impl Borrow<Value>, holds: &str) {
    let answer = answer.borrow();
    assert_eq!(answer["success"], false, "{answer}");
    assert!(answer["errors"][0].as_str().unwrap().contains(holds), "{answer}");
}
