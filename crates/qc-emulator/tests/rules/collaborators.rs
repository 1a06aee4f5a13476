//! `projects/collaboration/*`

use serde_json::{Value, json};

use crate::service::{Service, refuses};

fn others(answer: &Value) -> Vec<(String, bool, String)> {
    let all = answer["collaborators"].as_array().unwrap();
    assert_eq!((&all[0]["owner"], &all[0]["uid"]), (&json!(true), &json!(7)));
    let other = |one: &Value| {
        let text = |field: &str| one[field].as_str().unwrap().to_owned();
        (text("publicId"), one["liveControl"].as_bool().unwrap(), text("permission"))
    };
    all[1..].iter().map(other).collect()
}

#[test]
fn collaborators_come_change_and_go() {
    let mut service = Service::new();
    let add = json!({"collaboratorUserId": "mia", "collaborationLiveControl": true, "collaborationWrite": false});
    let added = service.call("projects/collaboration/create", add.clone());
    assert_eq!(others(&added), [("mia".to_owned(), true, "read".to_owned())]);
    refuses(service.call("projects/collaboration/create", add), "Already a collaborator");

    let change = json!({"collaboratorUserId": "mia", "liveControl": false, "write": true});
    service.call("projects/collaboration/update", change);
    let read = service.call("projects/collaboration/read", json!({}));
    assert_eq!(others(&read), [("mia".to_owned(), false, "write".to_owned())]);
    assert_eq!(
        (&read["userLiveControl"], &read["userPermissions"]),
        (&json!(true), &json!("write"))
    );
    let project = service.call("projects/read", json!({}));
    assert_eq!(others(&project["projects"][0]).len(), 1);

    let left = service.call("projects/collaboration/delete", json!({"collaboratorId": "mia"}));
    assert_eq!(others(&left), []);
    let endpoints: Vec<_> = service.emulator.applied().iter().map(|one| one.endpoint).collect();
    let made = ["create", "update", "delete"].map(|word| format!("projects/collaboration/{word}"));
    assert_eq!(endpoints, made);
}

#[test]
fn nobody_is_no_collaborator() {
    let mut service = Service::new();
    let flags = json!({"collaborationLiveControl": true, "collaborationWrite": true, "liveControl": true, "write": true});
    for (endpoint, field) in [
        ("create", "collaboratorUserId"),
        ("update", "collaboratorUserId"),
        ("delete", "collaboratorId"),
    ] {
        let mut fields = flags.clone();
        fields[field] = json!(" ");
        refuses(
            service.call(&format!("projects/collaboration/{endpoint}"), fields),
            "Collaborator not found",
        );
    }
    assert_eq!(service.emulator.applied(), []);
}
