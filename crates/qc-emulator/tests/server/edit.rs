//! Files that someone else changes.

use serde_json::json;

use crate::wire::{CLOSE, answer_to, ask, json_of, start, wire};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[test]
fn a_program_changes_and_makes_files_as_someone_else_would() {
    let (server, project) = start();
    let edit = |name: &str, content: &str| {
        let body = json!({ "project": project, "name": name, "content": content });
        json_of(&server, "POST /_emulator/edit", &body.to_string())
    };
    assert_eq!(edit("main.py", "theirs\r\n"), json!({ "created": false }));
    assert_eq!(edit("new.py", ""), json!({ "created": true }));
    assert_eq!(server.emulator().file(project, "main.py"), Some("theirs\r\n"));
    assert_eq!(server.emulator().file(project, "new.py"), Some(""));
    // Nobody asked the service for it, and a client that asks gets the new text with a date.
    assert!(server.emulator().requests().is_empty() && server.emulator().applied().is_empty());
    let read = format!(r#"{{"projectId": {project}, "name": "main.py"}}"#);
    let answer = answer_to(server.address(), &wire("POST /api/v2/files/read", CLOSE, &read));
    assert!(answer.contains("theirs") && !answer.contains("1970-01-01"), "{answer}");
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let (server, project) = start();
    let before = server.emulator().file_names(project);
    for (body, status, why) in [
        (json!({ "project": 1, "name": "a.py", "content": "" }), 404, "no project 1"),
        (json!({ "project": project, "name": "", "content": "" }), 400, "name is empty"),
        (json!({ "project": project, "name": "a.py" }), 400, "missing field"),
        (json!({ "project": project, "name": "a.py", "content": "", "x": 1 }), 400, "unknown"),
    ] {
        let (got, _, said) = ask(&server, "POST /_emulator/edit", "", &body.to_string());
        assert_eq!((got, said.contains(why)), (status, true), "{said}");
    }
    for (form, status) in [
        (format!("project={project}&name=a.py"), 400),
        (format!("project={project}&name=a.py&content=&x="), 400),
        ("project=x&name=a.py&content=".to_owned(), 400),
        ("project=1&name=a.py&content=".to_owned(), 404),
    ] {
        let (got, head, said) = ask(&server, "POST /_emulator/edit", FORM, &form);
        assert_eq!(got, status, "{said}");
        assert!(head.contains("text/html") && said.contains("Back"), "a browser gets a page");
    }
    assert_eq!(server.emulator().file_names(project), before);
}

#[test]
fn a_person_edits_in_a_form_and_lines_end_as_they_did() {
    let (server, project) = start();
    server.emulator().put_file(project, "dos.py", "1\r\n2\r\n");
    for name in ["main.py", "dos.py"] {
        let form = format!("project={project}&name={name}&content=theirs%0D%0A2");
        assert_eq!(ask(&server, "POST /_emulator/edit", FORM, &form).0, 303);
    }
    assert_eq!(server.emulator().file(project, "main.py"), Some("theirs\n2"));
    assert_eq!(server.emulator().file(project, "dos.py"), Some("theirs\r\n2"));
}

#[test]
fn the_form_holds_the_text_as_it_is() {
    let (server, project) = start();
    server.emulator().put_file(project, "a&b.py", "\n</textarea><b>");
    let (_, _, page) = ask(&server, "GET /", "", "");
    let link = format!("/_emulator/editor?project={project}&amp;name=a%26b.py");
    assert!(page.contains(&link), "{page}");
    let line = format!("GET /_emulator/editor?project={project}&name=a%26b.py");
    let (status, _, form) = ask(&server, &line, "", "");
    assert_eq!(status, 200);
    // A browser leaves out the first of the two.
    assert!(form.contains("\">\n\n&lt;/textarea&gt;&lt;b&gt;</textarea>"), "{form}");
    assert!(form.contains(r#"name="name" value="a&amp;b.py""#), "{form}");
    let (status, _, notice) = ask(&server, "GET /_emulator/editor?project=1&name=a.py", "", "");
    assert_eq!((status, notice.contains("no such project")), (404, true));
}

#[test]
fn a_token_in_a_file_is_not_shown_to_be_edited() {
    let (server, project) = start();
    server.emulator().put_file(project, "key.py", "KEY = 'token'\n");
    let (_, _, page) =
        ask(&server, &format!("GET /_emulator/editor?project={project}&name=key.py"), "", "");
    assert!(page.contains("An API token is in this file"), "{page}");
    assert!(!page.contains("KEY"), "{page}");
}
