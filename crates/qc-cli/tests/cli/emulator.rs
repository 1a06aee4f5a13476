//! `qc emulator`, as whoever runs it in a test of their own sees it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    time::SystemTime,
};

use qc_emulator::{Drift, FAULT_FORMS};
use qc_files::{
    ApiToken, Credentials, UserId,
    qc_proto::{Signature, http::HeaderMap},
};
use serde_json::Value;
use tempfile::TempDir;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qc"));
    command
        .arg("emulator")
        .args(arguments)
        .env_remove("QUANTCONNECT_USER_ID")
        .env_remove("QUANTCONNECT_API_TOKEN")
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A program that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it and reads the line that says it is ready.
fn ready(mut command: Command) -> (Running, Value) {
    let mut child = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

/// It ends with 0 on a signal that comes as early as one can.
fn stops(mut child: Running, signal: &str) {
    let kill = Command::new("kill").args([signal, &child.0.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let code = if signal == "-KILL" { None } else { Some(0) };
    assert_eq!(child.0.wait().unwrap().code(), code, "{signal}");
}

#[test]
fn it_says_where_it_is_and_stops_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let (child, ready) = ready(program(&[]));
        stops(child, signal);
        assert!(ready["base_url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
        let user_id = ready["user_id"].as_str().unwrap();
        assert_eq!((user_id.len(), user_id.parse::<u32>().is_ok()), (6, true), "{ready}");
        let token = ready["api_token"].as_str().unwrap();
        assert_eq!(token.len(), 64, "{ready}");
        assert!(token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{ready}");
        assert!(ready["project_id"].as_u64().is_some(), "{ready}");
    }
}

#[test]
fn an_option_goes_before_the_environment() {
    let mut command = program(&["--user-id", "8"]);
    command.env("QUANTCONNECT_USER_ID", "9").env("QUANTCONNECT_API_TOKEN", "from-environment");
    let (child, ready) = ready(command);
    stops(child, "-TERM");
    assert_eq!((&ready["user_id"], &ready["api_token"]), (&"8".into(), &"from-environment".into()));
}

#[test]
fn wrong_arguments_end_with_2_and_name_what_is_wrong() {
    for (arguments, names) in [
        (["--port", "99999"], "99999"),
        (["--port", "x"], "x"),
        (["--user-id", "nobody"], "--user-id"),
        (["--api-token", ""], "apiToken: must not be empty"),
        (["--prot", "1"], "--prot"),
        (["stray", "-x"], "stray"),
        (["--fault", "drop"], "drop-after"),
        (["--fault", "status=9"], "between 200 and 599"),
        (["--fault", "drift=odd"], "byte-order-mark"),
        (["--max-age", "-1s"], "negative"),
        (["--clock-skew", "soon"], "-2h"),
        (["--tier", "gold"], "researcher"),
        (["--library-files", "middle"], "first"),
        (["--rate-limit", "20"], "20/1m"),
        (["--rate-limit", "20/0s"], "20/1m"),
        (["--users", "no-such-file.json"], "no-such-file.json"),
    ] {
        let (code, stdout, stderr) = run(&arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.contains(names), "{stderr}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, stdout, stderr) = run(&["--port", &port]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains(&port), "{stderr}");
}

/// What comes upon a request with these header lines.
fn exchange(ready: &Value, lines: &str) -> String {
    exchange_at(ready, "authenticate", lines)
}

fn exchange_at(ready: &Value, endpoint: &str, lines: &str) -> String {
    let address = ready["base_url"].as_str().unwrap();
    let address = address.strip_prefix("http://").unwrap().strip_suffix("/api/v2").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        format!("POST /api/v2/{endpoint} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// What comes upon a request whose signature is off by so many seconds.
fn signed(ready: &Value, seconds: i64) -> String {
    signed_to(ready, "authenticate", seconds)
}

#[allow(clippy::disallowed_methods, reason = "the program checks signatures against the real time")]
fn signed_to(ready: &Value, endpoint: &str, seconds: i64) -> String {
    let text = |field: &str| ready[field].as_str().unwrap().to_owned();
    let user_id: UserId = text("user_id").parse().unwrap();
    let credentials = Credentials::new(user_id, ApiToken::new(text("api_token")).unwrap());
    let wall = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let mut headers = HeaderMap::new();
    Signature::new(&credentials, wall.saturating_add_signed(seconds)).apply(&mut headers);
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()))
        .collect();
    exchange_at(ready, endpoint, &lines)
}

/// The status of an unsigned request, and the `Date` that came with it.
fn ask(ready: &Value) -> (String, String) {
    let answer = exchange(ready, "");
    let line = |start: &str| {
        let found = answer.lines().find(|line| line.to_ascii_lowercase().starts_with(start));
        found.unwrap_or_default().to_owned()
    };
    (line("http/1.1 "), line("date: "))
}

#[test]
fn faults_come_as_ordered() {
    let rules = ["--fault", "authenticate:status=503*2", "--fault", "skew=-1h*always"];
    let (child, ready) = ready(program(&[&rules[..], &["--clock-skew", "-350000h"]].concat()));
    let answers: Vec<_> = (0..3).map(|_| ask(&ready)).collect();
    stops(child, "-TERM");
    let statuses: Vec<_> = answers.iter().map(|(status, _)| status.as_str()).collect();
    let busy = "HTTP/1.1 503 Service Unavailable";
    assert_eq!(statuses, [busy, busy, "HTTP/1.1 200 OK"]);
    // Forty years ago, give or take.
    assert!(answers.iter().all(|(_, date)| date.contains(" 198")), "{answers:?}");
    assert!(ready.get("fault_seed").is_none(), "nothing is left to chance: {ready}");
}

#[test]
fn a_time_may_be_a_number_of_seconds() {
    for skew in ["-1260000000", "-350000h"] {
        let (child, ready) = ready(program(&["--clock-skew", skew, "--max-age", "60"]));
        let (status, date) = ask(&ready);
        stops(child, "-TERM");
        assert_eq!((status.as_str(), date.contains(" 198")), ("HTTP/1.1 200 OK", true), "{date}");
    }
}

#[test]
fn the_window_of_signatures_is_as_wide_as_ordered() {
    let hash_refused = |window: &[&str]| {
        let (child, ready) = ready(program(window));
        let (old, ahead) = (signed(&ready, -600), signed(&ready, 600));
        stops(child, "-TERM");
        [old, ahead].map(|answer| answer.contains("Hash doesn't match."))
    };
    assert_eq!(hash_refused(&[]), [false, true]);
    assert_eq!(hash_refused(&["--max-age", "1m", "--max-ahead", "1h"]), [true, false]);
}

#[test]
fn help_names_every_fault_and_every_drift() {
    let (_, help, _) = run(&["--help"]);
    for (form, what) in FAULT_FORMS {
        let line = help.lines().find(|line| line.trim_start().starts_with(form));
        assert!(line.is_some_and(|line| line.ends_with(what)), "{form}");
    }
    for drift in Drift::ALL {
        assert!(help.lines().any(|line| line.trim() == drift.name()), "{drift}");
    }
}

#[test]
fn chance_says_its_seed_and_repeats_it() {
    let rule = ["--fault", "status=503@50%"];
    let (child, first) = ready(program(&rule));
    let seed = first["fault_seed"].as_u64().unwrap().to_string();
    let asked: Vec<_> = (0..40).map(|_| ask(&first).0).collect();
    stops(child, "-TERM");
    let (child, again) = ready(program(&[&rule[..], &["--seed", &seed]].concat()));
    assert_eq!((0..40).map(|_| ask(&again).0).collect::<Vec<_>>(), asked);
    stops(child, "-TERM");
    let hits = asked.iter().filter(|status| status.contains("503")).count();
    assert!((1..40).contains(&hits), "{hits} of 40");
}

#[test]
fn a_rate_limit_holds_who_asks_too_often() {
    let (child, ready) = ready(program(&["--rate-limit", "2/1h"]));
    let statuses: Vec<_> = (0..3).map(|_| ask(&ready).0).collect();
    stops(child, "-TERM");
    let fine = "HTTP/1.1 200 OK";
    assert_eq!(statuses, [fine, fine, "HTTP/1.1 429 Too Many Requests"]);
}

#[test]
fn users_come_from_a_file_and_no_error_quotes_it() {
    let place = TempDir::new().unwrap();
    let file = place.path().join("users.json");
    let path = file.to_str().unwrap();
    let users = r#"[{"user-id": "2", "api-token": "two", "projects": ["Mine"]},
                    {"user-id": "3", "api-token": "three"}]"#;
    fs::write(&file, users).unwrap();
    let (child, mut ready) = ready(program(&["--users", path, "--user-id", "1"]));
    for (user, token, names) in
        [("2", "two", "\"name\":\"Mine\""), ("3", "three", "\"projects\":[]")]
    {
        ready["user_id"] = user.into();
        ready["api_token"] = token.into();
        let said = signed_to(&ready, "projects/read", 0);
        assert!(said.contains(names), "{said}");
    }
    stops(child, "-TERM");

    fs::write(&file, r#"[{"user-id": "2", "api-tokens": "s3cret"}]"#).unwrap();
    let (code, _, stderr) = run(&["--users", path]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("line 1") && !stderr.contains("s3cret"), "{stderr}");
}

#[test]
fn it_says_that_it_is_ready_in_a_file_too_and_answers_whoever_asks_for_its_health() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = TempDir::new().unwrap();
    let file = place.path().join("ready.json");
    let (child, ready) = ready(program(&["--ready-file", file.to_str().unwrap(), "--json", "-q"]));
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(kept, ready);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let address = ready["base_url"].as_str().unwrap().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address.strip_suffix("/api/v2").unwrap()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    stops(child, "-TERM");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
}

#[test]
fn other_machines_reach_it_only_when_that_was_said() {
    let (code, stdout, stderr) = run(&["--listen", "0.0.0.0"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("--expose") && stderr.contains("without credentials"), "{stderr}");
    let (child, ready) = ready(program(&["--listen", "127.0.0.1"]));
    stops(child, "-TERM");
    assert!(ready["base_url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{ready}");
}

#[test]
fn a_data_folder_keeps_projects_for_the_next_time() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("data");
    let arguments = ["--data-dir", folder.to_str().unwrap(), "--api-token", "kept"];
    let (child, first) = ready(program(&arguments));
    let create =
        format!("files/create?projectId={}&name=kept.py&content=x%20%3D%201", first["project_id"]);
    assert!(signed_to(&first, &create, 0).contains("true"));
    // Another one at the same time is told.
    let (code, _, stderr) = run(&arguments);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("another emulator is at work"), "{stderr}");
    stops(child, "-KILL");

    let (child, again) = ready(program(&arguments));
    assert_eq!((&again["user_id"], &again["project_id"]), (&"1".into(), &first["project_id"]));
    let read = format!("files/read?projectId={}&name=kept.py", again["project_id"]);
    let said = signed_to(&again, &read, 0);
    stops(child, "-TERM");
    assert!(said.contains("x = 1"), "{said}");
}
