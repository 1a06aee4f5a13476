//! Each form of an answer that was seen, and what a client makes of it: run, and written to the page.

use std::sync::{Arc, Mutex};

use qc_emulator::VirtualClock;
use qc_files::{Client, Error, FileList, ProjectList};
use qc_proto::{
    Attempt, Failure,
    bytes::Bytes,
    http::{HeaderName, HeaderValue, Response},
};
use qc_transport::{BoxFuture, Transport};

use crate::{
    page,
    world::{WALL, credentials},
};

/// What is asked for.
#[derive(Clone, Copy)]
enum Asked {
    Files,
    Projects,
    Create,
}
use Asked::{Create, Files, Projects};

/// What was seen, where, and the answer.
type Form = (&'static str, &'static str, Asked, u16, &'static str);

const CLI: &str = "official CLI";
const MCP: &str = "official MCP server";
const LEAN: &str = "official C# client";
const DOCS: &str = "documentation";
const SCHEMA: &str = "published schema";
const USERS: &str = "users' reports";
const GUESS: &str = "assumed";

#[rustfmt::skip]
const FORMS: &[Form] = &[
    ("the plain form", SCHEMA, Files, 200, r#"{"files":[{"name":"a.py","content":"1"}],"success":true}"#),
    ("a file without number, and one that is open", SCHEMA, Files, 200, r#"{"files":[{"id":null,"name":"a.py","content":"1","open":true}],"success":true}"#),
    ("a library's file beside the project's own of the same name", CLI, Files, 200, r#"{"files":[{"name":"a.py","content":"own","isLibrary":false},{"name":"a.py","content":"lib","isLibrary":true}],"success":true}"#),
    ("the same, the library's first", CLI, Files, 200, r#"{"files":[{"name":"a.py","content":"lib","isLibrary":1},{"name":"a.py","content":"own"}],"success":true}"#),
    ("a date with a space and without a zone", USERS, Files, 200, r#"{"files":[{"name":"a.py","content":"1","modified":"2025-11-10 13:00:06"}],"success":true}"#),
    ("a date of zeros", GUESS, Files, 200, r#"{"files":[{"name":"a.py","content":"1","modified":"0000-00-00 00:00:00"}],"success":true}"#),
    ("a content of null", GUESS, Files, 200, r#"{"files":[{"name":"a.py","content":null}],"success":true}"#),
    ("a content that is no text", GUESS, Files, 200, r#"{"files":[{"name":"a.py","content":7},{"name":"b.py","content":"1"}],"success":true}"#),
    ("a file without a name", GUESS, Files, 200, r#"{"files":[{"content":"1"}],"success":true}"#),
    ("a list with gaps, as an object", CLI, Files, 200, r#"{"files":{"0":{"name":"a.py","content":"1"},"2":{"name":"b.py","content":"2"}},"success":true}"#),
    ("an empty list as null", GUESS, Files, 200, r#"{"files":null,"success":true}"#),
    ("a success without the list", SCHEMA, Files, 200, r#"{"success":true}"#),
    ("a flag as a number", GUESS, Files, 200, r#"{"files":[],"success":1}"#),
    ("a flag as a text", GUESS, Files, 200, r#"{"files":[],"success":"true"}"#),
    ("a byte-order mark before the JSON", GUESS, Files, 200, "\u{feff}{\"files\":[],\"success\":true}"),
    ("a warning of PHP before the JSON", GUESS, Files, 200, "<br />\n<b>Warning</b>: odd in <b>/x.php</b>\n{\"files\":[],\"success\":true}"),
    ("errors beside a success", GUESS, Files, 200, r#"{"files":[],"errors":["odd"],"success":true}"#),
    ("a whole project of 2023", USERS, Projects, 200, r#"{"projects":[{"projectId":14385875,"organizationId":"x","name":"X","modified":"2023-03-21 20:45:48","created":"2023-03-21 20:45:48","ownerId":1234567,"language":"Py","collaborators":[{"id":0,"uid":226949,"blivecontrol":true,"epermission":"write","owner":true}],"leanVersionId":15298,"leanPinnedToMaster":true,"owner":true,"description":"","channelId":"P14385875","parameters":[],"liveResults":null,"libraries":[],"isAlphaStreamDeployment":0,"grid":null,"builder":0,"codeRunning":false,"leanEnvironment":1}],"success":true}"#),
    ("parameters with a number as value", MCP, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","parameters":{"0":{"key":"a","value":1.5}}}],"success":true}"#),
    ("parameters as an object of values", CLI, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","parameters":{"a":"1"}}],"success":true}"#),
    ("parameters with names", DOCS, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","parameters":[{"name":"a","value":0}]}],"success":true}"#),
    ("a project without a name", GUESS, Projects, 200, r#"{"projects":[{"projectId":1,"name":null}],"success":true}"#),
    ("a project without a number, beside another", GUESS, Projects, 200, r#"{"projects":[{"projectId":0,"name":"Y"},{"projectId":1,"name":"X"}],"success":true}"#),
    ("a library of number 0", GUESS, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","libraries":[{"projectId":0},5]}],"success":true}"#),
    ("an encryption key that is an empty text or list", CLI, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","encryptionKey":""},{"projectId":2,"name":"Y","encryptionKey":[]}],"success":true}"#),
    ("an organization of number 0", LEAN, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","organizationId":0}],"success":true}"#),
    ("an encrypted project", CLI, Projects, 200, r#"{"projects":[{"projectId":1,"name":"X","encrypted":true}],"success":true}"#),
    ("a deleted project", CLI, Projects, 200, r#"{"projects":[{"projectId":1,"name":"Recycle Bin/X"}],"success":true}"#),
    ("numbers as texts", GUESS, Projects, 200, r#"{"projects":[{"projectId":"1","name":"X"}],"success":true}"#),
    ("a refusal in `errors`", CLI, Create, 200, r#"{"errors":["Some words"],"success":false}"#),
    ("a refusal in `messages`", CLI, Create, 200, r#"{"messages":["Some words"],"success":false}"#),
    ("a refusal in `Message`", CLI, Create, 200, r#"{"Message":"Some words","success":false}"#),
    ("a refusal in objects", GUESS, Create, 200, r#"{"errors":[{"code":3,"message":"Some words"}],"errorCode":"7","success":"false"}"#),
    ("a refusal without words", CLI, Create, 200, r#"{"success":false}"#),
    ("no such file", USERS, Files, 200, r#"{"errors":["File not found: main.py"],"errorCode":1001,"success":false}"#),
    ("a wrong token or clock", CLI, Files, 200, r#"{"errors":["Hash doesn't match. UID: 1"],"success":false}"#),
    ("the same as HTTP 500", CLI, Files, 500, r#"{"errors":["Hash doesn't match. UID: 1"],"success":false}"#),
    ("HTTP 401 with a challenge", "the user's document", Files, 401, ""),
    ("no such user", CLI, Files, 200, r#"{"errors":["UserID not valid (None) REF #m2scDQ8GD7"],"success":false}"#),
    ("no usable timestamp", USERS, Files, 200, r#"{"errors":["Invalid timestamp, value received: x"],"success":false}"#),
    ("locked out", USERS, Files, 200, r#"{"errors":["too many failed attempts for this user or ip"],"success":false}"#),
    ("a throttle in words", USERS, Files, 200, r#"{"errors":["Too many backtest requests; please slow down."],"success":false}"#),
    ("edited elsewhere", CLI, Create, 200, r#"{"errors":["No write permission"],"success":false}"#),
    ("a wrong path", USERS, Files, 200, r#"{"errors":["Endpoint not found"],"success":false}"#),
    ("a file that is too large", CLI, Create, 413, ""),
    ("the same, with words", USERS, Create, 200, r#"{"errors":["File exceeds the maximum size of 32,000 characters."],"success":false}"#),
    ("an empty answer of HTTP 500", CLI, Files, 500, ""),
    ("a proxy's page", GUESS, Files, 403, "<!DOCTYPE html><html><body>Blocked</body></html>"),
    ("a proxy's own JSON", GUESS, Files, 403, r#"{"error":{"message":"blocked by policy"}}"#),
    ("half an answer", GUESS, Files, 200, r#"{"files":[{"name":"a.py","con"#),
];

/// The same answer to every request.
#[derive(Clone, Debug)]
struct Same {
    status: u16,
    body: &'static str,
    asked: Arc<Mutex<usize>>,
}

impl Transport for Same {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        *self.asked.lock().unwrap() += 1;
        let mut response = Response::new(Bytes::from_static(self.body.as_bytes()));
        *response.status_mut() = self.status.try_into().unwrap();
        if self.status == 401 {
            let name = HeaderName::from_static("www-authenticate");
            response.headers_mut().insert(name, HeaderValue::from_static("Basic realm=\"api\""));
        }
        Box::pin(async move { Ok(response) })
    }
}

fn files(list: &FileList) -> String {
    let files = list.files.iter().map(|file| format!("`{}`: {:?}", file.name, file.content));
    let unreadable = list.unreadable.iter().map(ToString::to_string);
    told("no files", files.chain(unreadable))
}

fn projects(list: &ProjectList) -> String {
    let projects = list.projects.iter().map(|project| {
        let mut told = format!("project {}", project.project_id);
        let mut add = |what: &str, value: String| told += &format!(", {what} {value}");
        if !project.name.is_empty() {
            add("called", format!("`{}`", project.name));
        }
        for one in project.parameters.iter().flatten() {
            add("parameter", format!("`{}` = {:?}", one.key, one.value));
        }
        for library in project.libraries.iter().flatten() {
            add("library", library.to_string());
        }
        if project.is_encrypted() {
            add("marked", "encrypted".to_owned());
        }
        if project.is_in_recycle_bin() {
            add("marked", "deleted".to_owned());
        }
        told
    });
    let unreadable = list.unreadable.iter().map(ToString::to_string);
    told("no projects", projects.chain(unreadable))
}

fn told(none: &str, parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() { none.to_owned() } else { parts.join("; ") }
}

async fn made_of(&(_, _, asked, status, body): &Form) -> String {
    let same = Same { status, body, asked: Arc::default() };
    let client = Client::builder(credentials()).seed(1).transport(same.clone());
    let client = client.runtime(VirtualClock::new(WALL)).build().unwrap();
    let project = client.project(1).unwrap();
    let made: Result<String, Error> = match asked {
        Files => project.read_all().await.map(|list| files(&list)),
        Projects => client.projects().await.map(|list| projects(&list)),
        Create => project.create("a.py", "1").await.map(|()| "created".to_owned()),
    };
    let sent = *same.asked.lock().unwrap();
    match made {
        Ok(made) => made,
        Err(error) => {
            let text = error.to_string().replace('|', "\\|");
            let requests = if sent == 1 { "1 request" } else { &format!("{sent} requests") };
            let challenge = error.www_authenticate().map_or_else(String::new, |challenge| {
                format!(", the challenge `{challenge}` in the error")
            });
            format!("`{:?}` after {requests}{challenge}: {text}", error.kind())
        }
    }
}

#[test]
fn each_form_that_was_seen() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut table = String::from("| form | seen by | what comes of it |\n| --- | --- | --- |");
    for form in FORMS {
        let made = runtime.block_on(made_of(form));
        assert!(!made.contains('\n'), "{made}");
        table += &format!("\n| {} | {} | {made} |", form.0, form.1);
    }
    page::hold("answers.md", "forms", &table);
}
