//! `qc doctor` reports whatever comes, and nothing private.

use qc_emulator::{Drift, Fault, Rule};
use qc_files::{
    Language,
    qc_proto::{CreateProject, Parameter, UpdateProject},
};

use crate::world::{Ran, World};

/// What is in the project, and never in a report.
const PRIVATE: [&str; 6] =
    ["Strategy", "secret_signal", "secret = 42", "secretPeriod", "00000000000000", "userSecret"];

/// What the report says of each drift: a part of a line. Empty where the answers of these questions have nothing of the
/// kind.
const SEEN: [(&str, &str); 35] = [
    ("empty-map-as-list", "projects[].encryptionKey: empty list"),
    ("list-as-object", "files: object with counted keys"),
    ("list-with-gaps", "files: object with counted keys and gaps"),
    ("empty-list-as-object", "empty object (1 of 2)"),
    ("empty-list-as-null", "projects[].libraries: list (1 of 2), null (1 of 2)"),
    ("empty-list-missing", "projects[].libraries: list (1 of 2), missing (1 of 2)"),
    ("integers-as-strings", "projects[].projectId: text of a number"),
    ("booleans-as-numbers", "  success: integer"),
    ("byte-order-mark", "before the JSON: a byte-order mark"),
    ("php-warning", "before the JSON: a text"),
    ("php-notice", "before the JSON: a text"),
    ("unknown-fields", "projects[].somethingNew: object"),
    ("null-id", "files[].id: null"),
    ("empty-content-as-null", "files[].content: null (1 of 2)"),
    ("date-with-zone", "files[].modified: text NNNN-NN-NNTNN:NN:NNZ"),
    ("date-with-fraction", "files[].modified: text NNNN-NN-NNTNN:NN:NN.NNNZ"),
    ("date-without-zone", "files[].modified: text NNNN-NN-NNTNN:NN:NN\n"),
    ("zero-date", "files[].modified: text 0000-00-00 00:00:00"),
    ("errors-on-success", "  errors: empty list"),
    ("reasons-in-messages", "  messages[]: text"),
    ("reason-in-message", "  Message: text"),
    ("no-reason", "HTTP 200, refused\n  success: true or false"),
    ("reasons-as-objects", "  errors[].message: text"),
    ("error-code-as-text", "  errorCode: text of a number"),
    ("success-as-text", "  success: text of true or false"),
    ("list-missing", "files/read .: missing field `files`"),
    ("content-as-object", "files/read files[0]: its content is no text"),
    ("project-zero", "projects/read projects[0].projectId: "),
    ("null-project-name", "projects[].name: null"),
    ("organization-as-number", "projects[].organizationId: integer 0"),
    ("encryption-key-as-text", "projects[].encryptionKey: empty text"),
    ("library-zero", "projects[].libraries[].projectId: integer"),
    ("parameter-values-as-numbers", "projects[].parameters[].value: integer"),
    ("parameters-as-object", "projects[].parameters: empty list (1 of 2), object (1 of 2)"),
    ("parameters-with-names", "projects[].parameters[].name: text"),
];

fn world() -> World {
    let world = World::new(&[("secret_signal.py", "secret = 42\n"), ("userSecret.py", "")]);
    let library = world.call(CreateProject::new("userSecret library", Language::Python));
    let mut update = UpdateProject::new(world.id);
    update.parameters = Some(vec![Parameter::new("secretPeriod", "14")]);
    update.libraries = Some(vec![library.project_id]);
    update.description = Some("secret = 42".to_owned());
    world.call(update);
    world
}

/// Runs it in its text form and as JSON.
fn reports(world: &World) -> [Ran; 2] {
    let project = world.id.to_string();
    let arguments = ["doctor", "--project", &project];
    let reports = [world.qc(&arguments), world.qc(&[&arguments[..], &["--json"]].concat())];
    for ran in &reports {
        let said = format!("{}{}", ran.out, ran.err);
        for private in PRIVATE.into_iter().chain([&*project]) {
            assert!(!said.contains(private), "{private} is in {said}");
        }
    }
    reports
}

