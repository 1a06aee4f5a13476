//! Every drift, on the answer of every endpoint: the client reads what it reads without it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

use std::time::Duration;

use qc_emulator::{Drift, Emulator, ExchangeOutcome, Fault};
use qc_proto::{
    Answer, ApiToken, Credentials, Empty, FileList, Language, ProjectList, Signature, UserId,
    bytes::Bytes, decode_answer, http::Request,
};
use serde_json::{Value, json};

const WALL: Duration = Duration::from_secs(1_762_779_606);

fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

/// The answer's body under this drift, on a service made anew.
fn body(endpoint: &str, fields: &str, drift: Option<Drift>) -> Bytes {
    let mut emulator = Emulator::new(credentials());
    let project = emulator.add_project("Test", Language::Python);
    emulator.put_file(project, "empty.py", "");
    emulator.put_file(project, "a.py", "x = 'ä'\n");
    for number in 0..12 {
        emulator.put_file(project, &format!("n{number}.py"), "n\n");
    }
    let library = emulator.add_project("Library", Language::Python);
    let signed = |endpoint: &str, fields: &str| {
        let fields = fields.replace("PROJECT", &project.to_string());
        let fields = fields.replace("LIBRARY", &library.to_string());
        let mut request = Request::post(format!("/api/v2/{endpoint}")).body(fields.into()).unwrap();
        Signature::new(&credentials(), WALL.as_secs()).apply(request.headers_mut());
        request
    };
    // So that each list of a project has something in it.
    let settled = emulator.handle(WALL, &signed("projects/update", SETTINGS));
    assert_eq!(&settled.body()[..], br#"{"success":true}"#);
    let request = signed(endpoint, fields);
    if let Some(drift) = drift {
        emulator.push_fault(Fault::Drift(drift));
    }
    match emulator.exchange(WALL, &request).outcome {
        ExchangeOutcome::Answer(response) => response.into_body(),
        other => panic!("{other:?}"),
    }
}

/// What a client makes of an answer, as one comparable text, without what the drift takes away.
fn read(endpoint: &str, body: &[u8], drift: Drift) -> String {
    match endpoint {
        "files/read" => {
            let Answer::Success(mut list) = decode_answer::<FileList>(body).unwrap() else {
                panic!()
            };
            for file in &mut list.files {
                match drift {
                    Drift::NullId => file.id = None,
                    Drift::ZeroDate => file.modified = None,
                    _ => {}
                }
            }
            let moments: Vec<_> = list
                .files
                .iter()
                .map(|file| file.modified.as_ref().and_then(|moment| moment.since_epoch()))
                .collect();
            list.files.iter_mut().for_each(|file| file.modified = None);
            format!("{list:?} {moments:?}")
        }
        "projects/read" | "projects/create" => {
            let Answer::Success(mut list) = decode_answer::<ProjectList>(body).unwrap() else {
                panic!()
            };
            for project in &mut list.projects {
                (project.modified, project.created) = (None, None);
                match drift {
                    Drift::NullProjectName => project.name.clear(),
                    Drift::OrganizationAsNumber => project.organization_id = None,
                    _ => {}
                }
            }
            if drift == Drift::ProjectZero {
                list.unreadable.clear();
            }
            format!("{list:?}")
        }
        _ => {
            let Answer::Success(done) = decode_answer::<Empty>(body).unwrap() else { panic!() };
            format!("{done:?}")
        }
    }
}

const SETTINGS: &str = r#"{"projectId":PROJECT,"parameters":[{"key":"k","value":"v"},{"key":"n","value":"-5.25"}],"libraries":[LIBRARY]}"#;

const CALLS: &[(&str, &str)] = &[
    ("authenticate", "{}"),
    ("files/create", r#"{"projectId":PROJECT,"name":"new.py","content":"x"}"#),
    ("files/read", r#"{"projectId":PROJECT}"#),
    ("files/update", r#"{"projectId":PROJECT,"name":"a.py","content":"y"}"#),
    ("files/update", r#"{"projectId":PROJECT,"name":"a.py","newName":"b.py"}"#),
    ("files/delete", r#"{"projectId":PROJECT,"name":"a.py"}"#),
    (
        "files/patch",
        r#"{"projectId":PROJECT,"patch":"--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 'ä'\n+x = 'ö'\n"}"#,
    ),
    ("projects/read", "{}"),
    ("projects/update", SETTINGS),
    ("projects/collaboration/lock/acquire", r#"{"projectId":PROJECT,"codeSourceId":"cli"}"#),
    ("projects/delete", r#"{"projectId":PROJECT}"#),
    ("projects/create", r#"{"name":"New","language":"Py"}"#),
];

#[test]
fn an_answer_reads_the_same_in_every_form() {
    for drift in Drift::ALL.iter().copied() {
        for (endpoint, fields) in CALLS {
            if matches!(drift, Drift::ListMissing | Drift::ContentAsObject) {
                continue;
            }
            let plain = body(endpoint, fields, None);
            let drifted = body(endpoint, fields, Some(drift));
            assert_eq!(
                read(endpoint, &drifted, drift),
                read(endpoint, &plain, drift),
                "{drift} of {endpoint}: {drifted:?}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_told_and_hides_nothing_else() {
    let files = ("files/read", r#"{"projectId":PROJECT}"#);
    let drifted = |(endpoint, fields), drift| body(endpoint, fields, Some(drift));
    let list = |body: &[u8]| match decode_answer::<FileList>(body) {
        Ok(Answer::Success(list)) => list,
        other => panic!("{other:?}"),
    };
    let all = list(&body(files.0, files.1, None));
    let rest = list(&drifted(files, Drift::ContentAsObject));
    assert_eq!(rest.files, all.files[1..]);
    assert_eq!(rest.unreadable[0].name, all.files[0].name.as_str());

    let projects = drifted(("projects/read", "{}"), Drift::ProjectZero);
    let Ok(Answer::Success(list)) = decode_answer::<ProjectList>(&projects) else { panic!() };
    assert_eq!((list.projects.len(), list.unreadable.len()), (2, 1));

    let no_files = decode_answer::<FileList>(&drifted(files, Drift::ListMissing));
    assert!(no_files.unwrap_err().to_string().contains("files"));
    let no_projects = drifted(("projects/read", "{}"), Drift::ListMissing);
    let no_projects = decode_answer::<ProjectList>(&no_projects);
    assert!(no_projects.unwrap_err().to_string().contains("projects"));
}

/// The forms as they were seen or published.
#[test]
fn odd_projects_and_refusals_look_as_the_services_own() {
    let project = |drift| -> Value {
        let answer = body("projects/read", r#"{"projectId":PROJECT}"#, Some(drift));
        serde_json::from_slice::<Value>(&answer).unwrap()["projects"][0].take()
    };
    let parameters = |drift| project(drift)["parameters"].take();
    assert_eq!(
        parameters(Drift::ParameterValuesAsNumbers),
        json!([{"key": "k", "value": "v"}, {"key": "n", "value": -5.25}])
    );
    assert_eq!(parameters(Drift::ParametersAsObject), json!({"k": "v", "n": "-5.25"}));
    assert_eq!(
        parameters(Drift::ParametersWithNames),
        json!([{"name": "k", "value": "v"}, {"name": "n", "value": "-5.25"}])
    );
    assert_eq!(project(Drift::LibraryZero)["libraries"][1]["projectId"], 0);
    assert_eq!(project(Drift::EncryptionKeyAsText)["encryptionKey"], "");
    assert_eq!(project(Drift::OrganizationAsNumber)["organizationId"], 0);
    assert_eq!(project(Drift::NullProjectName)["name"], Value::Null);
    assert_eq!(project(Drift::ProjectZero)["projectId"], 0);

    let refusal = |drift| -> Value {
        let answer = body("files/read", r#"{"projectId":PROJECT,"name":"none.py"}"#, Some(drift));
        serde_json::from_slice(&answer).unwrap()
    };
    let words = "File not found: none.py";
    assert_eq!(refusal(Drift::ReasonsAsObjects)["errors"], json!([{"message": words}]));
    assert_eq!(refusal(Drift::ErrorCodeAsText)["errorCode"], "1001");
    assert_eq!(refusal(Drift::SuccessAsText)["success"], "false");
    let done = body("authenticate", "{}", Some(Drift::SuccessAsText));
    assert_eq!(&done[..], br#"{"success":"true"}"#);
}

#[test]
fn every_drift_changes_some_answer() {
    let refused = ("files/read", r#"{"projectId":PROJECT,"name":"none.py"}"#);
    for drift in Drift::ALL.iter().copied() {
        let changed = CALLS.iter().chain([&refused]).any(|(endpoint, fields)| {
            let value = |body: Bytes| serde_json::from_slice::<Value>(&body).ok();
            value(body(endpoint, fields, None)) != value(body(endpoint, fields, Some(drift)))
        });
        assert!(changed, "{drift} changes nothing");
        assert_eq!(drift.to_string().parse(), Ok(drift));
    }
}

#[test]
fn a_refusal_is_one_in_every_form() {
    let fields = r#"{"projectId":PROJECT,"name":"none.py"}"#;
    for drift in Drift::ALL.iter().copied() {
        let body = body("files/read", fields, Some(drift));
        let Ok(Answer::Refusal(envelope)) = decode_answer::<FileList>(&body) else {
            panic!("{drift}: {body:?}")
        };
        if drift != Drift::NoReason {
            assert_eq!(envelope.messages, ["File not found: none.py"], "{drift}");
            assert_eq!(envelope.code, Some(1001), "{drift}");
        }
    }
}
