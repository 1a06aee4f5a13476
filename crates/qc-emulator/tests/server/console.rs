//! What it shows of itself.

use qc_emulator::Fault;
use qc_proto::{Language, UserId};
use serde_json::json;

use crate::wire::{CLOSE, answer_to, ask, json_of, start, wire};

#[test]
fn it_is_healthy_and_that_is_no_request() {
    let (server, _) = start();
    assert_eq!(ask(&server, "GET /healthz", "", "").2, "ok\n");
    assert!(server.emulator().requests().is_empty());
}

#[test]
fn requests_and_state_are_data_without_a_secret() {
    let (server, project) = start();
    server.emulator().put_file(project, "a <b>.py", "secret of the file");
    server.emulator().lock(project, "web-ide");
    server.emulator().add_project_for(UserId::new(7), "Other", Language::CSharp);
    server.emulator().add_rule("latency=1ms*always".parse().unwrap());
    answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    answer_to(server.address(), &wire("POST /api/v2/none", CLOSE, ""));
    let requests = json_of(&server, "GET /_emulator/requests", "");
    let requests = requests["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (&requests[0]["number"], &requests[0]["path"], &requests[0]["status"]),
        (&json!(1), &json!("authenticate"), &json!(200))
    );
    let state = json_of(&server, "GET /_emulator/state", "");
    assert_eq!(state["projects"][0]["projectId"], json!(project));
    assert_eq!(state["projects"][0]["lockedBy"], "web-ide");
    assert_eq!(state["projects"][0]["files"][0]["name"], "a <b>.py");
    assert_eq!(state["projects"][0]["files"][0]["bytes"], 18);
    assert_eq!((&state["users"], &state["rules"]), (&json!(["7"]), &json!(["latency=1ms*always"])));
    for path in ["/", "/_emulator/state", "/_emulator/requests"] {
        let (_, head, body) = ask(&server, &format!("GET {path}"), "", "");
        // The token is the word `token`, and the page has no use for that either.
        assert!(!body.contains("token") && !head.contains("token"), "{path}");
    }
}

#[test]
fn faults_are_ordered_seen_and_taken_back() {
    let (server, _) = start();
    let order = r#"{"rules": ["authenticate:status=503*2", "drift=zero-date*always"]}"#;
    let rules = json_of(&server, "POST /_emulator/faults", order);
    assert_eq!(rules, json!({"rules": ["authenticate:status=503*2", "drift=zero-date*always"]}));
    let answer = answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    // One of the two is spent.
    let left = json_of(&server, "GET /_emulator/state", "");
    assert_eq!(left["rules"], json!(["authenticate:status=503", "drift=zero-date*always"]));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, head, _) =
        ask(&server, "POST /_emulator/faults", form, "replace=true&rule=drop-after&rule=");
    assert_eq!(status, 303, "a browser goes back to the page");
    assert!(head.contains("\r\nlocation: /"), "{head}");
    assert_eq!(server.emulator().rules(), ["drop-after"]);
    // All or none, and why.
    for (order, why) in [
        (r#"{"rules": ["status=503", "odd"]}"#, "odd"),
        (r#"{"rule": []}"#, "unknown field"),
        ("", "EOF"),
    ] {
        let (status, _, said) = ask(&server, "POST /_emulator/faults", "", order);
        assert_eq!(status, 400);
        assert!(said.contains(why), "{said}");
        assert_eq!(server.emulator().rules(), ["drop-after"]);
    }
}

#[test]
fn a_reset_goes_back_to_how_things_were_at_the_start() {
    let (server, project) = start();
    let files = server.emulator().file_names(project);
    server.emulator().put_file(project, "new.py", "1");
    server.emulator().remove_file(project, &files[0]);
    server.emulator().push_fault(Fault::DropAfter);
    server.emulator().lock(project, "web-ide");
    answer_to(server.address(), &wire("POST /api/v2/authenticate", CLOSE, ""));
    assert_eq!(json_of(&server, "POST /_emulator/reset", ""), json!({"reset": true}));
    let emulator = server.emulator();
    assert_eq!(emulator.file_names(project), files);
    assert!(emulator.requests().is_empty() && emulator.rules().is_empty());
    drop(emulator);
    assert_eq!(
        json_of(&server, "GET /_emulator/state", "")["projects"][0]["lockedBy"],
        json!(null)
    );
}

#[test]
fn the_page_escapes_what_it_shows_and_loads_nothing_from_elsewhere() {
    let (server, project) = start();
    server.emulator().put_file(project, "<img src=x>.py", "<script>alert(1)</script>");
    let (status, head, page) = ask(&server, "GET /", "", "");
    assert_eq!(status, 200);
    assert!(head.contains("default-src 'none'") && head.contains("text/html"), "{head}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<img") && !page.contains("<script>alert"), "{page}");
    assert!(!page.contains("://"), "nothing is loaded from elsewhere");
    for (path, kind) in [("page.css", "text/css"), ("page.js", "text/javascript")] {
        let (status, head, _) = ask(&server, &format!("GET /_emulator/{path}"), "", "");
        assert_eq!(status, 200);
        assert!(head.contains(kind), "{head}");
    }
}

#[test]
fn another_sites_page_may_neither_look_nor_order() {
    let (server, _) = start();
    let elsewhere = "Origin: http://evil.example\r\n";
    for line in [
        "POST /_emulator/reset",
        "POST /_emulator/faults",
        "POST /_emulator/edit",
        "GET /_emulator/editor",
        "GET /_emulator/state",
    ] {
        let (status, head, _) = ask(&server, line, elsewhere, "{}");
        assert_eq!(status, 403, "{line}");
        assert!(!head.contains("access-control-allow"), "{head}");
    }
    let rebound =
        "GET /_emulator/state HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(answer_to(server.address(), rebound).starts_with("HTTP/1.1 403"));
}

#[test]
fn wrong_methods_and_paths_are_told() {
    let (server, _) = start();
    assert_eq!(ask(&server, "GET /_emulator/reset", "", "").0, 405);
    assert_eq!(ask(&server, "POST /_emulator/state", "", "").0, 405);
    assert_eq!(ask(&server, "GET /_emulator/edit", "", "").0, 405);
    assert_eq!(ask(&server, "GET /_emulator/none", "", "").0, 404);
}
