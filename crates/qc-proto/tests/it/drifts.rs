//! Every drift of PHP's JSON that is known is read; what only resembles one is refused by name.

use proptest::prelude::*;
use qc_proto::{
    Answer, Endpoint as _, ErrorKind, FileList, ProjectFile, ProjectId, ProjectList, ReadFile,
    ReadFiles, RemoteName, decode_answer, encoded::ReadEncodedFiles,
};
use serde_json::Value;

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
fn a_null_list_is_empty_and_a_missing_one_is_no_answer() {
    for body in [r#"{"success":true,"files":null}"#, r#"{"success":1,"files":{}}"#] {
        assert!(read(body).is_empty());
    }
    for body in [r#"{"success":true}"#, r#"{"success":true,"file":[]}"#] {
        let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("missing field `files`"), "{error}");
        let error = decode_answer::<ProjectList>(body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("missing field `projects`"), "{error}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_name_and_the_others_are_there() {
    let body = r#"{"success":true,"files":[
        {"name":"a.py","content":7},{"name":"b.py","content":"b"},{"name":"c.py"},
        {"name":"d.py","content":["x"]},{"name":"e.py","content":null}]}"#;
    let Ok(Answer::Success(list)) = decode_answer::<FileList>(body.as_bytes()) else { panic!() };
    let names: Vec<_> = list.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["b.py", "e.py"]);
    let told: Vec<_> = list.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a.py cannot be read: its content is no text",
            "c.py cannot be read: it has no content",
            "d.py cannot be read: its content is no text",
        ]
    );
}

/// Everything that a file has beside its name and content, odd.
#[test]
fn what_nothing_depends_on_never_fails_a_file() {
    for odd in ["null", "1.5", r#""odd""#, "[]", r#"{"deep":[1]}"#, "-1", "9999999999999999999"] {
        let body = format!(
            r#"{{"success":true,"files":[{{"name":"a","content":"b","id":{odd},"projectId":{odd},
                "modified":{odd},"open":{odd},"isLibrary":{odd},"new":{odd}}}]}}"#
        );
        assert_eq!(read(&body)[0].content, "b", "{odd}");
        assert_eq!(read(&body)[0].is_library, None, "{odd}");
    }
}

