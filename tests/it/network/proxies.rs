//! Through a CONNECT proxy, over every transport, with real TLS inside the tunnel.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use qc_proto::{Attempt, Delivery, Phase, bytes::Bytes, http::Request};
use qc_transport::{Proxy, Roots, Settings};
use rustls::{ServerConnection, StreamOwned};

use crate::{
    network::delivery::{CERTIFICATES, Certificate},
    programs::started::quickstart,
    world::{SENDERS, TOKEN},
};

/// A name that only the proxy can make sense of.
const SERVICE: &str = "service.invalid";
/// What must stay inside the tunnel.
const SECRET: &str = "Basic c2VjcmV0OnNpZ25hdHVyZQ==";

fn attempt() -> Attempt {
    let request = Request::post(format!("https://{SERVICE}/api/v2/test"))
        .header("authorization", SECRET)
        .body(Bytes::from_static(b"{\"content\":\"source code\"}"));
    let mut attempt = Attempt::new(request.unwrap());
    attempt.timeout = Duration::from_secs(20);
    attempt
}

/// Answers every request over TLS.
fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let config = CERTIFICATES.config(Certificate::Good);
            thread::spawn(move || {
                let connection = ServerConnection::new(config).unwrap();
                let mut tls = StreamOwned::new(connection, stream.unwrap());
                let mut received = Vec::new();
                let mut byte = [0];
                while tls.read_exact(&mut byte).is_ok() {
                    received.push(byte[0]);
                    if received.ends_with(b"source code\"}") {
                        received.clear();
                        tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
                    }
                }
            });
        }
    });
    address
}

/// A proxy and everything that clients sent through it.
struct Tunnel {
    address: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tunnel {
    /// Answers each CONNECT with `answer`, and then carries bytes to and from `target`.
    fn start(answer: &'static str, target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (record, target) = (Arc::clone(&record), target.clone());
                thread::spawn(move || drop(carry(stream.unwrap(), answer, &target, &record)));
            }
        });
        Self { address, seen }
    }

    /// What came in on each connection, as text.
    fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }
}

fn carry(
    mut client: TcpStream,
    answer: &str,
    target: &str,
    record: &Mutex<Vec<Vec<u8>>>,
) -> io::Result<()> {
    let number = {
        let mut record = record.lock().unwrap();
        record.push(Vec::new());
        record.len() - 1
    };
    let note = |bytes: &[u8]| record.lock().unwrap()[number].extend_from_slice(bytes);
    let mut byte = [0];
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    note(&head);
    client.write_all(answer.as_bytes())?;
    if !answer.contains(" 200 ") {
        return Ok(());
    }
    let mut server = TcpStream::connect(target)?;
    let (mut back, mut there) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || io::copy(&mut back, &mut there));
    let mut buffer = [0; 4096];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            count => {
                note(&buffer[..count]);
                server.write_all(&buffer[..count])?;
            }
        }
    }
}

fn through(proxy: &str) -> Settings {
    Settings::new()
        .roots(Roots::Pem(CERTIFICATES.trusted.clone()))
        .proxy(Proxy::Url(proxy.to_owned()))
}

#[test]
fn a_proxy_sees_the_host_and_its_own_login_and_nothing_else() {
    for (name, sender) in SENDERS {
        let tunnel = Tunnel::start("HTTP/1.1 200 OK\r\n\r\n", service());
        let send = sender(through(&format!("http://me:p%40ss@{}", tunnel.address)));
        for _ in 0..3 {
            assert_eq!(send(attempt()).unwrap().status().as_u16(), 200, "{name}");
        }
        let seen = tunnel.seen();
        assert_eq!(seen.len(), 1, "{name}: the tunnel is kept");
        let (head, rest) = seen[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("CONNECT {SERVICE}:443 HTTP/1.1\r\n")), "{name}: {head}");
        let login =
            head.lines().filter_map(|line| line.split_once(':')).find_map(|(key, value)| {
                key.eq_ignore_ascii_case("proxy-authorization").then(|| value.trim().to_owned())
            });
        assert_eq!(login.as_deref(), Some("Basic bWU6cEBzcw=="), "{name}");
        for secret in [SECRET, "source code", "/api/v2/test"] {
            assert!(!head.contains(secret) && !rest.contains(secret), "{name} shows {secret}");
        }
    }
}

#[test]
fn plain_http_goes_through_a_tunnel_too_once_it_is_allowed() {
    for (name, sender) in SENDERS {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let service = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut received = Vec::new();
            let mut byte = [0];
            while !received.ends_with(b"source code\"}") {
                stream.read_exact(&mut byte).unwrap();
                received.push(byte[0]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        });
        let tunnel = Tunnel::start("HTTP/1.1 200 OK\r\n\r\n", service);
        let mut attempt = attempt();
        *attempt.request.uri_mut() = format!("http://{SERVICE}/api/v2/test").parse().unwrap();
        let settings = through(&format!("http://{}", tunnel.address)).allow_plain_http(true);
        assert_eq!(sender(settings)(attempt).unwrap().body(), "{}", "{name}");
        let asked = format!("CONNECT {SERVICE}:80 HTTP/1.1\r\n");
        assert!(tunnel.seen()[0].starts_with(&asked), "{name}: {:?}", tunnel.seen());
    }
}

#[test]
fn a_tunnel_refused_says_which_proxy_and_what_to_do() {
    for (name, sender) in SENDERS {
        for status in ["407 Proxy Authentication Required", "502 Bad Gateway"] {
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").leak();
            let tunnel = Tunnel::start(answer, String::new());
            let send = sender(through(&format!("http://me:p%40ss@{}", tunnel.address)));
            let failure = send(attempt()).unwrap_err();
            let text = failure.to_string();
            assert_eq!((failure.delivery(), failure.phase()), (Delivery::NotSent, Phase::Connect));
            assert!(text.contains(&tunnel.address), "{name}: {text}");
            assert!(!text.contains("p%40ss") && !text.contains("p@ss"), "{name}: {text}");
            if status.starts_with("407") {
                assert!(text.contains("user") && text.contains("password"), "{name}: {text}");
            }
            assert_eq!(tunnel.seen().len(), 1, "{name} tried again");
        }
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_no_reason_to_go_directly() {
    for (name, sender) in SENDERS {
        let failure = sender(through("socks5://me:secret@127.0.0.1:9"))(attempt()).unwrap_err();
        let text = failure.to_string();
        assert_eq!(failure.delivery(), Delivery::NotSent);
        assert!(text.contains("socks5:// are not supported"), "{name}: {text}");
        assert!(!text.contains("secret"), "{name}: {text}");
    }
}

#[test]
fn a_program_takes_its_proxy_from_the_environment() {
    let tunnel =
        Tunnel::start("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", String::new());
    let proxy = format!("http://me:p%40ss@{}", tunnel.address);
    let output = quickstart(&[
        ("QUANTCONNECT_USER_ID", "12345"),
        ("QUANTCONNECT_API_TOKEN", TOKEN),
        ("QUANTCONNECT_BASE_URL", &format!("https://{SERVICE}/api/v2")),
        ("HTTPS_PROXY", &proxy),
        ("NO_PROXY", "other.invalid"),
    ]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(&format!("the proxy {} gives no tunnel", tunnel.address)), "{text}");
    assert!(!text.contains("p%40ss") && !text.contains("p@ss") && !text.contains(TOKEN), "{text}");
    let seen = tunnel.seen();
    assert!(!seen.is_empty(), "the proxy was not asked");
    let asked = format!("CONNECT {SERVICE}:443 ");
    assert!(seen.iter().all(|head| head.starts_with(&asked)), "{seen:?}");
}
