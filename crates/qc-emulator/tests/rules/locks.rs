//! Who may write.

use qc_emulator::Emulator;
use serde_json::{Value, json};

use crate::service::{Service, refuses, succeeds};

const ACQUIRE: &str = "projects/collaboration/lock/acquire";

fn write(source: &str) -> Value {
    json!({"name": "main.py", "content": "x", "codeSourceId": source})
}

/// Every write there is, in an order in which all can succeed.
fn writes() -> [(&'static str, Value); 6] {
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-b\n+c\n";
    [
        ("files/create", json!({"name": "a.py", "content": "a\n"})),
        ("files/update", json!({"name": "a.py", "content": "b\n"})),
        ("files/patch", json!({"patch": patch})),
        ("files/update", json!({"name": "a.py", "newName": "b.py"})),
        ("files/delete", json!({"name": "b.py"})),
        ("projects/update", json!({"files": [{"name": "a.py", "content": "a\n"}]})),
    ]
}

fn from(source: &str, mut fields: Value) -> Value {
    fields["codeSourceId"] = json!(source);
    fields
}

#[test]
fn only_the_environment_that_holds_the_project_writes_to_it() {
    let mut service = Service::new();
    for source in ["cli", "agent"] {
        succeeds(service.call("files/create", from(source, json!({"name": source}))));
    }
    let holder = json!({"codeSourceId": "web-ide"});
    succeeds(service.call(ACQUIRE, holder.clone()));
    service.call("files/read", holder);
    let applied = service.emulator.applied().last().unwrap().clone();
    assert_eq!(applied.endpoint, ACQUIRE);
    for (endpoint, fields) in writes() {
        let (before, applied) = (service.files(), service.emulator.applied().len());
        refuses(service.call(endpoint, from("cli", fields.clone())), "write permission");
        assert_eq!((service.files(), service.emulator.applied().len()), (before, applied));
        succeeds(service.call(endpoint, from("web-ide", fields)));
    }
    // Reading is for all.
    assert_eq!(service.call("files/read", json!({"codeSourceId": "cli"}))["success"], true);
}

#[test]
fn a_write_that_names_no_environment_is_forced_through() {
    let mut service = Service::new();
    let project = service.project;
    service.emulator.lock(project, "web-ide");
    for (endpoint, fields) in writes() {
        refuses(service.call(endpoint, from("cli", fields.clone())), "write permission");
        succeeds(service.call(endpoint, fields));
    }
    let form = format!("projectId={project}&name=b.py&content=x&codeSourceId");
    refuses(service.post_form("files/create", &format!("{form}=cli")), "write permission");
    succeeds(service.post_form("files/create", &format!("{form}=")));
}

#[test]
fn a_lock_is_taken_over_and_let_go() {
    let mut service = Service::new();
    let project = service.project;
    let acquire = |source: &str| json!({"codeSourceId": source});
    service.emulator.lock(project, "web-ide");
    succeeds(service.call(ACQUIRE, acquire("cli")));
    service.call("files/read", acquire("cli"));
    succeeds(service.call("files/update", write("cli")));
    refuses(service.call("files/update", write("web-ide")), "write permission");
    // It holds one project, not all.
    let other = service.emulator.add_project("Other", qc_proto::Language::Python);
    let mut fields = write("web-ide");
    fields["projectId"] = json!(other);
    succeeds(service.call("files/update", fields));
    service.emulator.unlock(project);
    succeeds(service.call("files/update", write("web-ide")));
    refuses(service.call(ACQUIRE, json!({})), "missing field `codeSourceId`");
    refuses(service.call(ACQUIRE, acquire("")), "codeSourceId");
    let nowhere = json!({"projectId": 99, "codeSourceId": "cli"});
    refuses(service.call(ACQUIRE, nowhere), "Project not found");
}

#[test]
fn whoever_acquired_a_project_reads_it_before_the_first_write() {
    let reads = [json!({}), json!({"name": "main.py"}), json!({"includeLibraries": true})];
    for read in reads {
        let mut service = Service::new();
        // Only a reading after it counts.
        service.call("files/read", from("cli", read.clone()));
        for _ in 0..2 {
            succeeds(service.call(ACQUIRE, json!({"codeSourceId": "cli"})));
            for (other, fields) in writes() {
                refuses(service.call(other, from("cli", fields)), "write permission");
            }
            // Neither does one that names another environment, or none, or a file that is not there.
            service.call("files/read", from("agent", read.clone()));
            service.call("files/read", read.clone());
            service.call("files/read", from("cli", json!({"name": "none.py"})));
            refuses(service.call("files/update", write("cli")), "write permission");
            assert_eq!(service.call("files/read", from("cli", read.clone()))["success"], true);
            succeeds(service.call("files/update", write("cli")));
            refuses(service.call("files/update", write("agent")), "write permission");
        }
    }
    let mut service = Service::new();
    succeeds(service.call(ACQUIRE, json!({"codeSourceId": "cli"})));
    let query = format!("files/read?projectId={}&codeSourceId=cli", service.project);
    assert_eq!(service.get(&query)["success"], true);
    succeeds(service.call("files/update", write("cli")));
}

#[test]
fn a_firm_lock_is_not_taken_over() {
    let mut service = Service::with(Emulator::with_firm_locks);
    for _ in 0..2 {
        succeeds(service.call(ACQUIRE, json!({"codeSourceId": "cli"})));
        service.call("files/read", json!({"codeSourceId": "cli"}));
        refuses(service.call(ACQUIRE, json!({"codeSourceId": "agent"})), "write permission");
        // What was refused has changed nothing.
        succeeds(service.call("files/update", write("cli")));
    }
    let project = service.project;
    service.emulator.unlock(project);
    succeeds(service.call(ACQUIRE, json!({"codeSourceId": "agent"})));
}
