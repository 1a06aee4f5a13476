//! The page for people.

use qc_emulator::{Emulator, Fault, ServerThread};
use qc_proto::{ApiToken, Credentials, Language, UserId};

use crate::wire::{CLOSE, answer_to, ask, signature, start, wire};

fn call(server: &ServerThread, endpoint: &str, body: &str) {
    answer_to(server.address(), &wire(&format!("POST /api/v2/{endpoint}"), CLOSE, body));
}

fn page(server: &ServerThread, query: &str) -> String {
    let (status, _, page) = ask(server, &format!("GET /{query}"), "", "");
    assert_eq!(status, 200);
    page
}

/// The numbers of the requests that a page shows.
fn shown(page: &str) -> Vec<usize> {
    let ids = page.split("id=\"request-").skip(1);
    ids.map(|id| id.split_once('"').unwrap().0.parse().unwrap()).collect()
}

/// What a page shows of one request.
fn entry(page: &str, number: usize) -> &str {
    let (_, entry) = page.split_once(&format!("id=\"request-{number}\"")).unwrap();
    entry.split_once("</details>").unwrap().0
}

#[test]
fn requests_are_paged_the_newest_first() {
    let (server, _) = start();
    for _ in 0..60 {
        call(&server, "authenticate", "");
    }
    let first = page(&server, "");
    assert!(shown(&first).into_iter().eq((36..=60).rev()), "{first}");
    assert!(first.contains("Page 1 of 3") && first.contains("/?page=2&amp;projects=1"));
    assert!(shown(&page(&server, "?page=2")).into_iter().eq((11..=35).rev()));
    let last = page(&server, "?page=3");
    assert!(shown(&last).into_iter().eq((1..=10).rev()));
    let newest = shown(&first);
    for (odd, numbers) in [
        ("?page=99", shown(&last)),
        ("?page=3&projects=7", shown(&last)),
        ("?page=0", newest.clone()),
        ("?page=x&none=1", newest),
    ] {
        assert_eq!(shown(&page(&server, odd)), numbers, "{odd}");
    }
}