fn projects(body: &str) -> ProjectList {
    match decode_answer::<ProjectList>(body.as_bytes()) {
        Ok(Answer::Success(list)) => list,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn parameters_come_in_many_shapes() {
    for (shape, expected) in [
        (
            r#"[{"key":"a","value":"1"},{"key":"b","value":2.5,"min":0,"type":"float"}]"#,
            "a=1 b=2.5",
        ),
        (r#"{"0":{"key":"a","value":1.5}}"#, "a=1.5"),
        (r#"{"a":{"value":"1"},"b":{"key":"c","value":null}}"#, "a=1 c="),
        (r#"{"a":"1","b":2,"c":true,"d":null}"#, "a=1 b=2 c=true d="),
        (r#"[{"name":"a","value":0}]"#, "a=0"),
        ("[]", ""),
        ("{}", ""),
        ("null", ""),
    ] {
        let list = projects(&format!(
            r#"{{"success":true,"projects":[{{"projectId":1,"name":"x","parameters":{shape}}}]}}"#
        ));
        let read = list.projects[0].parameters.iter().flatten();
        let read: Vec<_> = read.map(|one| format!("{}={}", one.key, one.value)).collect();
        assert_eq!(read.join(" "), expected, "{shape}");
    }
    // A list without the odd one would say that there is none.
    for odd in [
        "7",
        r#"[7]"#,
        r#"["x"]"#,
        "[{}]",
        r#"[{"key":"a"}]"#,
        r#"[{"key":"c","value":"1"},{"key":"b","value":[]}]"#,
    ] {
        let list = projects(&format!(
            r#"{{"success":true,"projects":[{{"projectId":1,"parameters":{odd}}}]}}"#
        ));
        assert_eq!(list.projects[0].parameters, None, "{odd}");
    }
}

#[test]
fn nothing_but_its_number_is_needed_of_a_project() {
    const FIELDS: [&str; 17] = [
        "organizationId",
        "ownerId",
        "name",
        "description",
        "modified",
        "created",
        "language",
        "parameters",
        "libraries",
        "leanVersionId",
        "leanPinnedToMaster",
        "leanEnvironment",
        "encrypted",
        "encryptionKey",
        "maxFileSize",
        "collaborators",
        "liveForm",
    ];
    for odd in ["null", "0", "1.5", r#""""#, r#""odd""#, "[]", "[0]", r#"{"a":[1]}"#, "true"] {
        let fields = FIELDS.map(|field| format!(r#""{field}":{odd}"#)).join(",");
        let list =
            projects(&format!(r#"{{"success":true,"projects":[{{"projectId":3,{fields}}}]}}"#));
        assert_eq!(list.projects[0].project_id.get(), 3, "{odd}");
        assert_eq!(list.unreadable, [], "{odd}");
    }
    let list = projects(
        r#"{"success":true,"projects":[{"projectId":0,"name":"zero"},7,{"projectId":5,"name":null},{"name":"none"}]}"#,
    );
    assert_eq!((list.projects.len(), list.projects[0].name.as_str()), (1, ""));
    let told: Vec<_> = list.unreadable.iter().map(|project| project.name.as_str()).collect();
    assert_eq!(told, ["zero", "", "none"]);
    assert_eq!(
        list.unreadable[1].to_string(),
        "an entry without a name cannot be read: it has no number"
    );
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
            files[0].modified.as_ref().and_then(|modified| modified.since_epoch()),
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
        let moment = read(&body)[0].modified.as_ref().and_then(|modified| modified.since_epoch());
        assert_eq!(moment.map(|moment| moment.as_secs()), Some(1_762_779_606), "{date}");
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
fn refusals_say_why_in_many_places() {
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
        (r#"{"success":"false","error":"f"}"#, vec!["f"], None),
        (
            r#"{"success":false,"errors":[{"code":3,"message":"g"},["h",null,7]],"message":{"a":{"b":"i"}}}"#,
            vec!["g", "h", "i"],
            None,
        ),
        (r#"{"success":false,"errorCode":"odd","errors":[""]}"#, vec![], None),
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
        (r#"{"success":true,"files":[{"name":null,"content":""}]}"#, "files[0].name"),
        (r#"{"success":true,"files":[7]}"#, "files[0]"),
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
        ("<html>\n{\"success\":true,\"files\":[]}", "."),
    ] {
        let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
        assert!(error.field().starts_with(field), "{body}: {error}");
        assert!(error.offset() <= body.len(), "{body}: {error}");
    }
    let body = r#"{"success":true,"files":[{"content":"","name":7}]}"#;
    let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
    assert_eq!(&body[error.offset() - 1..error.offset()], "7", "{error}");
    let body = "{\"success\":true,\n\n\"files\":[{\n\"content\":\"\",\"name\":7}]}";
    let error = decode_answer::<FileList>(body.as_bytes()).unwrap_err();
    assert_eq!(&body[error.offset() - 1..error.offset()], "7", "{error}");
    for none in ["[]", "7"] {
        let error = decode_answer::<FileList>(none.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("no JSON object"), "{error}");
    }
}

/// Any JSON.
fn odd() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Fields that no command reads, where an answer, a file, a project, a parameter and a library may have them.
fn unread() -> impl Strategy<Value = Vec<(usize, String, Value)>> {
    prop::collection::vec((0..5_usize, "x[a-zA-Z ]{0,8}", odd()), 0..8)
}

/// Adds each field to the objects of its place.
fn with_unread(answer: &Value, fields: &[(usize, String, Value)]) -> Vec<u8> {
    let mut answer = answer.clone();
    for (place, key, value) in fields {
        let pointers: &[&str] = match place {
            0 => &[""],
            1 => &["/files/0", "/files/1"],
            2 => &["/projects/0", "/projects/1"],
            3 => &["/projects/0/parameters/0", "/projects/0/encryptionKey"],
            _ => &["/projects/0/libraries/0"],
        };
        for pointer in pointers {
            if let Some(Value::Object(object)) = answer.pointer_mut(pointer) {
                object.insert(key.clone(), value.clone());
            }
        }
    }
    serde_json::to_vec(&answer).unwrap()
}

proptest! {
    #[test]
    fn what_no_command_reads_changes_nothing(fields in unread()) {
        let files = serde_json::json!({
            "files": [
                {"name": "a.py", "content": "1", "isLibrary": false, "modified": "2025-11-10 13:00:06"},
                {"name": "b.py", "content": null, "id": 7, "projectId": 9, "open": true},
            ],
            "success": true,
        });
        let projects = serde_json::json!({
            "projects": [
                {
                    "projectId": 1, "name": "X", "language": "Py", "ownerId": 3, "encrypted": false,
                    "parameters": [{"key": "a", "value": "1"}], "libraries": [{"projectId": 5}],
                    "encryptionKey": {"id": "k", "name": "n"}, "organizationId": "o",
                },
                {"projectId": 2, "name": "Y"},
            ],
            "success": true,
        });
        let refusal = serde_json::json!({"errors": ["no"], "errorCode": 7, "success": false});
        for answer in [&files, &refusal] {
            let plain = decode_answer::<FileList>(&with_unread(answer, &[])).unwrap();
            prop_assert_eq!(decode_answer::<FileList>(&with_unread(answer, &fields)), Ok(plain));
            let plain = ReadEncodedFiles::<()>::decode(&with_unread(answer, &[]).into()).unwrap();
            let read = ReadEncodedFiles::<()>::decode(&with_unread(answer, &fields).into());
            prop_assert_eq!(read, Ok(plain));
        }
        for answer in [&projects, &refusal] {
            let plain = decode_answer::<ProjectList>(&with_unread(answer, &[])).unwrap();
            prop_assert_eq!(decode_answer::<ProjectList>(&with_unread(answer, &fields)), Ok(plain));
        }
    }
}

#[test]
fn a_librarys_files_are_not_the_projects_own() {
    let body = r#"{"success":true,"files":[
        {"name":"a.py","content":"lib","isLibrary":true},{"name":"a.py","content":"own"},
        {"name":"b.py","content":7},{"name":"c.py","content":7,"isLibrary":1},
        {"name":"c.py","content":"own"},{"name":"d.py","content":"lib","isLibrary":true}]}"#;
    let list = || match decode_answer::<FileList>(body.as_bytes()) {
        Ok(Answer::Success(list)) => list,
        other => panic!("{other:?}"),
    };
    let project_id = ProjectId::new(9).unwrap();
    let texts = |list: &FileList| -> Vec<String> {
        list.into_iter().map(|file| format!("{} {}", file.name, file.content)).collect()
    };
    let own = ReadFiles::all(project_id).output(list()).unwrap();
    assert_eq!(texts(&own), ["a.py own", "c.py own"]);
    let names: Vec<_> = own.unreadable.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["b.py"]);
    let all = ReadFiles::with_libraries(project_id).output(list()).unwrap();
    assert_eq!((all.files.len(), all.unreadable.len(), all.into_iter().count()), (4, 2, 4));

    let read =
        |name: &str| ReadFile::new(project_id, RemoteName::from_service(name)).output(list());
    assert_eq!(read("a.py").unwrap().content, "own");
    assert_eq!(read("c.py").unwrap().content, "own");
    assert_eq!(read("b.py").unwrap_err().kind, ErrorKind::Decode);
    assert_eq!(read("d.py").unwrap_err().kind, ErrorKind::FileNotFound);
}
