//! What the service accepts and refuses, and in which words, without any socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::time::Duration;

use qc_emulator::Emulator;
use qc_proto::{
    ApiToken, Credentials, Language, ProjectId, Signature, UserId,
    bytes::Bytes,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};

const WALL: Duration = Duration::from_secs(1_762_779_606);

fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

struct Service {
    emulator: Emulator,
    project: ProjectId,
}

impl Service {
    fn new() -> Self {
        let mut emulator = Emulator::new(credentials());
        let project = emulator.add_project("Test", Language::Python);
        Self { emulator, project }
    }

    fn send(&mut self, mut request: Request<Bytes>) -> Value {
        Signature::new(&credentials(), WALL.as_secs()).apply(request.headers_mut());
        self.send_unsigned(&request)
    }

    fn send_unsigned(&mut self, request: &Request<Bytes>) -> Value {
        let response = self.emulator.handle(WALL, request);
        assert_eq!(response.status(), StatusCode::OK, "refusals are 200 too");
        assert_eq!(response.headers()["date"], "Mon, 10 Nov 2025 13:00:06 GMT");
        serde_json::from_slice(response.body()).unwrap()
    }

    /// Fills the project's number in and sends the fields as JSON.
    fn call(&mut self, endpoint: &str, mut fields: Value) -> Value {
        if fields.get("projectId").is_none() {
            fields["projectId"] = json!(self.project);
        }
        self.send(request(Method::POST, endpoint, Some("application/json"), &fields.to_string()))
    }
}