#[test]
fn requests_are_filtered_by_text_and_by_what_became_of_them() {
    let (server, project) = start();
    let file = |name: &str| format!(r#"{{"projectId": {project}, "name": "{name}"}}"#);
    call(&server, "authenticate", "");
    call(&server, "files/read", &file("main.py"));
    call(&server, "files/read", &file("none.py"));
    server.emulator().push_fault(Fault::Status { status: 503, applied: false });
    call(&server, "projects/read", "");
    server.emulator().push_fault(Fault::DropAfter);
    call(&server, "files/read", &file("main.py"));
    for (query, numbers) in [
        ("?text=FILES", vec![5, 3, 2]),
        ("?text=post+files", vec![5, 3, 2]),
        // In a refusal's words, and in a body.
        ("?text=not+found", vec![3]),
        ("?text=none.py", vec![3]),
        ("?only=problems", vec![5, 4, 3]),
        ("?only=problems&text=projects", vec![4]),
        ("?text=%3Cb%3E", vec![]),
        ("?text=+&only=all", vec![5, 4, 3, 2, 1]),
    ] {
        assert_eq!(shown(&page(&server, query)), numbers, "{query}");
    }
    let filtered = page(&server, "?only=problems&text=%3Cb%3E");
    assert!(filtered.contains(r#"value="&lt;b&gt;""#) && !filtered.contains("<b>"), "{filtered}");
    assert!(filtered.contains("0 of 5 kept") && filtered.contains("None is like that."));
    for _ in 0..30 {
        call(&server, "files/none", "");
    }
    let filtered = page(&server, "?only=problems&text=none");
    let next = "/?text=none&amp;only=problems&amp;page=2";
    assert!(filtered.contains(next), "the next page is filtered too: {filtered}");
}

#[test]
fn a_word_says_what_was_refused_and_what_failed() {
    let (server, project) = start();
    call(&server, "authenticate", "");
    call(&server, "files/read", &format!(r#"{{"projectId": {project}, "name": "none.py"}}"#));
    for fault in [Fault::Status { status: 503, applied: true }, Fault::DropBefore] {
        server.emulator().push_fault(fault);
        call(&server, "authenticate", "");
    }
    server.emulator().push_fault(Fault::Refusal("Not now.".to_owned()));
    call(&server, "authenticate", "");
    // A proxy's page hides that the service refused it.
    server.emulator().push_fault(Fault::Html { applied: true });
    call(&server, "none", "");
    let page = page(&server, "");
    for (number, told, words) in [
        (1, ">200<", vec![]),
        (2, "</span> 200<", vec!["refused", "File not found: none.py"]),
        (3, "</span> 503<", vec!["failed"]),
        (4, "</span><", vec!["no answer"]),
        (5, "</span> 200<", vec!["refused", "Not now."]),
        (6, ">200<", vec![]),
    ] {
        let entry = entry(&page, number);
        assert!(entry.contains(told), "{told} in {entry}");
        for word in ["refused", "failed", "no answer"] {
            let is_marked = entry.contains(&format!("{word}</span>"));
            assert_eq!(is_marked, words.contains(&word), "{number}: {word}");
        }
        assert!(words.iter().all(|word| entry.contains(word)), "{entry}");
        assert!(entry.contains(" ms</span>"), "{entry}");
    }
    let (_, _, data) = ask(&server, "GET /_emulator/requests", "", "");
    assert!(data.contains(r#""refused": "Not now.""#) && data.contains(r#""milliseconds": "#));
}

#[test]
fn a_request_took_at_least_what_was_ordered() {
    let (server, _) = start();
    server.emulator().add_rule("latency=30ms".parse().unwrap());
    call(&server, "authenticate", "");
    let record = server.emulator().requests()[0].clone();
    assert!(record.duration.unwrap().as_millis() >= 30, "{record:?}");
}

#[test]
fn bodies_are_shown_in_lines_and_cut() {
    let (server, project) = start();
    let long = "x".repeat(9_000);
    let body = format!(r#"{{"projectId": {project}, "name": "a.py", "content": "{long}"}}"#);
    call(&server, "files/create", &body);
    let read = format!("GET /api/v2/files/read?projectId={project}&name=a.py");
    answer_to(server.address(), &wire(&read, CLOSE, ""));
    let page = page(&server, "");
    let created = entry(&page, 1);
    assert!(created.contains("&quot;name&quot;: &quot;a.py&quot;,\n"), "{created}");
    assert!(created.contains("The beginning of ") && created.len() < 6_000, "{created}");
    assert!(entry(&page, 2).contains(&format!("&quot;projectId&quot;: &quot;{project}&quot;")));
    let emulator = server.emulator();
    let record = &emulator.requests()[0];
    let sent = record.request.as_ref().unwrap();
    assert_eq!((sent.text.as_str(), sent.length), (&body[..4096], body.len()));
    assert_eq!(record.answer.as_ref().unwrap().text, r#"{"success":true}"#);
}

#[test]
fn only_the_last_bodies_are_kept_and_only_by_a_server() {
    let (server, _) = start();
    for _ in 0..502 {
        call(&server, "authenticate", "{}");
    }
    let requests = server.emulator().requests().to_vec();
    let kept = requests.iter().filter(|record| record.request.is_some() && record.answer.is_some());
    assert!(kept.map(|record| record.number).eq(3..=502));
    let (mut emulator, _) = crate::wire::emulator();
    let request = qc_proto::http::Request::post("/api/v2/authenticate");
    emulator.handle(std::time::Duration::ZERO, &request.body("{}".into()).unwrap());
    assert!(emulator.requests()[0].request.is_none() && emulator.requests()[0].answer.is_none());
}

#[test]
fn no_token_and_no_signature_is_shown_wherever_it_was_sent() {
    let secret = "8f14e45fceea167a5a36dedd4bea2543";
    let mut emulator =
        Emulator::new(Credentials::new(UserId::new(1), ApiToken::new(secret).unwrap()));
    emulator.add_user(Credentials::new(UserId::new(7), ApiToken::new("token").unwrap()));
    let project = emulator.add_project_for(UserId::new(7), "Test", Language::Python);
    let server = ServerThread::start(emulator).unwrap();
    let create = |name: &str, content: &str| {
        let body = format!(
            r#"{{"projectId": {project}, "name": "{name}", "content": "{content}", "api_token": "token"}}"#
        );
        call(&server, "files/create", &body);
    };
    create("a.py", &format!("a = '{secret}'\\n{secret}"));
    // Where a body is cut.
    for padding in 3_900..4_100 {
        create("b.py", &format!("{}{secret}{}", "x".repeat(padding), "x".repeat(200)));
    }
    // A signature lasts a second: the request has to carry the one that its body shows.
    let authorization = || signature()["authorization"].to_str().unwrap().to_owned();
    let hash = loop {
        let signed = authorization();
        let hash = signed.strip_prefix("Basic ").unwrap();
        call(&server, "none", &format!(r#"{{"a": "Basic {hash}"}}"#));
        if authorization() == signed {
            break hash.to_owned();
        }
    };
    call(&server, "files/read", &format!(r#"{{"projectId": {project}, "name": "a.py"}}"#));
    call(&server, "files/read", &format!(r#"{{"projectId": {project}, "name": "{secret}"}}"#));
    call(&server, secret, "");
    let link = format!("GET /api/v2/files/read?projectId={project}&authorization=Basic+{hash}");
    answer_to(server.address(), &wire(&link, CLOSE, ""));
    for number in 1..=9 {
        let query = format!("GET /?page={number}");
        for line in [query.as_str(), "GET /_emulator/requests", "GET /_emulator/state"] {
            let (_, head, body) = ask(&server, line, "", "");
            for told in [head, body] {
                // Half of it is one too.
                assert!(!told.contains(&secret[..16]), "{told}");
                assert!(!told.contains("token&quot;,") && !told.contains(&*hash), "{told}");
                assert!(!told.to_lowercase().contains("authorization"), "{told}");
            }
        }
    }
    let page = page(&server, "");
    assert!(page.contains("File not found: [redacted]"), "{page}");
}

#[test]
fn starting_over_is_asked_about_before_anything_is_lost() {
    let (server, _) = start();
    let page = page(&server, "");
    let (_, question) = page.split_once("<details id=\"start-over\">").unwrap();
    let (question, _) = question.split_once("</details>").unwrap();
    assert!(question.contains("Start over…</summary>"), "folded: {question}");
    assert!(question.contains(r#"<form class="card" method="post" action="/_emulator/reset">"#));
    assert!(question.contains("forgotten") && question.contains("lose all changes"));
    assert_eq!(page.matches("/_emulator/reset").count(), 1, "there is no other way to it");
}

#[test]
fn characters_that_are_not_seen_and_html_are_shown_as_text() {
    let (server, project) = start();
    server.emulator().put_file(project, "a\u{202e}<i>.py", "\u{200b}<u>");
    server.emulator().lock(project, "<s>");
    server.emulator().add_rule("files/read:refusal=<em>\u{202e}*2".parse().unwrap());
    let body = format!("{{\"projectId\": {project}, \"x\": \"<u>\u{2066}\"}}");
    call(&server, "files/read", &body);
    let page = page(&server, "");
    for (raw, told) in [
        ("<i>", r"a\u{202e}&lt;i&gt;.py"),
        ("<u>", r"\u{200b}&lt;u&gt;"),
        ("<s>", "open in &lt;s&gt;"),
        ("<em>", r"refusal=&lt;em&gt;\u{202e}"),
    ] {
        assert!(page.contains(told), "{told} in {page}");
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains(r"\u{2066}"), "{page}");
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{2066}']), "{page}");
}

#[test]
fn projects_are_paged_and_a_long_list_is_folded() {
    let (server, _) = start();
    assert!(page(&server, "").contains(" open>"));
    for number in 0..24 {
        server.emulator().add_project(&format!("Other {number:02}"), Language::Python);
    }
    let first = page(&server, "");
    assert_eq!(first.matches("id=\"project-").count(), 10);
    assert!(!first.contains(" open>"));
    assert!(first.contains("Pages of projects") && first.contains("Page 1 of 3"));
    let last = page(&server, "?projects=3");
    assert_eq!(last.matches("id=\"project-").count(), 5);
    assert!(last.contains("Other 23"));
}

#[test]
fn a_rule_that_cannot_be_read_leaves_a_way_back() {
    let (server, _) = start();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, head, page) = ask(&server, "POST /_emulator/faults", form, "rule=%3Cb%3E");
    assert_eq!(status, 400);
    assert!(head.contains("text/html"), "{head}");
    assert!(page.contains("`&lt;b&gt;` is no fault") && page.contains(r#"<a href="/">"#), "{page}");
}
