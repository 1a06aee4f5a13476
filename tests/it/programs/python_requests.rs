//! The user document's flow, byte for byte as Python's `requests` 2.34.2 sends it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use qc_emulator::ServerThread;
use qc_proto::{ProjectId, Signature, http::HeaderMap};
use serde_json::Value;

use crate::world::{credentials, emulator, wall};

const CONTENT: &str = r##"\n# region imports\nfrom AlgorithmImports import *\n# endregion\nclass Project(QCAlgorithm):\ndef Initialize(self):\nself.AddEquity(\"SPY\", Resolution.Minute)\n"##;

/// Header order, letter case, JSON spacing and the doubled slash are those that were captured from it.
fn request(address: &str, path: &str, timestamp: u64, json: Option<&str>) -> String {
    let mut headers = HeaderMap::new();
    Signature::new(&credentials(), timestamp).apply(&mut headers);
    let authorization = headers["authorization"].to_str().unwrap();
    let content_type = if json.is_some() { "Content-Type: application/json\r\n" } else { "" };
    let json = json.unwrap_or_default();
    format!(
        "POST /api/v2//{path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: python-requests/2.34.2\r\n\
         Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n\
         Authorization: {authorization}\r\nTimestamp: {timestamp}\r\nContent-Length: {}\r\n{content_type}\r\n{json}",
        json.len()
    )
}

/// Without a session `requests` opens a connection for each call.
fn post(address: &str, path: &str, timestamp: u64, json: Option<&str>) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request(address, path, timestamp, json).as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "closed: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length: usize = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map(|(_, value)| value.parse().unwrap())
            .unwrap();
        if body.len() >= length {
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            return serde_json::from_str(body).unwrap();
        }
    }
}

#[test]
fn the_documents_flow_passes_unchanged() {
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();
    let address = server.address().to_string();
    let post = |path: &str, json: Option<&str>| post(&address, path, wall().as_secs(), json);
    let succeeds = |answer: &Value| assert_eq!(answer["success"], true, "{answer}");
    let id: ProjectId = project;

    succeeds(&post("authenticate", None));
    succeeds(&post(
        "files/create",
        Some(&format!(r#"{{"projectId": {id}, "name": "utils.py", "content": "{CONTENT}"}}"#)),
    ));
    let read =
        post("files/read", Some(&format!(r#"{{"projectId": {id}, "includeLibraries": true}}"#)));
    succeeds(&read);
    let names: Vec<&str> = read["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["main.py", "research.ipynb", "utils.py"]);
    let first = read["files"][0]["content"].as_str().unwrap().replace("SPY", "TSLA");
    succeeds(&post(
        "files/update",
        Some(&format!(
            r#"{{"projectId": {id}, "name": "utils.py", "content": {}}}"#,
            Value::from(first.as_str())
        )),
    ));
    assert_eq!(server.emulator().file(project, "utils.py"), Some(first.as_str()));
    succeeds(&post(
        "files/update",
        Some(&format!(r#"{{"projectId": {id}, "name": "utils.py", "newName": "utils2.py"}}"#)),
    ));
    succeeds(&post(
        "files/delete",
        Some(&format!(r#"{{"projectId": {id}, "name": "utils2.py"}}"#)),
    ));
    assert_eq!(server.emulator().file_names(project), ["main.py", "research.ipynb"]);
}
