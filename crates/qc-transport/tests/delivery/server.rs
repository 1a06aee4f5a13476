//! Servers that do as the test says, one thread for each connection.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use tokio::{sync::mpsc, time::timeout};

use crate::PATIENCE;

pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

/// A listening server and what its connections report.
pub(crate) struct Server<T> {
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
    reports: mpsc::UnboundedReceiver<T>,
}

impl<T: Send + 'static> Server<T> {
    /// Runs `script` for every connection; what it returns is a report.
    pub(crate) fn start(script: impl Fn(TcpStream) -> T + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let (sender, reports) = mpsc::unbounded_channel();
        let (script, counter) = (Arc::new(script), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                counter.fetch_add(1, SeqCst);
                let (script, sender) = (Arc::clone(&script), sender.clone());
                thread::spawn(move || {
                    let _ = sender.send(script(stream));
                });
            }
        });
        Self { address, connections, reports }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/v2/test", self.address)
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    /// The next report, in the order in which connections end.
    pub(crate) async fn report(&mut self) -> T {
        let report = timeout(PATIENCE, self.reports.recv()).await;
        report.expect("a connection never ended").expect("the server failed")
    }
}

/// Reads one request with a `Content-Length`; None if the client closed instead.
pub(crate) fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => request.push(byte[0]),
            _ => return None,
        }
    }
    let head = String::from_utf8(request).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

/// Reads a request, sends `answer` and closes at once.
pub(crate) fn answer_and_close(mut stream: TcpStream, answer: &[u8]) {
    read_request(&mut stream);
    stream.write_all(answer).unwrap();
}

/// Reads a request, sends `answer` and then says nothing more until the client hangs up.
pub(crate) fn answer_and_stall(mut stream: TcpStream, answer: &[u8]) {
    read_request(&mut stream);
    stream.write_all(answer).unwrap();
    wait_for_close(stream);
}

pub(crate) fn wait_for_close(mut stream: TcpStream) {
    while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {}
}
