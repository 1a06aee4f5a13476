//! `compile/*`

use std::time::Duration;

use qc_emulator::{Emulator, Rule};
use qc_proto::{
    Language,
    bytes::Bytes,
    http::{Method, Request},
};
use serde_json::{Value, json};

use crate::service::{Service, refuses, request};

/// Orders a build and reads what came of it.
fn build(service: &mut Service) -> Value {
    let created = service.call("compile/create", json!({}));
    assert_eq!((&created["success"], &created["state"]), (&json!(true), &json!("InQueue")));
    service.call("compile/read", json!({"compileId": created["compileId"]}))
}

#[test]
fn a_project_as_it_is_made_builds() {
    for language in [Language::Python, Language::CSharp] {
        let mut service = Service::new();
        service.project = service.emulator.add_project("Other", language);
        let built = build(&mut service);
        assert_eq!(built["state"], "BuildSuccess");
        let log = built["logs"][0].as_str().unwrap();
        assert!(log.starts_with("Build Request Successful for Project ID: "), "{log}");
    }
}

#[cfg(feature = "python")]
#[test]
fn an_error_of_syntax_is_told_with_its_place() {
    let mut service = Service::new();
    let project = service.project;
    service.emulator.put_file(
        project,
        "signals/fast.py",
        "# é\ndef on_data(self, data)\n    pass\n",
    );
    service.emulator.put_file(project, "notes.md", "def (");
    let built = build(&mut service);
    assert_eq!((&built["success"], &built["state"]), (&json!(true), &json!("BuildError")));
    let log = built["logs"][0].as_str().unwrap();
    assert!(log.starts_with("Build Error: File: signals/fast.py Line:2 Column:24 - "), "{log}");
    assert_eq!(built["logs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_python_project_needs_its_main_file() {
    let mut service = Service::new();
    service.emulator.remove_file(service.project, "main.py");
    let log = build(&mut service)["logs"][0].as_str().unwrap().to_owned();
    assert!(log.starts_with("Build Error File: Line:0 Column:0 - No python main.py"), "{log}");
}

#[test]
fn a_build_is_of_the_files_at_its_order_and_ends_when_its_time_is_over() {
    let mut service = Service::with(|emulator| emulator.with_compile_time(Duration::from_secs(30)));
    let created = service.call("compile/create", json!({}));
    let read = json!({"compileId": created["compileId"]});
    let project = service.project;
    service.emulator.put_file(project, "main.py", "def (");
    service.wall += Duration::from_secs(29);
    assert_eq!(service.call("compile/read", read.clone())["state"], "InQueue");
    service.wall += Duration::from_secs(1);
    assert_eq!(service.call("compile/read", read)["state"], "BuildSuccess");
}

#[test]
fn a_build_is_read_by_its_id_and_its_project() {
    let mut service = Service::new();
    let created = service.call("compile/create", json!({}));
    refuses(service.call("compile/read", json!({"compileId": "x"})), "Compile not found: x");
    let other = service.emulator.add_project("Other", Language::Python);
    let read = json!({"projectId": other, "compileId": created["compileId"]});
    refuses(service.call("compile/read", read), "Compile not found");
    refuses(service.call("compile/create", json!({"projectId": 1})), "Project not found");
}

#[test]
fn a_build_fails_where_a_fault_says_so() {
    let mut service = Service::with(|mut emulator: Emulator| {
        emulator.add_rule("compile=error".parse::<Rule>().unwrap());
        emulator
    });
    let send = |service: &mut Service, endpoint: &str, fields: &Value| -> Value {
        let asked: Request<Bytes> =
            request(Method::POST, endpoint, "application/json", &fields.to_string());
        let signed = service.signed(asked);
        let exchange = service.emulator.exchange(service.wall, &signed);
        let qc_emulator::ExchangeOutcome::Answer(answer) = exchange.outcome else {
            panic!("no answer")
        };
        serde_json::from_slice(answer.body()).unwrap()
    };
    let project = json!({"projectId": service.project});
    // Another request is not hit, and does not use the fault up.
    send(&mut service, "files/read", &project);
    for state in ["BuildError", "BuildSuccess"] {
        let mut read = project.clone();
        read["compileId"] = send(&mut service, "compile/create", &project)["compileId"].take();
        assert_eq!(send(&mut service, "compile/read", &read)["state"], state);
    }
}
