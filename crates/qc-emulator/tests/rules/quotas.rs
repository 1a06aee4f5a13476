//! How large files and projects may be.

use qc_proto::{Tier, http::StatusCode};
use serde_json::{Value, json};

use crate::service::{Service, refuses, succeeds};

const TIERS: [(Tier, usize, usize); 5] = [
    (Tier::Free, 32, 25),
    (Tier::Researcher, 64, 50),
    (Tier::Team, 128, 75),
    (Tier::Firm, 256, 100),
    (Tier::Institution, 256, 250),
];

fn service_of_tier(tier: Tier) -> Service {
    Service::with(|emulator| emulator.with_tier(tier))
}

/// Refused for its size: the status says so as well.
fn is_too_large(service: &mut Service, endpoint: &str, fields: Value, words: &str) {
    let (files, applied) = (service.files(), service.emulator.applied().len());
    let response = service.respond(endpoint, fields);
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{endpoint}");
    let answer: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(answer["errors"], json!([words]));
    assert_eq!(answer["success"], false);
    assert_eq!((service.files(), service.emulator.applied().len()), (files, applied));
    assert_eq!(service.emulator.requests().last().unwrap().status, Some(413));
}

#[test]
fn a_file_may_be_as_large_as_its_tier_allows_and_no_larger() {
    for (tier, kilobytes, _) in TIERS {
        let mut service = service_of_tier(tier);
        // Four bytes of UTF-8 and two units of UTF-16 each, and a newline.
        let fits = "😀".repeat(kilobytes * 1000 - 1) + "\n";
        let words = format!("File exceeds the maximum size of {kilobytes},000 characters.");
        let over = fits.clone() + "b";
        let file = |content: &str| json!({"name": "a.py", "content": content});
        is_too_large(&mut service, "files/create", file(&over), &words);
        succeeds(service.call("files/create", file(&fits)));
        is_too_large(&mut service, "files/update", file(&over), &words);
        succeeds(service.call("files/update", file(&fits)));
        let patch = "--- a/a.py\n+++ b/a.py\n@@ -1,0 +2 @@\n+b\n";
        is_too_large(&mut service, "files/patch", json!({"patch": patch}), &words);
        is_too_large(&mut service, "projects/update", json!({"files": [file(&over)]}), &words);
        succeeds(service.call("projects/update", json!({"files": [file(&fits)]})));
        // What makes it no larger is allowed.
        succeeds(service.call("files/update", json!({"name": "a.py", "newName": "b.py"})));
    }
}

#[test]
fn a_project_may_have_as_many_files_as_its_tier_allows_and_no_more() {
    for (tier, _, count) in TIERS {
        let mut service = service_of_tier(tier);
        let files = |count: usize| {
            let file = |number| json!({"name": format!("{number}.py"), "content": "x"});
            json!({"files": (0..count).map(file).collect::<Vec<_>>()})
        };
        let too_many = format!("no more than {count} files");
        refuses(service.call("projects/update", files(count + 1)), &too_many);
        assert_eq!(service.files().len(), 2);
        succeeds(service.call("projects/update", files(count - 1)));
        succeeds(service.call("files/create", json!({"name": "last.py"})));
        refuses(service.call("files/create", json!({"name": "more.py"})), &too_many);
        assert_eq!(service.files().len(), count);
        // A full project can still be worked on.
        succeeds(service.call("files/update", json!({"name": "0.py", "content": "y"})));
        succeeds(service.call("projects/update", json!({"description": "full"})));
        succeeds(service.call("files/delete", json!({"name": "0.py"})));
        succeeds(service.call("files/create", json!({"name": "more.py"})));
    }
}

#[test]
fn without_a_tier_there_is_no_quota() {
    let mut service = Service::new();
    let content = "x".repeat(1 << 20);
    succeeds(service.call("files/create", json!({"name": "a.py", "content": content})));
    for number in 0..300 {
        succeeds(service.call("files/create", json!({"name": format!("{number}.py")})));
    }
    let mut limited = service_of_tier(Tier::Free);
    let project = limited.project;
    limited.emulator.put_file(project, "a.py", &content);
    assert_eq!(limited.files()[0].1.len(), 1 << 20, "a test may put there what it likes");
}
