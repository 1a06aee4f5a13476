//! Answers as the real service was seen to give them, field by field, are read whole.

use std::time::Duration;

use qc_proto::{
    Answer, Compile, CompileState, Empty, ErrorKind, FileList, Policy, Project, ProjectList,
    decode_answer,
};
use serde_json::{Value, json};

use crate::calls::{Run, answer, read, session};

const AUTHENTICATE: &str = include_str!("shapes/authenticate.json");
const FILES: &str = include_str!("shapes/files.json");
const PROJECTS_OF_2023: &str = include_str!("shapes/projects-2023.json");
const PROJECTS: &str = include_str!("shapes/projects.json");
const PARAMETERS: &str = include_str!("shapes/parameters.json");
const COMPILE_CREATE: &str = include_str!("shapes/compile-create.json");
const COMPILE_READ: &str = include_str!("shapes/compile-read.json");
const REFUSALS: &str = include_str!("shapes/refusals.json");

fn decode<T: serde::de::DeserializeOwned>(body: &str) -> T {
    let Answer::Success(payload) = decode_answer(body.as_bytes()).unwrap() else {
        panic!("a refusal")
    };
    payload
}

/// Returns the fields of an answer's own object that ours does not say, null for null.
fn unlike(seen: &Value, ours: &Value) -> Vec<String> {
    let fields = ours.as_object().unwrap().iter();
    let unlike = fields.filter(|(name, ours)| seen.get(name).unwrap_or(&Value::Null) != *ours);
    unlike.map(|(name, ours)| format!("{name}: {ours}")).collect()
}

#[test]
fn a_file_is_read_whole() {
    let list: FileList = decode(FILES);
    let seen: Value = serde_json::from_str(FILES).unwrap();
    assert_eq!((list.files.len(), list.unreadable.len()), (1, 0));
    assert_eq!(json!(list)["files"], seen["files"], "a file has no other fields");
}

#[test]
fn projects_are_read_whole() {
    for body in [PROJECTS_OF_2023, PROJECTS] {
        let list: ProjectList = decode(body);
        assert_eq!((list.projects.len(), list.unreadable.len()), (1, 0));
        let mut seen = serde_json::from_str::<Value>(body).unwrap()["projects"][0].take();
        for library in seen["libraries"].as_array_mut().unwrap() {
            *library = library["projectId"].take();
        }
        for one in seen["collaborators"].as_array_mut().into_iter().flatten() {
            // The service has renamed it.
            let permission = match one["epermission"].take() {
                Value::Null => one["permission"].take(),
                older => older,
            };
            let [uid, name, owner] = ["uid", "name", "owner"].map(|field| one[field].take());
            *one = json!({ "uid": uid, "name": name, "permission": permission, "owner": owner });
        }
        assert_eq!(unlike(&seen, &json!(list.projects[0])), [""; 0]);
    }
}

#[test]
fn parameters_are_the_same_in_every_form() {
    let forms: Vec<Value> = serde_json::from_str(PARAMETERS).unwrap();
    assert_eq!(forms.len(), 5);
    for form in forms {
        let read: Project =
            serde_json::from_value(json!({"projectId": 1, "parameters": form})).unwrap();
        let parameters = json!(read.parameters);
        assert_eq!(parameters, json!([{"key": "period", "value": "14"}]), "{form}");
    }
}

#[test]
fn builds_are_read_whole() {
    let created: Compile = decode(COMPILE_CREATE);
    let seen: Value = serde_json::from_str(COMPILE_CREATE).unwrap();
    let mut ours = json!(created);
    // Ours says an empty log where there is none.
    assert_eq!(ours.as_object_mut().unwrap().remove("logs"), Some(json!([])));
    assert_eq!(unlike(&seen, &ours), [""; 0]);
    assert_eq!((&created.state, created.parameters.len()), (&CompileState::InQueue, 1));
    let read: Compile = decode(COMPILE_READ);
    assert_eq!(unlike(&serde_json::from_str(COMPILE_READ).unwrap(), &json!(read)), [""; 0]);
    let places: Vec<_> = read.diagnostics().map(|place| (place.file, place.line)).collect();
    assert_eq!(places.len(), 2, "{places:?}");
}

#[test]
fn credentials_are_accepted_and_refusals_are_told_apart() {
    let Empty {} = decode(AUTHENTICATE);
    let refusals: Vec<Value> = serde_json::from_str(REFUSALS).unwrap();
    let kinds = [
        ErrorKind::Credentials,
        ErrorKind::Clock,
        ErrorKind::Credentials,
        ErrorKind::FileNotFound,
        ErrorKind::Refused,
        ErrorKind::Refused,
        ErrorKind::RateLimited,
        ErrorKind::LockedOut,
        ErrorKind::Locked,
        ErrorKind::TooLarge,
    ];
    assert_eq!(refusals.len(), kinds.len());
    for (body, kind) in refusals.iter().zip(kinds) {
        // No time for a pause: a throttled call ends as well.
        let mut policy = Policy::default();
        policy.deadline = Duration::from_nanos(1);
        let answers = vec![answer(200, &body.to_string())];
        let mut session = session().with_policy(policy);
        let error = Run::new().call(&mut session, read(), answers).unwrap_err();
        assert_eq!(error.kind(), kind, "{body}");
        assert_eq!(json!(error.messages()), body["errors"], "its words are kept");
    }
}
