//! What the words of a refusal mean, and what else an error carries.

use qc_proto::{Effect, ErrorKind};

use crate::calls::{Run, answer, create, read, session, with_header};

const NO_FILES: &str = r#"{"success":true,"files":[]}"#;

/// The only request of a call that reads, and what came of it.
fn refused(status: u16, body: &str) -> qc_proto::Error {
    Run::new().call(&mut session(), read(), vec![answer(status, body)]).unwrap_err()
}

#[test]
fn a_lock_out_ends_at_once_and_says_how_long() {
    let words = r#"{"success":false,"errors":["too many failed attempts for this user or ip"]}"#;
    for status in [200, 401, 429] {
        let error = refused(status, words);
        assert_eq!((error.kind(), error.effect()), (ErrorKind::LockedOut, Effect::None));
        assert!(error.to_string().contains("send nothing for some hours"), "{error}");
    }
    let input = with_header(answer(429, words), "retry-after", "7200");
    let error = Run::new().call(&mut session(), read(), vec![input]).unwrap_err();
    assert!(error.to_string().contains("ask again in 7200 s"), "{error}");
}

#[test]
fn a_throttle_in_words_waits() {
    for words in [
        r#"{"success":false,"errors":["Too many backtest requests; please slow down."]}"#,
        r#"{"success":"false","Message":"Rate limit exceeded"}"#,
        r#"{"success":0,"error":{"text":"Too many requests"}}"#,
    ] {
        let mut run = Run::new();
        let inputs = vec![answer(200, words), answer(200, words), answer(200, NO_FILES)];
        run.call(&mut session(), read(), inputs).unwrap();
        assert_eq!(run.waited.len(), 2);
        assert!(run.waited[1] > run.waited[0], "{:?}", run.waited);
    }
}

