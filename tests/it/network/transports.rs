//! What every transport over real sockets does alike when nothing, or something odd, goes wrong.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use qc_proto::{Attempt, Cause, Delivery, Phase, bytes::Bytes, http::Request};
use qc_transport::{Roots, Settings};

use crate::{
    network::delivery::{CERTIFICATES, Certificate},
    programs::started::quickstart,
    world::{SENDERS, TOKEN},
};

const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: usize = 1000;
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn attempt(url: &str, body: &'static str) -> Attempt {
    let request = Request::post(url).body(Bytes::from_static(body.as_bytes()));
    let mut attempt = Attempt::new(request.unwrap());
    (attempt.timeout, attempt.max_response_bytes) = (PATIENCE, LIMIT);
    attempt
}

/// Answers every request on every connection with `answer`, and reports each request and each connection's end.
struct Server {
    address: String,
    events: Receiver<Event>,
}

#[derive(Debug, PartialEq, Eq)]
enum Event {
    Connected,
    Request(String),
}

impl Server {
    fn start(answer: impl Fn(&mut dyn Write) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, events) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream: TcpStream = stream.unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                let (answer, sender) = (answer.clone(), sender.clone());
                let _ = sender.send(Event::Connected);
                thread::spawn(move || {
                    while let Some(request) = read_request(&mut stream) {
                        let _ = sender.send(Event::Request(request));
                        answer(&mut stream);
                    }
                });
            }
        });
        Self { address, events }
    }

    fn answering(answer: Vec<u8>) -> Self {
        Self::start(move |stream| drop(stream.write_all(&answer)))
    }

    fn url(&self) -> String {
        format!("http://{}/api/v2/test", self.address)
    }

    fn next(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("the server sees nothing")
    }

    fn request(&self) -> String {
        match self.next() {
            Event::Request(request) => request,
            Event::Connected => panic!("another connection instead of a request"),
        }
    }

    /// All that was seen and not asked for yet.
    fn rest(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }
}

fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        request.push(byte[0]);
    }
    let head = String::from_utf8(request).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

#[test]
fn a_request_goes_out_as_it_is_and_its_connection_is_kept() {
    for (name, sender) in SENDERS {
        let server = Server::answering(OK.to_vec());
        let send = sender(Settings::new());
        for _ in 0..3 {
            let mut attempt = attempt(&server.url(), r#"{"name":"main.py"}"#);
            let headers = attempt.request.headers_mut();
            headers.insert("authorization", "Basic eDp5".parse().unwrap());
            headers.insert("content-type", "application/json".parse().unwrap());
            headers.insert("accept", "application/json".parse().unwrap());
            headers.insert("user-agent", "qc-rs/1".parse().unwrap());
            let response = send(attempt).unwrap();
            assert_eq!((response.status().as_u16(), &response.body()[..]), (200, &b"{}"[..]));
        }
        assert_eq!(server.next(), Event::Connected);
        let host = format!("host: {}", server.address);
        for _ in 0..3 {
            let request = server.request();
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let mut lines: Vec<_> = head.lines().map(str::to_ascii_lowercase).collect();
            assert_eq!(lines.remove(0), "post /api/v2/test http/1.1", "{name}");
            lines.sort_unstable();
            assert_eq!(
                lines,
                [
                    "accept-encoding: gzip",
                    "accept: application/json",
                    "authorization: basic edp5",
                    "content-length: 18",
                    "content-type: application/json",
                    &host,
                    "user-agent: qc-rs/1",
                ],
                "{name}"
            );
            assert_eq!(body, r#"{"name":"main.py"}"#, "{name}");
        }
        assert_eq!(server.rest(), [], "{name}: more than was asked for");
    }
}

#[test]
fn a_redirect_is_an_answer_and_nothing_leaves_for_the_other_host() {
    for (name, sender) in SENDERS {
        let other = Server::answering(OK.to_vec());
        for status in [301, 302, 303, 307, 308] {
            let target = other.url();
            let server = Server::answering(
                format!("HTTP/1.1 {status} x\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n")
                    .into_bytes(),
            );
            let response = sender(Settings::new())(attempt(&server.url(), "{}")).unwrap();
            assert_eq!(response.status().as_u16(), status, "{name}");
            assert_eq!(response.headers()["location"], *target, "{name}");
        }
        assert_eq!(other.rest(), [], "{name} followed a redirect");
    }
}

#[test]
fn any_status_is_an_answer() {
    for (name, sender) in SENDERS {
        for status in [204, 400, 401, 404, 408, 413, 429, 500, 502, 503] {
            let length = if status == 204 { "" } else { "Content-Length: 0\r\n" };
            let server =
                Server::answering(format!("HTTP/1.1 {status} x\r\n{length}\r\n").into_bytes());
            let response = sender(Settings::new())(attempt(&server.url(), "{}")).unwrap();
            assert_eq!(response.status().as_u16(), status, "{name}");
        }
    }
}

#[test]
fn an_answer_over_the_limit_is_refused_while_it_streams() {
    type Answer = fn(&mut dyn Write);
    let endless = |stream: &mut dyn Write, piece: &[u8]| while stream.write_all(piece).is_ok() {};
    let answers: &[(&str, Answer)] = &[
        ("announced", |stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").unwrap();
        }),
        ("chunked", |stream| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        }),
        ("until closed", |stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap()),
    ];
    for (name, sender) in SENDERS {
        for (what, answer) in answers {
            let (answer, chunked) = (*answer, *what == "chunked");
            let server = Server::start(move |stream| {
                answer(stream);
                endless(stream, if chunked { b"4\r\n    \r\n" } else { b"    " });
            });
            let failure = sender(Settings::new())(attempt(&server.url(), "{}")).unwrap_err();
            let found = (failure.delivery(), failure.phase(), failure.cause());
            let expected = (Delivery::MaybeSent, Phase::Body, Cause::TooLarge);
            assert_eq!(found, expected, "{name}, {what}: {failure:?}");
            assert!(failure.to_string().contains("1000 bytes"), "{failure}");
        }
    }
}