#[test]
fn every_drift_is_reported_and_nothing_private() {
    let names: Vec<&str> = Drift::ALL.iter().map(|drift| drift.name()).collect();
    assert_eq!(SEEN.map(|(name, _)| name)[..], names[..], "the table has every drift");
    let world = world();
    for (drift, (name, seen)) in Drift::ALL.iter().zip(SEEN) {
        world.server.emulator().clear_faults();
        world.server.emulator().add_rule(Rule::new(Fault::Drift(*drift)).always());
        let [text, json] = reports(&world);
        assert!(text.out.contains(seen), "{name}: no {seen:?} in {}", text.out);
        assert_eq!(json.json()["calls"].as_array().unwrap().len(), 4, "{name}");
    }
}

#[test]
fn it_costs_six_requests_and_says_what_is_right() {
    let world = world();
    let before = world.server.emulator().requests().len();
    let [text, json] = reports(&world);
    assert_eq!(world.server.emulator().requests().len() - before, 12, "two runs");
    text.exits(0)
        .says("credentials: QUANTCONNECT_USER_ID and QUANTCONNECT_API_TOKEN")
        .says("service: one on this machine")
        .says("clock: right")
        .says("http: HTTP/1.1")
        .says("library files unasked: ")
        .says("maxFileSize: ")
        .says("not readable for this client:\n  nothing");
    let json = json.exits(0).json();
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 0);
    assert_eq!(
        json["calls"][3]["outcome"],
        "fileNotFound, errorCode 1001, \"File not found: (file)\""
    );
}

#[test]
fn what_fails_is_said_and_the_rest_is_reported() {
    let world = world();
    for (endpoint, fault, said) in [
        (
            "projects/read",
            Fault::Refusal("No Strategy for user 7.".to_owned()),
            "(all projects): HTTP 200, refused",
        ),
        (
            "files/read",
            Fault::Refusal("No secret_signal.py, 7.".to_owned()),
            "HTTP 200, refused, in words that are not told",
        ),
        (
            "authenticate",
            "status=502".parse().unwrap(),
            "authenticate (the credentials): HTTP 502, server",
        ),
    ] {
        world.server.emulator().clear_faults();
        world.server.emulator().add_rule(Rule::new(fault).on(endpoint).always());
        let [text, json] = reports(&world);
        assert!(text.out.contains(said), "no {said:?} in {}", text.out);
        assert_eq!((text.code, json.code), (Some(6), Some(6)));
    }
    world.server.emulator().clear_faults();
    let mut wrong = world.command(world.home.path(), &["doctor"]);
    let wrong = wrong.env("QUANTCONNECT_API_TOKEN", "ffffffffffffffffffffffffffffffff");
    let ran = Ran::new(wrong.output().unwrap(), &["doctor"]).exits(4);
    assert!(ran.out.contains("credentials, \"Hash doesn't match. UID: "), "{}", ran.out);
    assert!(!ran.out.contains("UID: 7"), "{}", ran.out);
    let none =
        world.command(world.home.path(), &["doctor"]).env_remove("QUANTCONNECT_API_TOKEN").output();
    Ran::new(none.unwrap(), &["doctor"]).exits(4).says("failed: QUANTCONNECT_API_TOKEN is not set");
}

#[test]
fn without_a_project_it_takes_the_one_that_was_changed_last() {
    let world = World::new(&[("main.py", "x\n"), ("../odd.py", "x\n")]);
    let ran = world.qc(&["doctor"]).exits(7).says("files/read files[");
    assert!(!ran.out.contains("odd"), "{}", ran.out);
    let named = world.qc(&["doctor", "--project", "Folder/Strategy"]).exits(7);
    assert!(!named.out.contains("Strategy"), "{}", named.out);
    world.qc(&["doctor", "--project", "No/Such"]).exits(5).says("no such project is known");
}
