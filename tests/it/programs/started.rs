//! The programs as a person runs them.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use qc_emulator::{Fault, ServerThread};
use qc_proto::{CreateFile, FileName, ReadFiles, Session};
use serde_json::Value;

use crate::world::{TOKEN, credentials, emulator, front};

/// Builds a program and says where it is.
pub(crate) fn built(kind: &str, name: &str) -> PathBuf {
    // As `cargo xtask test` builds them: with other features everything below would be built a second time.
    let mut build = Command::new(env!("CARGO"));
    build.args(["test", "--no-run", "--quiet", "--workspace", "--exclude", "qc-benches"]);
    // What cargo told this test of itself would make it build ring, and all that is above it, a second time.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
            build.env_remove(&name);
        }
    }
    assert!(build.arg("--all-features").status().unwrap().success());
    // This test runs from `<target>/debug/deps`.
    let folder = env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned();
    let folder = if kind == "--example" { folder.join("examples") } else { folder };
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

pub(crate) fn quickstart(variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(built("--example", "quickstart"));
    for name in [
        "QUANTCONNECT_USER_ID",
        "QUANTCONNECT_API_TOKEN",
        "QUANTCONNECT_BASE_URL",
        "QUANTCONNECT_PROJECT_ID",
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn quickstart_prints_each_step() {
    let output = quickstart(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for step in ["authenticated", "created", "read", "updated", "renamed", "deleted", "recycle bin"]
    {
        assert!(text.contains(step), "{step} is missing:\n{text}");
    }
}

#[test]
fn quickstart_says_what_happened_when_the_service_dies_under_it() {
    for answers in [1, 2, 4] {
        let (emulator, project) = emulator();
        let (address, thread) = front::start(emulator, answers);
        let output = quickstart(&[
            ("QUANTCONNECT_USER_ID", "12345"),
            ("QUANTCONNECT_API_TOKEN", TOKEN),
            ("QUANTCONNECT_BASE_URL", &format!("http://{address}/api/v2")),
            ("QUANTCONNECT_PROJECT_ID", &project.to_string()),
        ]);
        thread.join().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(error.contains("quickstart stopped: files/"), "{error}");
        assert!(error.contains("check the network and the base URL"), "{error}");
        assert!(!error.contains("panicked") && !error.contains(TOKEN), "{error}");
    }
}

#[test]
fn quickstart_names_the_variable_that_is_missing() {
    let output = quickstart(&[("QUANTCONNECT_API_TOKEN", TOKEN)]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("QUANTCONNECT_USER_ID is not set"), "{error}");
    assert!(!error.contains(TOKEN), "{error}");
}

/// A program that is killed when the test ends, however it ends.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_emulator_prints_one_line_and_serves() {
    let program = built("--bin", "qc");
    let mut child = Command::new(program)
        .args(["emulator", "--user-id", "12345"])
        .env("QUANTCONNECT_API_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = child.stdout.take().unwrap();
    let _running = Running(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |key: &str| match &ready[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    assert_eq!((text("user_id").as_str(), text("api_token").as_str()), ("12345", TOKEN));
    let output = quickstart(&[
        ("QUANTCONNECT_USER_ID", &text("user_id")),
        ("QUANTCONNECT_API_TOKEN", &text("api_token")),
        ("QUANTCONNECT_BASE_URL", &text("base_url")),
        ("QUANTCONNECT_PROJECT_ID", &text("project_id")),
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[path = "../../../crates/qc-proto/examples/std_net.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own, whose main is not called here")]
mod std_net;

/// The protocol crate alone, over `std::net`, against the emulator.
#[test]
fn the_example_is_a_whole_client() {
    let (mut emulator, project_id) = emulator();
    emulator.push_fault(Fault::DropAfter);
    let server = ServerThread::start(emulator).unwrap();
    let base_url = server.base_url().parse().unwrap();
    let mut session = Session::new(credentials()).with_base_url(base_url);
    let create = CreateFile::new(project_id, FileName::new("a.py").unwrap(), "a");
    std_net::execute(&mut session, create).unwrap();
    let files = std_net::execute(&mut session, ReadFiles::all(project_id)).unwrap();
    let names: Vec<&str> = files.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.py", "main.py", "research.ipynb"]);
    assert_eq!(server.emulator().applied().len(), 1);
}
