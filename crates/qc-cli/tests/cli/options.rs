//! The options of every command, and paths.

use std::fs;

use qc_emulator::{Fault, Rule, StallAt};
use serde_json::{Value, json};

use crate::world::{Ran, World};

fn error(ran: &Ran) -> Value {
    serde_json::from_str(ran.err.trim()).unwrap_or_else(|why| panic!("{why}: {}", ran.err))
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let world = World::cloned(&[("a.py", "1\n")]);
    let ran = world.qc(&["cat", "none.py", "--json"]).exits(5);
    let said = error(&ran);
    assert_eq!(said["kind"], "fileNotFound");
    assert_eq!((&said["effect"], &said["exit"]), (&json!("none"), &json!(5)));
    assert_eq!(said["retryable"], false);
    assert!(said["hint"].as_str().unwrap().contains("qc ls"), "{said}");
    // An answer that is lost after a patch.
    world.server.emulator().add_rule(Rule::new(Fault::DropAfter).on("files/patch"));
    let diff = world.home.path().join("a.diff");
    fs::write(&diff, "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-1\n+2\n").unwrap();
    let said = error(&world.qc(&["patch", diff.to_str().unwrap(), "--json"]).exits(6));
    assert_eq!((&said["kind"], &said["effect"]), (&json!("transport"), &json!("unknown")));
    let said = error(&world.qc(&["restore", "a.py", "--from", "x", "--json"]).exits(2));
    assert_eq!((&said["kind"], &said["hint"]), (&json!("usage"), &Value::Null));
    world.qc(&["demo", "--json"]).exits(2);
    let _held = qc_sync::Folder::open(world.folder()).unwrap();
    let said = error(&world.qc(&["push", "--json"]).exits(2));
    assert_eq!((&said["kind"], &said["retryable"]), (&json!("busy"), &json!(true)));
}

#[test]
fn a_wrong_address_is_told_by_where_it_was_given() {
    let world = World::new(&[]);
    let ran = world.qc(&["whoami", "--base-url", "ftp://here"]).exits(2);
    assert!(ran.err.starts_with("qc: --base-url: must begin with https://"), "{}", ran.err);
    let mut command = world.command(world.home.path(), &["whoami"]);
    command.env("QUANTCONNECT_BASE_URL", "ftp://here");
    let ran = Ran::new(command.output().unwrap(), &["whoami"]).exits(2);
    assert!(ran.err.starts_with("qc: QUANTCONNECT_BASE_URL: must begin"), "{}", ran.err);
}

#[test]
fn a_command_can_be_run_from_anywhere() {
    let world = World::cloned(&[("a.py", "1\n"), ("pkg/b.py", "1\n")]);
    world.put("pkg/b.py", "2\n");
    let qc = |arguments: &[&str]| {
        let mut command = world.command(world.home.path(), arguments);
        Ran::new(command.output().unwrap(), arguments)
    };
    qc(&["-C", "Strategy/pkg", "status", "b.py"]).exits(1).says("update pkg/b.py");
    qc(&["push", "b.py", "-C", "Strategy/pkg"]).exits(0);
    assert_eq!(world.cloud("pkg/b.py").as_deref(), Some("2\n"));
    qc(&["-C", "nowhere", "status"]).exits(2).says("cannot go to nowhere");
}

#[test]
fn push_and_pull_take_paths() {
    let world = World::cloned(&[("a.py", "1\n"), ("pkg/b.py", "1\n"), ("pkg/c.py", "1\n")]);
    for file in ["a.py", "pkg/b.py"] {
        world.put(file, "2\n");
    }
    world.qc(&["push", "./pkg/"]).exits(0).says("update pkg/b.py");
    assert_eq!(world.cloud("a.py").as_deref(), Some("1\n"));
    world.put_cloud("pkg/c.py", "3\n");
    world.put_cloud("a.py", "3\n");
    world.qc(&["pull", "pkg"]).exits(0).says("write pkg/c.py");
    assert_eq!(world.get("a.py"), "2\n");
    world.qc(&["push", "typo.py"]).exits(5).says("no such file: typo.py");
    world.qc(&["rm", "pkg/b.py", "pkg/c.py"]).exits(0);
    assert_eq!((world.cloud("pkg/b.py"), world.cloud("pkg/c.py")), (None, None));
    let listed = world.qc(&["ls", "pkg"]);
    listed.exits(5);
    world.qc(&["ls", "a.py"]).exits(0).says("a.py");
}

#[test]
fn a_command_ends_when_its_time_is_over() {
    let world = World::cloned(&[("a.py", "1\n")]);
    let stall = Fault::Stall { at: StallAt::BeforeAnswer, applied: false };
    world.server.emulator().add_rule(Rule::new(stall).always());
    let ran = world.qc(&["status", "--timeout", "300ms"]).exits(6);
    assert!(ran.err.contains("longer than --timeout 0.3 s"), "{}", ran.err);
    world.qc(&["status", "--timeout", "0"]).exits(2);
}

