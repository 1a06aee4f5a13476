//! A server that dies after a number of answers, with the emulator behind it.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

use qc_emulator::Emulator;
use qc_proto::{bytes::Bytes, http};

use crate::world::WALL;

/// Listens until it has answered `answers` requests, then closes everything.
pub(crate) fn start(mut emulator: Emulator, answers: usize) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let mut left = answers;
        while left > 0 {
            let (mut stream, _) = listener.accept().unwrap();
            while left > 0 {
                let Some(request) = read(&mut stream) else { break };
                write(&mut stream, &answer(&mut emulator, &request));
                left -= 1;
            }
        }
    });
    (address, thread)
}

fn answer(emulator: &mut Emulator, request: &http::Request<Bytes>) -> http::Response<Bytes> {
    // Signed with the real time: the timestamp itself is as good a clock as any.
    let stamp = request.headers()["timestamp"].to_str().unwrap().parse().unwrap();
    emulator.handle(std::time::Duration::from_secs(stamp).max(WALL / 2), request)
}

/// One request off a connection; none when it is closed.
pub(crate) fn read(stream: &mut TcpStream) -> Option<http::Request<Bytes>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head_end, length) = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().unwrap());
            break (end + 4, length);
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    while bytes.len() < head_end + length {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.trim_end().lines();
    let mut first = lines.next()?.split(' ');
    let mut request = http::Request::builder().method(first.next()?).uri(first.next()?);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    Some(request.body(Bytes::copy_from_slice(&bytes[head_end..])).unwrap())
}

fn write(stream: &mut TcpStream, response: &http::Response<Bytes>) {
    let mut head =
        format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", response.status(), response.body().len());
    for (name, value) in response.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(response.body()).unwrap();
}
