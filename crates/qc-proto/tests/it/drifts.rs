//! Every drift of PHP's JSON that is known is read; what only resembles one is refused by name.

use qc_proto::{Answer, FileList, ProjectFile, ProjectList, decode_answer};

fn read(body: &str) -> Vec<ProjectFile> {
    match decode_answer::<FileList>(body.as_bytes()) {
        Ok(Answer::Success(list)) => list.files,
        other => panic!("{body}: {other:?}"),
    }
}

const PLAIN: &str = r#"{"files":[{"id":7,"projectId":9,"name":"a\/b.py","content":"x\u00e4","modified":"2025-11-10 13:00:06","open":true,"isLibrary":false}],"success":true}"#;

#[test]
fn each_drift_reads_as_the_plain_form() {
    let plain = read(PLAIN);
    let file = r#"{"id":7,"projectId":9,"name":"a/b.py","content":"xä","modified":"2025-11-10 13:00:06","open":true,"isLibrary":false}"#;
    let drifts = [
        format!(r#"{{"success":true,"files":[{file}]}}"#),
        format!(r#"{{"success":1,"files":[{file}]}}"#),
        format!(r#"{{"success":true,"errors":null,"files":[{file}]}}"#),
        format!(r#"{{"success":true,"errors":[],"files":[{file}]}}"#),
        format!(r#"{{"success":true,"errors":{{}},"files":[{file}]}}"#),
        format!(r#"{{"success":true,"files":{{"0":{file}}}}}"#),
        format!(r#"{{"success":true,"files":{{"3":{file}}}}}"#),
        format!(r#"{{"success":true,"new":{{"deep":[1,{{}}]}},"files":[{file}]}}"#),
        PLAIN.replace(r#""id":7"#, r#""id":"7""#).replace(r#""projectId":9"#, r#""projectId":"9""#),
        PLAIN.replace(r#""open":true,"isLibrary":false"#, r#""open":1,"isLibrary":0"#),
        format!("\u{feff}{PLAIN}"),
        format!("\u{feff} \r\n{PLAIN}\n"),
        format!(
            "<br />\n<b>Warning</b>:  Undefined {{index}} in <b>/x.php</b> on line <b>3</b><br />\n{PLAIN}"
        ),
        format!("PHP Notice:  {{ odd }} in /x.php\n{PLAIN}"),
        format!("\nWarning: foreach() in /x.php on line 3\n{PLAIN}"),
    ];
    for drift in drifts {
        assert_eq!(read(&drift), plain, "{drift}");
    }
}

#[test]
fn a_list_with_gaps_keeps_its_order() {
    let body = r#"{"success":true,"files":{"0":{"name":"a","content":""},"2":{"name":"b","content":null}}}"#;
    let files = read(body);
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(files[1].content, "");
}

#[test]
fn a_missing_or_null_list_is_empty() {
    for body in
        [r#"{"success":true}"#, r#"{"success":true,"files":null}"#, r#"{"success":1,"files":{}}"#]
    {
        assert!(read(body).is_empty());
    }
}

#[test]
fn dates_never_fail_a_file() {
    for date in
        [r#""0000-00-00 00:00:00""#, "null", "17", "false", "[]", r#"{"date":"x"}"#, r#""""#]
    {
        let body = format!(
            r#"{{"success":true,"files":[{{"name":"a","content":"b","modified":{date}}}]}}"#
        );
        let files = read(&body);
        assert_eq!(
            files[0].modified.as_ref().and_then(|modified| modified.timestamp()),
            None,
            "{date}"
        );
    }
    for date in [
        "2025-11-10 13:00:06",
        "2025-11-10T13:00:06.000Z",
        "2025-11-10T13:00:06",
        "2025-11-10T15:00:06+02:00",
    ] {
        let body = format!(
            r#"{{"success":true,"files":[{{"name":"a","content":"b","modified":"{date}"}}]}}"#
        );
        let timestamp = read(&body)[0].modified.as_ref().and_then(|modified| modified.timestamp());
        assert_eq!(timestamp.map(|timestamp| timestamp.as_second()), Some(1_762_779_606), "{date}");
    }
}

#[test]
fn an_empty_map_comes_as_an_empty_list() {
    let body = br#"{"success":true,"projects":[{"projectId":"3","name":"x","encryptionKey":[],"parameters":{},"libraries":null}]}"#;
    let Ok(Answer::Success(list)) = decode_answer::<ProjectList>(body) else { panic!() };
    assert_eq!(list.projects[0].encryption_key, None);
    assert_eq!(list.projects[0].project_id.get(), 3);
}

#[test]
fn refusals_say_why_in_four_places() {
    for (body, messages, code) in [
        (
            r#"{"errors":["File not found: main.py"],"errorCode":1001,"success":false}"#,
            vec!["File not found: main.py"],
            Some(1001),
        ),
        (r#"{"success":0,"messages":["a","b"]}"#, vec!["a", "b"], None),
        (r#"{"success":false,"Message":"c","errorCode":"5"}"#, vec!["c"], Some(5)),
        (r#"{"success":false,"errors":{"1":"d"},"files":"nonsense"}"#, vec!["d"], None),
        (r#"{"success":false}"#, vec![], None),
        (r#"{"files":7,"success":false,"errors":"e"}"#, vec!["e"], None),
    ] {
        let Ok(Answer::Refusal(envelope)) = decode_answer::<FileList>(body.as_bytes()) else {
            panic!("{body}")
        };
        assert_eq!(envelope.messages, messages, "{body}");
        assert_eq!(envelope.code, code, "{body}");
    }
}

#[test]
fn what_only_resembles_a_drift_is_refused_by_field_and_offset() {
    for (body, field) in [
        (r#"{"success":true,"files":[{"name":"a","content":7}]}"#, "files[0].content"),
        (r#"{"success":true,"files":[{"name":"a"}]}"#, "files[0]"),
        (r#"{"success":true,"files":[{"name":null,"content":""}]}"#, "files[0].name"),
        (r#"{"success":true,"files":[{"name":"a","content":"","open":"yes"}]}"#, "files[0].open"),
        (r#"{"success":true,"files":[{"name":"a","content":"","id":1.5}]}"#, "files[0].id"),
        (r#"{"success":true,"files":{"x":{"name":"a","content":""}}}"#, "files"),
        (
            r#"{"success":true,"files":{"2":{"name":"a","content":""},"1":{"name":"b","content":""}}}"#,
            "files",
        ),
        (r#"{"success":true,"files":"none"}"#, "files"),
        (r#"{"success":2,"files":[]}"#, "success"),
        (r#"{"files":[]}"#, "success"),
        (r#"{"success":true,"files":[]} trailing"#, "."),
        // A key without a name names nothing.
        (r#"{"success":true,"":nul}"#, "."),
        ("[]", "."),
        ("", "."),
        ("<html>{\"success\":true}</html>", "."),
    ] {
        let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
        assert!(error.field().starts_with(field), "{body}: {error}");
        assert!(error.offset() <= body.len(), "{body}: {error}");
    }
    let body = r#"{"success":true,"files":[{"name":"a","content":7}]}"#;
    let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
    assert_eq!(&body[error.offset() - 1..error.offset()], "7", "{error}");
}