#[test]
fn plain_http_leaves_this_machine_only_when_that_is_said() {
    let world = World::new(&[]);
    let qc = |arguments: &[&str]| {
        let mut command = world.command(world.home.path(), arguments);
        command.env("QUANTCONNECT_BASE_URL", "http://192.0.2.1:9/api/v2");
        Ran::new(command.output().unwrap(), arguments)
    };
    let ran = qc(&["whoami"]).exits(2).says("--insecure-http");
    assert!(!ran.err.contains("Settings"), "no Rust name for people: {}", ran.err);
    qc(&["whoami", "--insecure-http", "--timeout", "100ms"]).exits(6);
}

#[test]
fn the_bundle_of_other_tools_is_used_for_tls() {
    let world = World::new(&[]);
    let ran = |url: &str, variable: &str| {
        let mut command = world.command(world.home.path(), &["whoami", "-v"]);
        command.env("QUANTCONNECT_BASE_URL", url).env_remove("SSL_CERT_FILE");
        command.env(variable, "/nowhere/bundle.pem");
        Ran::new(command.output().unwrap(), &["whoami"])
    };
    for variable in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        let read = ran("https://127.0.0.1:9/api/v2", variable);
        assert!(
            read.err.contains(variable) && read.err.contains("/nowhere/bundle.pem"),
            "{}",
            read.err
        );
        ran(&world.server.base_url(), variable).exits(0);
    }
}

#[test]
fn without_a_network_status_and_diff_show_what_changed_here() {
    let world = World::cloned(&[("a.py", "1\n"), ("b.py", "1\n")]);
    world.put("a.py", "2\n");
    world.put("c.py", "new\n");
    let qc = |arguments: &[&str]| {
        let mut command = world.command(&world.folder(), arguments);
        command.env("QUANTCONNECT_BASE_URL", "http://127.0.0.1:1/api/v2");
        Ran::new(command.output().unwrap(), arguments)
    };
    let ran = qc(&["status"]).exits(6).says("offline:");
    assert!(ran.out.contains("update a.py") && ran.out.contains("create c.py"), "{}", ran.out);
    assert!(!ran.out.contains("b.py"), "{}", ran.out);
    let ran = qc(&["diff"]).exits(6);
    assert!(ran.out.contains("-1\n+2\n") && ran.out.contains("+new\n"), "{}", ran.out);
}

#[test]
fn what_is_not_in_step_is_listed_with_its_reason() {
    let world = World::cloned(&[("a.py", "1\n")]);
    world.put("notes.txt", "mine\n");
    world.put(".gitignore", "drafts/\n");
    for file in ["node_modules/x.py", "drafts/y.py", "dist/z.py"] {
        fs::create_dir(world.folder().join(file).parent().unwrap()).unwrap();
        world.put(file, "x\n");
    }
    let ran = world.qc(&["status", "--ignored"]).exits(0);
    for line in [
        "notes.txt: it is none of .py .cs .ipynb .html .css",
        "node_modules/: it is in a folder of output",
        "dist/: it is in a folder of output",
        "drafts/: it is ignored by .gitignore or .qcignore",
    ] {
        assert!(ran.out.contains(line), "{line} is missing: {}", ran.out);
    }
    assert!(!ran.out.contains("config.json"), "its values are in step: {}", ran.out);
    let said = world.qc(&["status", "--ignored", "--json"]).exits(0).json();
    assert!(said["ignored"].as_array().unwrap().iter().any(|file| file["name"] == "dist/"));
    assert_eq!(world.qc(&["status", "--json"]).exits(0).json()["ignored"], Value::Null);
}

#[cfg(unix)]
#[test]
fn what_can_never_be_in_step_is_a_notice_and_what_only_windows_reserves_is_pushed() {
    let world = World::cloned(&[("a.py", "1\n")]);
    std::os::unix::fs::symlink("a.py", world.folder().join("link.py")).unwrap();
    world.put("aux.py", "x\n");
    let ran = world.qc(&["push"]).exits(0).says("create aux.py");
    assert!(ran.err.contains("left alone: link.py: it is a symbolic link"), "{}", ran.err);
    assert!(ran.err.contains("aux.py has a name that is reserved on Windows"), "{}", ran.err);
    assert_eq!(world.cloud("aux.py").as_deref(), Some("x\n"));
    world.qc(&["status"]).exits(0).says("in step");
}

#[test]
fn the_credentials_of_another_user_are_never_replaced_unasked() {
    let world = World::with_service(&[], |mut emulator| {
        let token = qc_files::ApiToken::new("0123456789abcdef").unwrap();
        emulator.add_user(qc_files::Credentials::new(qc_files::UserId::new(8), token));
        emulator
    });
    let login = |user: &str, token: &str, more: &[&str]| {
        world.qc_with(token, &[&["login", "--user-id", user, "--api-token-stdin"], more].concat())
    };
    login("7", crate::world::TOKEN, &[]).exits(0);
    login("8", "0123456789abcdef", &[]).exits(2).says("--yes");
    let ran = login("8", "0123456789abcdef", &["--yes"]).exits(0);
    // The tests' environment names user 7.
    assert!(ran.err.contains("set to another user, and go before what was kept"), "{}", ran.err);
}