#[test]
fn a_page_is_named_by_what_it_is() {
    let error = refused(403, "\n<!DOCTYPE html><html><body>Blocked</body></html>");
    assert!(error.to_string().contains("a web page"), "{error}");
    assert!(error.to_string().contains("[HTTP 403]"), "{error}");
    // A proxy's own form may say why.
    let error = refused(403, r#"{"error":{"message":"blocked by policy 7"}}"#);
    assert!(error.to_string().contains("blocked by policy 7"), "{error}");
    assert!(!error.to_string().contains("HTML"), "{error}");
}

#[test]
fn what_is_no_answer_of_the_service_is_asked_for_again_and_an_odd_success_is_not() {
    let four = || (0..4).map(|_| answer(200, "garbage")).collect();
    let error = Run::new().call(&mut session(), read(), four()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(error.to_string().contains("the answer is not QuantConnect's: field"), "{error}");
    assert_eq!(refused(200, r#"{"success":true,"files":7}"#).kind(), ErrorKind::Decode);
    let pages = (0..4).map(|_| answer(502, "<html>Bad Gateway</html>")).collect();
    let error = Run::new().call(&mut session(), read(), pages).unwrap_err();
    assert!(error.to_string().contains("a web page"), "{error}");
    let empty = (0..4).map(|_| answer(500, "")).collect();
    let error = Run::new().call(&mut session(), read(), empty).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("QuantConnect is unavailable [HTTP 500 after 4 requests]; try again later"),
        "{error}"
    );
    let denied =
        vec![answer(500, ""), answer(200, r#"{"success":false,"errors":["File not found"]}"#)];
    let mut policy = qc_proto::Policy::default();
    policy.max_attempts = 1;
    let mut once = session().with_policy(policy);
    let error = Run::new().call(&mut once, create(), denied).unwrap_err();
    assert!(error.to_string().contains("nothing was changed; try again later"), "{error}");
    // A refused signature may come as an empty answer of HTTP 500, and as no other one.
    let late = || with_header(answer(500, ""), "date", "Tue, 14 Nov 2023 23:13:20 GMT");
    for (first, is_adopted) in [(late(), true), (answer(500, ""), false)] {
        let mut session = session();
        let last = with_header(answer(200, NO_FILES), "date", "Tue, 14 Nov 2023 23:13:20 GMT");
        Run::new().call(&mut session, read(), vec![first, last]).unwrap();
        assert_eq!(session.clock_offset_ms() > 0, is_adopted);
    }
}

#[test]
fn a_redirect_names_its_target_and_is_not_followed() {
    let input = with_header(answer(302, ""), "location", "https://elsewhere.example/");
    let error = Run::new().call(&mut session(), read(), vec![input]).unwrap_err();
    assert!(error.to_string().contains("redirects to https://elsewhere.example/"), "{error}");
    assert!(refused(307, "").to_string().contains("redirects to nowhere"));
}

#[test]
fn what_www_authenticate_says_is_in_the_error() {
    let input = with_header(answer(401, ""), "www-authenticate", "Basic realm=\"api\"");
    let error = Run::new().call(&mut session(), read(), vec![input]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.www_authenticate().and_then(|wanted| wanted.parameter("realm")), Some("api"));
    assert_eq!(refused(401, "").www_authenticate(), None);
}

#[test]
fn an_envelope_under_an_error_status_settles_nothing() {
    let words = r#"{"success":false,"errors":["Some words"]}"#;
    let mut run = Run::new();
    let there = r#"{"success":true,"files":[{"name":"a.py","content":"x"}]}"#;
    run.call(&mut session(), create(), vec![answer(500, words), answer(200, there)]).unwrap();
    assert_eq!(run.sent, ["files/create", "files/read"], "the service may have acted");
    let mut run = Run::new();
    run.call(&mut session(), read(), vec![answer(429, words), answer(200, NO_FILES)]).unwrap();
    assert_eq!(refused(401, words).kind(), ErrorKind::Credentials);
    assert_eq!(refused(413, words).kind(), ErrorKind::TooLarge);
    assert_eq!(refused(404, NO_FILES).kind(), ErrorKind::Refused, "a success under HTTP 404");
    assert_eq!(refused(400, words).kind(), ErrorKind::Refused);
    for words in ["UserID not valid (None) REF #m2scDQ8GD7", "Hash doesn't match. UID: 1"] {
        let words = format!(r#"{{"success":false,"errors":["{words}"]}}"#);
        assert_eq!(refused(500, &words).kind(), ErrorKind::Credentials);
    }
}

#[test]
fn a_408_is_sent_again() {
    let mut run = Run::new();
    run.call(&mut session(), create(), vec![answer(408, ""), answer(200, r#"{"success":true}"#)])
        .unwrap();
    assert_eq!(run.sent, ["files/create", "files/create"]);
}

#[test]
fn a_known_refusal_is_not_probed_and_an_unknown_one_is() {
    for (words, kind, is_known) in [
        ("Hash doesn't match. UID: 1", ErrorKind::Credentials, true),
        ("UserID not valid (None)", ErrorKind::Credentials, true),
        ("Invalid timestamp", ErrorKind::Clock, true),
        ("File not found: a.py", ErrorKind::FileNotFound, true),
        ("You don't have write permission", ErrorKind::Locked, true),
        ("File exceeds the maximum size of 32,000 characters.", ErrorKind::TooLarge, true),
        ("File content not valid", ErrorKind::Refused, true),
        ("Endpoint not found", ErrorKind::Refused, true),
        ("Project 9 not found", ErrorKind::ProjectNotFound, false),
        ("Something else", ErrorKind::Refused, false),
    ] {
        let body = format!(r#"{{"success":false,"errors":["{words}"]}}"#);
        let mut inputs = vec![answer(200, &body)];
        if !is_known {
            inputs.push(answer(200, r#"{"success":false,"errors":["File not found"]}"#));
        }
        let error = Run::new().call(&mut session(), create(), inputs).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (kind, Effect::None), "{words}");
    }
}