#[test]
fn an_answer_of_just_the_limit_is_read_whole() {
    for (name, sender) in SENDERS {
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".to_vec();
        answer.resize(answer.len() + LIMIT, b'x');
        let server = Server::answering(answer);
        let response = sender(Settings::new())(attempt(&server.url(), "{}")).unwrap();
        assert_eq!(response.body().len(), LIMIT, "{name}");
    }
}

fn gzip(text: &[u8], cut: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    let body = encoder.finish().unwrap();
    let body = &body[..body.len() - cut];
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
    let mut answer = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

#[test]
fn gzip_is_undone_and_the_limit_counts_what_comes_out() {
    for (name, sender) in SENDERS {
        let send = |answer| {
            let server = Server::answering(answer);
            sender(Settings::new())(attempt(&server.url(), "{}"))
        };
        let response = send(gzip(&[b'x'; LIMIT], 0)).unwrap();
        assert_eq!(response.body().len(), LIMIT, "{name}");
        assert!(response.headers().get("content-encoding").is_none(), "{name}");
        // 64 MB of zeroes in 64 kB: fewer bytes than a test may allow, and too many once inflated.
        let failure = send(gzip(&vec![0; LIMIT + 1], 0)).unwrap_err();
        assert_eq!(failure.cause(), Cause::TooLarge, "{name}: {failure:?}");
        let failure = send(gzip(b"some text that is cut", 5)).unwrap_err();
        assert_eq!((failure.phase(), failure.cause()), (Phase::Body, Cause::Broken), "{name}");
    }
}

#[test]
fn plain_http_stays_on_this_machine_unless_allowed() {
    for (name, sender) in SENDERS {
        let failure = sender(Settings::new())(attempt("http://192.0.2.1/", "{}")).unwrap_err();
        assert_eq!((failure.cause(), failure.delivery()), (Cause::Rejected, Delivery::NotSent));
        assert!(failure.to_string().contains("allow_plain_http"), "{name}: {failure}");
    }
}

#[test]
fn certificates_that_cannot_be_used_are_no_reason_to_trust_others() {
    for (name, sender) in SENDERS {
        let send = sender(Settings::new().roots(Roots::Pem(b"nothing".to_vec())));
        let failure = send(attempt("https://127.0.0.1:9/", "{}")).unwrap_err();
        assert_eq!((failure.cause(), failure.delivery()), (Cause::Rejected, Delivery::NotSent));
        assert!(failure.to_string().contains("certificate authorities"), "{name}: {failure}");
    }
}

/// A server over TLS, and the request that it gets if it is trusted.
fn secure() -> (String, JoinHandle<Option<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let config = CERTIFICATES.config(Certificate::Good);
    let server = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut connection = rustls::ServerConnection::new(config).unwrap();
        if connection.complete_io(&mut stream).is_err() {
            return None;
        }
        let mut tls = rustls::StreamOwned::new(connection, stream);
        let request = read_request(&mut tls)?;
        tls.write_all(OK).unwrap();
        Some(request)
    });
    (url, server)
}

#[test]
fn only_the_chosen_authorities_are_trusted() {
    for (name, sender) in SENDERS {
        for (roots, trusted) in [
            (Roots::Pem(CERTIFICATES.trusted.clone()), true),
            (Roots::Bundled, false),
            (Roots::Platform, false),
        ] {
            let (url, server) = secure();
            let result = sender(Settings::new().roots(roots.clone()))(attempt(&url, "{}"));
            let received = server.join().unwrap();
            assert_eq!(
                (result.is_ok(), received.is_some()),
                (trusted, trusted),
                "{name}, {roots:?}"
            );
            if let Err(failure) = result {
                assert_eq!((failure.phase(), failure.delivery()), (Phase::Tls, Delivery::NotSent));
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_trusts_whom_the_environment_names() {
    let file = std::env::temp_dir().join(format!("qc-authorities-{}.pem", std::process::id()));
    std::fs::write(&file, &CERTIFICATES.trusted).unwrap();
    let (url, server) = secure();
    let output = quickstart(&[
        ("QUANTCONNECT_USER_ID", "12345"),
        ("QUANTCONNECT_API_TOKEN", TOKEN),
        ("QUANTCONNECT_BASE_URL", &url),
        ("SSL_CERT_FILE", file.to_str().unwrap()),
    ]);
    std::fs::remove_file(&file).unwrap();
    // Ends the server's waiting if the program did not come.
    let _ = TcpStream::connect(url.trim_start_matches("https://").trim_end_matches('/'));
    let request = server.join().unwrap();
    assert!(request.is_some(), "{}", String::from_utf8_lossy(&output.stderr));
}
