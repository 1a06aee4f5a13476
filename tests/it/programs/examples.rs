//! The examples of qc-files, as their readers run them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
};

use crate::programs::started::{Running, built};

/// What an example prints.
fn output(name: &str) -> String {
    let output = Command::new(built("--example", name)).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn every_example_does_what_it_shows() {
    for (name, said) in [
        ("blocking", "signals/alpha.py has 12 bytes\n"),
        ("in_memory", "created once, although the answer was lost\n"),
        ("in_memory", "waited 7."),
        ("in_memory", "in project 20000001: a web page came in place of an answer"),
        ("own_endpoint", "3 backtests, [\"one is running\"]\n"),
        ("own_endpoint", "backtests/list in project 7: Project not found\n"),
        ("reqwest_transport", "12 bytes\n"),
        ("upload_progress", "1200000 of 1200000 bytes\n"),
        ("upload_progress", "done: 42 files\n"),
    ] {
        let text = output(name);
        assert!(text.contains(said), "{name}: {text}");
    }
}

#[test]
fn the_web_service_reads_files_and_tells_errors_apart() {
    let mut command = Command::new(built("--example", "axum_app"));
    let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    // Read to the end of the test: a program whose output nobody takes would stop.
    let mut stdout = BufReader::new(running.0.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix("/files"));
    let get = |path: &str| {
        let mut stream = TcpStream::connect(address.unwrap()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(get("/files").contains("main.py\n"), "{line}");
    assert!(get("/files/main.py").contains("class "), "{line}");
    let absent = get("/files/none.py");
    assert!(absent.contains("404 Not Found") && absent.ends_with("fileNotFound"), "{absent}");
    assert!(get("/files/..%2Fx").contains("400 Bad Request"));
}
