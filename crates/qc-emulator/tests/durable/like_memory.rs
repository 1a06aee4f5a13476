//! Whatever is asked, and however often it starts anew: it answers as one does that never stopped.

use proptest::prelude::*;
use qc_emulator::Emulator;
use qc_proto::Language;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{ask, credentials, open};

#[derive(Clone, Debug)]
enum Step {
    Ask(&'static str, Value),
    StartAnew,
}

fn step() -> impl Strategy<Value = Step> {
    let project = || 20_000_001..20_000_004_i64;
    let name = || prop::sample::select(vec!["main.py", "a.py", "pkg/b.py", "Main.cs"]);
    let content = || prop::sample::select(vec!["1\n", "2\n", "ü\r\n", "x = 1\ny = 2\n"]);
    prop_oneof![
        2 => Just(Step::StartAnew),
        4 => (project(), name(), content()).prop_map(|(project, name, content)| {
            Step::Ask("files/create", json!({"projectId": project, "name": name, "content": content}))
        }),
        1 => (project(), name()).prop_map(|(project, name)| {
            Step::Ask("files/create", json!({"projectId": project, "name": name}))
        }),
        4 => (project(), name(), content()).prop_map(|(project, name, content)| {
            Step::Ask("files/update", json!({"projectId": project, "name": name, "content": content}))
        }),
        2 => (project(), name(), name()).prop_map(|(project, name, new)| {
            Step::Ask("files/update", json!({"projectId": project, "name": name, "newName": new}))
        }),
        2 => (project(), name()).prop_map(|(project, name)| {
            Step::Ask("files/delete", json!({"projectId": project, "name": name}))
        }),
        2 => (project(), name()).prop_map(|(project, name)| {
            let patch = format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-1\n+one\n");
            Step::Ask("files/patch", json!({"projectId": project, "patch": patch}))
        }),
        1 => "[AB]".prop_map(|name| {
            Step::Ask("projects/create", json!({"name": name, "language": "C#"}))
        }),
        1 => project().prop_map(|project| {
            Step::Ask("projects/delete", json!({"projectId": project}))
        }),
        1 => (project(), name(), content()).prop_map(|(project, name, content)| {
            let files = json!([{"name": name, "content": content}]);
            Step::Ask("projects/update", json!({"projectId": project, "files": files}))
        }),
    ]
}

fn all(emulator: &mut Emulator, wall: u64) -> Vec<String> {
    let projects = emulator.projects();
    let mut answers = vec![ask(emulator, wall, "projects/read", &json!({}))];
    for (id, _) in projects {
        answers.push(ask(emulator, wall, "files/read", &json!({"projectId": id})));
    }
    answers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn it_answers_as_one_that_never_stopped(steps in prop::collection::vec(step(), 1..40)) {
        let place = TempDir::new().unwrap();
        let mut kept = open(place.path());
        let mut memory = Emulator::new(credentials());
        for emulator in [&mut kept, &mut memory] {
            emulator.add_project("One", Language::Python);
            emulator.add_project("Two", Language::CSharp);
        }
        let mut wall = 1_762_779_606;
        for step in steps {
            wall += 1;
            match step {
                Step::StartAnew => {
                    drop(kept);
                    kept = open(place.path());
                }
                Step::Ask(endpoint, fields) => {
                    let (here, there) = (
                        ask(&mut kept, wall, endpoint, &fields),
                        ask(&mut memory, wall, endpoint, &fields),
                    );
                    prop_assert_eq!(here, there, "{} {}", endpoint, fields);
                }
            }
        }
        drop(kept);
        prop_assert_eq!(all(&mut open(place.path()), wall), all(&mut memory, wall));
    }
}
