//! Wrong clocks and wrong tokens: what is corrected, how often, and what is remembered.

use qc_proto::{Effect, ErrorKind};

use crate::calls::{ABSENT, Run, answer, create, patch, read, session, with_header};

#[test]
fn a_wrong_clock_heals_once_and_is_remembered() {
    let hash = r#"{"success":false,"errors":["Hash doesn't match. UID: 1"]}"#;
    for date in ["Tue, 14 Nov 2023 23:13:20 GMT", "Tue, 14 Nov 2023 21:13:20 GMT"] {
        let mut session = session();
        let mut run = Run::new();
        let refused = with_header(answer(200, hash), "date", date);
        let good = with_header(answer(200, r#"{"success":true,"files":[]}"#), "date", date);
        run.call(&mut session, read(), vec![refused, good]).unwrap();
        assert_eq!(run.sent.len(), 2);
        assert!((session.clock_offset_ms().abs() - 3_600_000).abs() < 2_000);
        let good = with_header(answer(200, r#"{"success":true,"files":[]}"#), "date", date);
        run.call(&mut session, read(), vec![good]).unwrap();
    }
}

#[test]
fn a_wrong_token_costs_one_request() {
    for (status, body) in [
        (200, r#"{"success":false,"errors":["Hash doesn't match. UID: 1"]}"#),
        (200, r#"{"success":false,"errors":["UserID not valid (None) REF #m2scDQ8GD7"]}"#),
        (401, "<html>Unauthorized</html>"),
        (500, r#"{"success":false,"errors":["Hash doesn't match."]}"#),
    ] {
        let refused = with_header(answer(status, body), "date", "Tue, 14 Nov 2023 22:13:20 GMT");
        let error = Run::new().call(&mut session(), create(), vec![refused]).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Credentials, Effect::None));
        assert!(error.to_string().contains("API token"), "{error}");
    }
}

#[test]
fn a_wrong_token_on_a_wrong_clock_is_tried_twice_and_not_remembered() {
    let hash = r#"{"success":false,"errors":["Hash doesn't match."]}"#;
    let refused = || with_header(answer(200, hash), "date", "Tue, 14 Nov 2023 23:13:20 GMT");
    let mut session = session();
    let error = Run::new().call(&mut session, create(), vec![refused(), refused()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(session.clock_offset_ms(), 0);
}

#[test]
fn a_clock_that_cannot_be_followed_is_corrected_once_a_call() {
    let hash = r#"{"success":false,"errors":["Hash doesn't match."]}"#;
    let refused = |date| with_header(answer(200, hash), "date", date);
    let mut session = session();
    let first = refused("Tue, 14 Nov 2023 23:13:20 GMT");
    let second = refused("Wed, 15 Nov 2023 05:13:20 GMT");
    let error = Run::new().call(&mut session, read(), vec![first, second]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(session.clock_offset_ms(), 0, "the correction did not help");
}

#[test]
fn an_answer_in_doubt_does_not_move_a_corrected_clock() {
    let hash = r#"{"success":false,"errors":["Hash doesn't match."]}"#;
    let empty = r#"{"success":true,"files":[]}"#;
    let hour_on = "Tue, 14 Nov 2023 23:13:20 GMT";
    let dated = |input, date| with_header(input, "date", date);
    let mut session = session();
    let heal = vec![dated(answer(200, hash), hour_on), dated(answer(200, empty), hour_on)];
    Run::new().call(&mut session, read(), heal).unwrap();
    let corrected = session.clock_offset_ms();
    assert!(corrected > 3_500_000);
    // A proxy's page, with the proxy's clock.
    let page = dated(answer(502, "<html></html>"), "Tue, 14 Nov 2023 22:13:20 GMT");
    let mut run = Run::new();
    let error = run.call(&mut session, patch(), vec![page]).unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(session.clock_offset_ms(), corrected);
    // The service's own refusal, with its clock.
    let refusal = dated(answer(200, ABSENT), "Tue, 14 Nov 2023 22:13:20 GMT");
    run.call(&mut session, patch(), vec![refusal]).unwrap_err();
    assert_eq!(session.clock_offset_ms(), 0);
}

#[test]
fn a_500_without_words_after_a_correction_leaves_the_clock_corrected() {
    let hash = r#"{"success":false,"errors":["Hash doesn't match."]}"#;
    let hour_on = |input| with_header(input, "date", "Tue, 14 Nov 2023 23:13:20 GMT");
    let mut session = session();
    let inputs = vec![hour_on(answer(200, hash)), hour_on(answer(500, ""))];
    let error = Run::new().call(&mut session, patch(), inputs).unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(session.clock_offset_ms() > 3_500_000, "nothing was refused with it");
}
