//! The other end: a listener that treats its connections as the row says.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rustls::{ServerConnection, StreamOwned};
use socket2::{Domain, SockRef, Socket, Type};

use super::{
    PATIENCE,
    authority::CERTIFICATES,
    rows::{End, Kept, Peer, Script},
};

/// What a client needs to know of its peer.
pub(super) struct Place {
    pub(super) url: String,
    /// The proxy to go through, if there is one.
    pub(super) proxy: Option<String>,
    /// A report for every connection that has ended.
    ended: Receiver<()>,
    /// Held until the row is over.
    _held: Vec<Socket>,
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

impl Place {
    pub(super) fn serve(peer: Peer) -> Self {
        match peer {
            Peer::NoName => Self::nobody("http://no..name/"),
            Peer::Refused => {
                let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
                Self::nobody(&format!("http://{address}/"))
            }
            Peer::Full => full(),
            Peer::Plain(script) => serve("http", move |stream| {
                let end = follow(&stream, &mut &stream, script);
                finish(stream, end);
            }),
            Peer::Tls(certificate, script) => {
                let config = CERTIFICATES.config(certificate);
                serve("https", move |mut stream| {
                    let mut connection = ServerConnection::new(config.clone()).unwrap();
                    if connection.complete_io(&mut stream).is_err() {
                        return;
                    }
                    let mut tls = StreamOwned::new(connection, stream);
                    read_request(&mut tls);
                    answer(&mut tls, script);
                    finish(tls.sock, script.end);
                })
            }
            Peer::Handshake(end) => serve("https", move |stream| {
                // The client has said hello: the handshake is under way.
                stream.peek(&mut [0]).unwrap();
                finish(stream, end);
            }),
            Peer::Proxy { answer, end } => {
                let mut place = serve("http", move |mut stream| {
                    read_head(&mut stream);
                    stream.write_all(answer).unwrap();
                    finish(stream, end);
                });
                place.proxy = Some(std::mem::take(&mut place.url));
                place.url = "https://service.invalid/".to_owned();
                place
            }
            Peer::Kept(kept) => serve("http", move |mut stream| {
                if read_request(&mut stream) {
                    stream.write_all(OK).unwrap();
                    if matches!(kept, Kept::ClosedOnUse) {
                        read_request(&mut stream);
                    }
                }
            }),
        }
    }

    fn nobody(url: &str) -> Self {
        Self { url: url.to_owned(), proxy: None, ended: mpsc::channel().1, _held: Vec::new() }
    }

    /// Waits until the peer is done with one connection more.
    pub(super) fn ended(&self) {
        self.ended.recv_timeout(PATIENCE).expect("the connection never ended");
    }
}

/// Runs `script` for every connection, each on a thread of its own.
fn serve(scheme: &str, script: impl Fn(TcpStream) + Clone + Send + 'static) -> Place {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{scheme}://{}/", listener.local_addr().unwrap());
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.set_write_timeout(Some(PATIENCE)).unwrap();
            let (script, sender) = (script.clone(), sender.clone());
            thread::spawn(move || {
                script(stream);
                let _ = sender.send(());
            });
        }
    });
    Place { url, proxy: None, ended, _held: Vec::new() }
}

fn follow(socket: &TcpStream, stream: &mut (impl Read + Write), script: Script) -> End {
    if script.reads {
        read_request(stream);
    } else {
        await_request(socket);
    }
    answer(stream, script);
    script.end
}

/// More than all buffers between the two ends can hold.
const MIDWAY: usize = 16 << 20;

fn answer(stream: &mut impl Write, script: Script) {
    stream.write_all(script.answer).unwrap();
    if script.end == End::ResetMidway {
        stream.write_all(&vec![b' '; MIDWAY]).unwrap();
    }
}

fn finish(stream: TcpStream, end: End) {
    match end {
        End::Close => {}
        End::Reset | End::ResetMidway => {
            SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        }
        End::Stall => while matches!((&stream).read(&mut [0; 4096]), Ok(1..)) {},
    }
}

fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    String::from_utf8(head).ok()
}

/// Whether a whole request came.
fn read_request(stream: &mut impl Read) -> bool {
    let Some(head) = read_head(stream) else { return false };
    let mut body = vec![0; body_length(&head)];
    stream.read_exact(&mut body).is_ok()
}

fn body_length(head: &str) -> usize {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
    });
    length.unwrap_or(0)
}

/// Returns once the whole request has arrived, and leaves it unread.
fn await_request(socket: &TcpStream) {
    let mut arrived = [0; 4096];
    loop {
        let count = socket.peek(&mut arrived).unwrap();
        let text = String::from_utf8_lossy(&arrived[..count]);
        if count == 0
            || text
                .split_once("\r\n\r\n")
                .is_some_and(|(head, body)| body.len() >= body_length(head))
        {
            return;
        }
        thread::yield_now();
    }
}

/// A listener that never accepts, with its queue full.
fn full() -> Place {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut place = Place::nobody(&format!("http://{}/", address.as_socket().unwrap()));
    place._held.push(listener);
    for _ in 0..1000 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        if socket.connect_timeout(&address, Duration::from_millis(100)).is_err() {
            return place;
        }
        place._held.push(socket);
    }
    panic!("this system's queue of connections cannot be filled");
}