fn request(method: Method, target: &str, content_type: Option<&str>, body: &str) -> Request<Bytes> {
    let mut builder = Request::builder().method(method).uri(format!("/api/v2/{target}"));
    if let Some(content_type) = content_type {
        builder = builder.header("content-type", content_type);
    }
    builder.body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

fn succeeds(answer: &Value) {
    assert_eq!(answer, &json!({"success": true}), "no errors in it");
}

fn refuses(answer: &Value, begins: &str) {
    assert_eq!(answer["success"], false, "{answer}");
    assert!(answer["errors"][0].as_str().unwrap().starts_with(begins), "{answer}");
}

#[test]
fn files_are_made_read_changed_and_removed() {
    let mut service = Service::new();
    succeeds(&service.call("files/create", json!({"name": "test_dir/a.py", "content": "a/ä\r\n"})));
    succeeds(&service.call("files/create", json!({"name": "__init__.py"})));
    let read = service.call("files/read", json!({"name": "test_dir/a.py"}));
    let file = &read["files"][0];
    assert_eq!(read["files"].as_array().unwrap().len(), 1);
    assert_eq!(file["content"], "a/ä\r\n");
    assert_eq!(file["modified"], "2025-11-10 13:00:06");
    assert_eq!((&file["open"], &file["isLibrary"]), (&json!(false), &json!(false)));
    assert_eq!(file["projectId"], json!(service.project));
    assert_eq!(
        service.call("files/read", json!({"name": "__init__.py"}))["files"][0]["content"],
        ""
    );
    succeeds(&service.call("files/update", json!({"name": "test_dir/a.py", "content": "b\n"})));
    succeeds(&service.call("files/update", json!({"name": "test_dir/a.py", "newName": "b.py"})));
    succeeds(&service.call("files/update", json!({"oldFileName": "b.py", "newName": "c.py"})));
    let patch = "diff --git a/c.py b/c.py\nindex 1..2 100644\n--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-b\n+c\n";
    succeeds(&service.call("files/patch", json!({"patch": patch, "codeSourceId": "x"})));
    assert_eq!(service.emulator.file(service.project, "c.py"), Some("c\n"));
    succeeds(&service.call("files/delete", json!({"name": "c.py"})));
    assert_eq!(
        service.emulator.file_names(service.project),
        ["__init__.py", "main.py", "research.ipynb"]
    );
    let endpoints: Vec<&str> =
        service.emulator.applied().iter().map(|applied| applied.endpoint).collect();
    assert_eq!(endpoints.len(), 7, "{endpoints:?}");
}

#[test]
fn names_tell_upper_from_lower_case() {
    let mut service = Service::new();
    succeeds(&service.call("files/create", json!({"name": "Main.py", "content": "x"})));
    assert_eq!(service.emulator.file_names(service.project).len(), 3);
}

#[test]
fn each_refusal_has_its_words_and_changes_nothing() {
    let mut service = Service::new();
    let elsewhere = json!(99);
    let broken = "--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-not this line\n+x\n";
    let nowhere = "--- a/none.py\n+++ b/none.py\n@@ -1 +1 @@\n-a\n+b\n";
    for (endpoint, fields, begins) in [
        ("files/create", json!({"projectId": elsewhere, "name": "a.py"}), "Project not found"),
        ("files/create", json!({"name": "main.py", "content": "x"}), "A file of this name"),
        (
            "files/create",
            json!({"name": "a.py", "content": ""}),
            "File content not valid. content: ",
        ),
        ("files/create", json!({"name": "../a.py", "content": "x"}), "Request not valid: name"),
        ("files/create", json!({"content": "x"}), "Request not valid: missing field `name`"),
        ("files/create", json!({"projectId": 0, "name": "a.py"}), "Request not valid: projectId"),
        ("files/read", json!({"projectId": elsewhere}), "Project not found"),
        ("files/read", json!({"name": "none.py"}), "File not found: none.py"),
        ("files/update", json!({"name": "none.py", "content": "x"}), "File not found: none.py"),
        ("files/update", json!({"name": "main.py", "content": ""}), "File content not valid"),
        ("files/update", json!({"name": "none.py", "newName": "b.py"}), "File not found: none.py"),
        (
            "files/update",
            json!({"name": "main.py", "newName": "research.ipynb"}),
            "A file of this name",
        ),
        ("files/update", json!({"name": "main.py", "newName": "/x"}), "Request not valid: name"),
        ("files/patch", json!({"patch": "hello"}), "Patch not valid"),
        ("files/patch", json!({"patch": broken}), "Patch not valid"),
        ("files/patch", json!({"patch": nowhere}), "File not found: none.py"),
        ("files/patch", json!({"projectId": elsewhere, "patch": broken}), "Project not found"),
        ("files/delete", json!({"name": "none.py"}), "File not found: none.py"),
        ("projects/read", json!({"projectId": elsewhere}), "Project not found"),
        ("projects/delete", json!({"projectId": elsewhere}), "Project not found"),
        ("projects/create", json!({"name": " ", "language": "Py"}), "Request not valid: name"),
        ("projects/create", json!({"name": "x", "language": "Rust"}), "Request not valid"),
        ("files/destroy", json!({}), "Endpoint not found"),
    ] {
        refuses(&service.call(endpoint, fields), begins);
    }
    assert!(service.emulator.applied().is_empty());
    assert_eq!(service.call("files/read", json!({"name": "none.py"}))["errorCode"], 1001);
}

#[test]
fn every_form_of_request_is_read() {
    let mut service = Service::new();
    let id = service.project;
    let form = Some("application/x-www-form-urlencoded");
    let json = Some("application/json");
    for (name, request) in [
        (
            "a.py",
            request(
                Method::POST,
                "files/create",
                form,
                &format!("projectId={id}&name=a.py&content=x+%26y"),
            ),
        ),
        (
            "b.py",
            request(
                Method::POST,
                "/files//create",
                json,
                &format!(r#"{{"projectId": "{id}", "name": "b.py"}}"#),
            ),
        ),
        (
            "c.py",
            request(
                Method::POST,
                "files/create",
                None,
                &format!(r#"{{"projectId":{id},"name":"c.py"}}"#),
            ),
        ),
        ("d.py", request(Method::POST, "files/create", None, &format!("projectId={id}&name=d.py"))),
        (
            "e.py",
            request(Method::POST, &format!("files/create?projectId={id}&name=e.py"), None, ""),
        ),
    ] {
        succeeds(&service.send(request));
        assert!(service.emulator.file(id, name).is_some(), "{name}");
    }
    assert_eq!(service.emulator.file(id, "a.py"), Some("x &y"));
    let query = format!("files/read?projectId={id}&name=a.py&includeLibraries=True&start=0");
    let read = service.send(request(Method::GET, &query, None, ""));
    assert_eq!(read["files"][0]["name"], "a.py");
    succeeds(&service.send(request(Method::POST, "authenticate", None, "")));
    succeeds(&service.send(request(Method::POST, "authenticate", json, "[]")));
    refuses(&service.send(request(Method::POST, "authenticate", json, "{")), "Request not valid");
}

#[test]
fn a_link_may_carry_the_signature() {
    let mut signed = request(Method::GET, "projects/read", None, "");
    Signature::new(&credentials(), WALL.as_secs()).apply(signed.headers_mut());
    let value =
        signed.headers()["authorization"].to_str().unwrap().replace('+', "%2B").replace(' ', "%20");
    let link = format!("projects/read?authorization={value}&timestamp={}", WALL.as_secs());
    let answer = Service::new().send_unsigned(&request(Method::GET, &link, None, ""));
    assert_eq!(answer["projects"][0]["name"], "Test", "{answer}");
}

#[test]
fn signatures_are_checked_as_the_service_does() {
    let mut service = Service::new();
    let post = || request(Method::POST, "authenticate", None, "");
    refuses(&service.send_unsigned(&post()), "Invalid timestamp, value received: ");
    let mut garbled = post();
    garbled.headers_mut().insert("timestamp", "soon".parse().unwrap());
    refuses(&service.send_unsigned(&garbled), "Invalid timestamp, value received: soon");
    let mut nobody = post();
    nobody.headers_mut().insert("timestamp", "1762779606".parse().unwrap());
    refuses(&service.send_unsigned(&nobody), "UserID not valid (None) REF #");
    let now = WALL.as_secs();
    for (user, token, timestamp, begins) in [
        (8, "token", now, "UserID not valid (None) REF #"),
        (7, "nekot", now, "Hash doesn't match."),
        (7, "token", now - 7201, "Hash doesn't match."),
        (7, "token", now + 301, "Hash doesn't match."),
    ] {
        let mut request = post();
        let credentials = Credentials::new(UserId::new(user), ApiToken::new(token).unwrap());
        Signature::new(&credentials, timestamp).apply(request.headers_mut());
        refuses(&service.send_unsigned(&request), begins);
    }
    for timestamp in [now - 7200, now - 7000, now + 300] {
        let mut request = post();
        Signature::new(&credentials(), timestamp).apply(request.headers_mut());
        succeeds(&service.send_unsigned(&request));
        // A signature may be used again.
        succeeds(&service.send_unsigned(&request));
    }
}

#[test]
fn projects_start_with_their_files_and_end_in_the_bin() {
    let mut service = Service::new();
    for (language, files) in
        [("Py", ["main.py", "research.ipynb"]), ("C#", ["Main.cs", "Research.ipynb"])]
    {
        let created =
            service.call("projects/create", json!({"name": "Test", "language": language}));
        let project = &created["projects"][0];
        for field in [
            "projectId",
            "organizationId",
            "name",
            "description",
            "modified",
            "created",
            "ownerId",
            "language",
            "collaborators",
            "leanVersionId",
            "leanPinnedToMaster",
            "leanEnvironment",
            "parameters",
            "libraries",
        ] {
            assert!(project.get(field).is_some(), "{field}");
        }
        assert_eq!(project["language"], language);
        assert!(
            project["name"].as_str().unwrap().starts_with("Test "),
            "a taken name gets a number"
        );
        let id = ProjectId::new(project["projectId"].as_i64().unwrap()).unwrap();
        assert_eq!(service.emulator.file_names(id), files);
    }
    succeeds(&service.call("projects/delete", json!({})));
    let listed = service.call("projects/read", json!({"projectId": null}));
    let names: Vec<&Value> =
        listed["projects"].as_array().unwrap().iter().map(|project| &project["name"]).collect();
    assert_eq!(names, ["Recycle Bin/Test", "Test 1", "Test 2"]);
    let one = service.call("projects/read", json!({"start": 0}));
    assert_eq!(one["projects"].as_array().unwrap().len(), 1);
}

#[test]
fn a_patch_that_fits_nowhere_in_one_file_changes_none() {
    let mut service = Service::new();
    for name in ["a.py", "b.py"] {
        succeeds(&service.call("files/create", json!({"name": name, "content": "x\n"})));
    }
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-z\n+y\n";
    refuses(&service.call("files/patch", json!({"patch": patch})), "Patch not valid");
    assert_eq!(service.emulator.file(service.project, "a.py"), Some("x\n"));
    let emptying = "--- a/a.py\n+++ b/a.py\n@@ -1 +0,0 @@\n-x\n";
    refuses(&service.call("files/patch", json!({"patch": emptying})), "File content not valid");
}
