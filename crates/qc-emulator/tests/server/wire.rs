//! A service on a socket, and requests as they stand on the wire.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, SystemTime},
};

use qc_emulator::{Emulator, ServerThread};
use qc_proto::{
    ApiToken, Credentials, Language, ProjectId, Signature, UserId,
    http::{HeaderMap, HeaderValue},
};
use serde_json::Value;

/// No test waits for it: it only keeps a broken one from hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn credentials() -> Credentials {
    Credentials::new(UserId::new(7), ApiToken::new("token").unwrap())
}

pub(crate) fn emulator() -> (Emulator, ProjectId) {
    let mut emulator = Emulator::new(credentials());
    let project = emulator.add_project("Test", Language::Python);
    (emulator, project)
}

pub(crate) fn start() -> (ServerThread, ProjectId) {
    let (emulator, project) = emulator();
    (ServerThread::start(emulator).unwrap(), project)
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

#[allow(clippy::disallowed_methods, reason = "the server checks signatures against the real time")]
pub(crate) fn signature() -> HeaderMap {
    let wall = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let mut headers = HeaderMap::new();
    Signature::new(&credentials(), wall.as_secs()).apply(&mut headers);
    headers
}

/// A signed request as it stands on the wire.
pub(crate) fn wire(request_line: &str, extra: &str, body: &str) -> String {
    let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
    let mut wire = format!("{request_line} HTTP/1.1\r\nHost: localhost\r\n{extra}");
    for (name, value) in &signature() {
        wire += &format!("{name}: {}\r\n", text(value));
    }
    if !body.is_empty() {
        wire += &format!("Content-Length: {}\r\n", body.len());
    }
    wire + "\r\n" + body
}

/// What comes until the connection closes.
pub(crate) fn answer_to(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    String::from_utf8(answer).unwrap()
}

pub(crate) const CLOSE: &str = "Connection: close\r\n";

/// Status, head and body of an answer to a request that nobody signed.
pub(crate) fn ask(
    server: &ServerThread,
    line: &str,
    extra: &str,
    body: &str,
) -> (u16, String, String) {
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {}\r\n{CLOSE}{extra}Content-Length: {}\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    let answer = answer_to(server.address(), &request);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
}

pub(crate) fn json_of(server: &ServerThread, line: &str, body: &str) -> Value {
    let (status, _, body) = ask(server, line, "", body);
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// Whether the far end has closed, whichever way.
pub(crate) fn is_closed(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
    }
}
