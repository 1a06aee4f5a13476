//! Several users.

use std::time::Duration;

use qc_emulator::{ExchangeOutcome, Fault, RefusalForm};
use qc_proto::{
    ApiToken, Credentials, Language, ProjectId, Signature, UserId,
    http::{Method, StatusCode},
};
use serde_json::{Value, json};

use crate::service::{Service, credentials, refuses, request, succeeds};

/// Users 7 and 8, each with a project `Test`; the first's is asked for.
fn two() -> (Service, ProjectId) {
    let mut service = Service::new();
    service.emulator.add_user(credentials(8));
    let theirs = service.emulator.add_project_for(UserId::new(8), "Test", Language::CSharp);
    (service, theirs)
}

fn listed(service: &mut Service) -> Vec<Value> {
    let read = service.get("projects/read");
    let projects = read["projects"].as_array().unwrap();
    projects.iter().map(|project| json!([project["projectId"], project["name"]])).collect()
}

#[test]
fn each_sees_and_changes_what_is_theirs() {
    let (mut service, theirs) = two();
    let ours = service.project;
    for (user, id, file) in [(7, ours, "main.py"), (8, theirs, "Main.cs")] {
        (service.user, service.project) = (user, id);
        succeeds(service.call("authenticate", json!({})));
        assert_eq!(listed(&mut service), [json!([id, "Test"])]);
        succeeds(service.call("files/update", json!({"name": file, "content": "x"})));
        assert_eq!(service.emulator.file(id, file), Some("x"));
        // A name is taken among the user's own only.
        succeeds(service.call("projects/delete", json!({})));
        let created = service.call("projects/create", json!({"name": "Test", "language": "Py"}));
        let created = created["projects"][0].clone();
        assert_eq!(created["name"], "Test");
        let expected = [json!([id, "Recycle Bin/Test"]), json!([created["projectId"], "Test"])];
        assert_eq!(listed(&mut service), expected);
        succeeds(service.call("projects/update", json!({"name": "Mine"})));
    }
    let mut ids: Vec<ProjectId> =
        service.emulator.projects().into_iter().map(|(id, _)| id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4, "numbers are unique over all users");
}

#[test]
fn nobody_reaches_what_is_another_users() {
    let (mut service, theirs) = two();
    let ours = service.project;
    service.emulator.put_file(theirs, "a.py", "a\n");
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n";
    for (endpoint, fields) in [
        ("files/create", json!({"name": "b.py"})),
        ("files/read", json!({})),
        ("files/read", json!({"name": "a.py"})),
        ("files/update", json!({"name": "a.py", "content": "b"})),
        ("files/update", json!({"name": "a.py", "newName": "b.py"})),
        ("files/patch", json!({"patch": patch})),
        ("files/delete", json!({"name": "a.py"})),
        ("projects/read", json!({})),
        ("projects/update", json!({"name": "Mine"})),
        ("projects/update", json!({"projectId": ours, "libraries": [theirs]})),
        ("projects/collaboration/lock/acquire", json!({"codeSourceId": "cli"})),
        ("projects/delete", json!({})),
    ] {
        service.project = theirs;
        refuses(service.call(endpoint, fields), &format!("Project not found: {theirs}"));
    }
    assert_eq!(service.emulator.applied(), []);
    assert_eq!(service.emulator.file(theirs, "a.py"), Some("a\n"));
    let names: Vec<String> =
        service.emulator.projects().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["Test", "Test"]);
}

#[test]
fn each_signs_with_their_own_token() {
    let (mut service, _) = two();
    let wall = service.wall;
    let mut sign = |user: u64, token: &str| {
        let credentials = Credentials::new(UserId::new(user), ApiToken::new(token).unwrap());
        let mut request = request(Method::POST, "authenticate", "", "");
        Signature::new(&credentials, wall.as_secs()).apply(request.headers_mut());
        let response = service.emulator.handle(wall, &request);
        serde_json::from_slice::<Value>(response.body()).unwrap()
    };
    succeeds(sign(7, "token 7"));
    succeeds(sign(8, "token 8"));
    refuses(sign(7, "token 8"), "Hash doesn't match. UID: 7");
    refuses(sign(8, "token 7"), "Hash doesn't match. UID: 8");
    for stranger in [0, 9] {
        refuses(sign(stranger, "token 7"), "UserID not valid (None) REF #");
    }
    // A new token takes the place of the old one, also the first user's.
    for user in [7, 8] {
        let new = Credentials::new(UserId::new(user), ApiToken::new("new").unwrap());
        service.emulator.add_user(new);
    }
    let shown = format!("{:?}", service.emulator);
    assert!(shown.contains("{UserId(7), UserId(8)}") && !shown.contains("new"), "{shown}");
    assert_eq!(service.call("authenticate", json!({}))["success"], false);
    service.user = 8;
    assert_eq!(service.call("authenticate", json!({}))["success"], false);
}

#[test]
fn a_refusal_of_credentials_names_who_asked() {
    let (mut service, _) = two();
    for user in [7, 8] {
        service.user = user;
        service.emulator.push_fault(Fault::Refuse(RefusalForm::Ok));
        let signed = service.signed(request(Method::POST, "authenticate", "", ""));
        let outcome = service.emulator.exchange(service.wall, &signed).outcome;
        let ExchangeOutcome::Answer(answer) = outcome else { panic!("{outcome:?}") };
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        refuses(answer, &format!("Hash doesn't match. UID: {user}"));
    }
}

#[test]
fn one_users_haste_holds_up_nobody_else() {
    let mut service =
        Service::with(|emulator| emulator.with_rate_limit(1, Duration::from_secs(60)));
    service.emulator.add_user(credentials(8));
    let mut statuses = Vec::new();
    // 9 and 10 are strangers.
    for user in [7, 8, 9, 10, 7, 8] {
        service.user = user;
        statuses.push(service.respond("authenticate", json!({})).status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429]);
    service.wall += Duration::from_secs(60);
    assert_eq!(service.respond("authenticate", json!({})).status(), StatusCode::OK);
}
