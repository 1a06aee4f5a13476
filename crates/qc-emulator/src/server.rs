//! The service on a real socket.

use std::{
    future, io,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{body::Body as _, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use qc_proto::{
    bytes::Bytes,
    http::{self, HeaderValue, StatusCode, header},
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::{Emulator, Ending, Exchange, StallAt, answer_body::AnswerBody, compress};

/// The largest project has 64 MB, and JSON escapes take some more.
const MAX_REQUEST_BYTES: usize = 96 << 20;

/// The service on a loopback port, over HTTP/1.1. Dropping it closes the port and every connection.
///
/// ```
/// use qc_emulator::{Emulator, Server};
/// use qc_proto::{ApiToken, Credentials, UserId};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
/// let server = Server::start(Emulator::new(credentials)).await?;
/// assert!(server.base_url().starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    emulator: Arc<Mutex<Emulator>>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1. Needs a tokio runtime with IO and time.
    ///
    /// # Errors
    ///
    /// What the system says when it has no port.
    pub async fn start(emulator: Emulator) -> io::Result<Self> {
        Self::start_on(emulator, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Listens on this address; port 0 is a free one.
    ///
    /// # Errors
    ///
    /// What the system says, such as that the port is taken.
    pub async fn start_on(emulator: Emulator, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let emulator = Arc::new(Mutex::new(emulator));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&emulator)));
        Ok(Self { emulator, address, accepting })
    }

    /// What a client takes as base URL.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v2", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The service behind it. It answers nobody while the guard is held.
    pub fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the port and every connection, and returns when they are closed.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Connections belong to this task: when it is aborted, they end with it.
async fn accept(listener: TcpListener, emulator: Arc<Mutex<Emulator>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // Out of descriptors, or a client that has left: the next may fare better.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&emulator)));
                } else {
                    tokio::task::yield_now().await;
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, emulator: Arc<Mutex<Emulator>>) {
    let _ = stream.set_nodelay(true);
    // A second handle on the socket, for what hyper does not do: to reset it, and to write half a head.
    let (stream, socket) = match two_handles(stream) {
        Ok(handles) => handles,
        Err(_) => return,
    };
    let service = service_fn(|request| answer(request, &emulator, &socket));
    // What a client does to its connection is its own affair.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(30))
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: http::Request<hyper::body::Incoming>,
    emulator: &Mutex<Emulator>,
    socket: &std::net::TcpStream,
) -> io::Result<http::Response<AnswerBody>> {
    let (head, body) = request.into_parts();
    // One that announces its size is not read first.
    if body.size_hint().lower() > MAX_REQUEST_BYTES as u64 {
        return Ok(too_large());
    }
    let body = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(body) => body,
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        Err(error) => return Err(io::Error::other(error)),
    };
    let request = http::Request::from_parts(head, body.to_bytes());
    let Exchange { latency, ending, trickle, gzip } =
        emulator.lock().unwrap_or_else(PoisonError::into_inner).exchange(wall(), &request);
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    match ending {
        Ending::Answer(response) => {
            let response = if gzip { compress::gzip(response)? } else { response };
            Ok(response.map(|bytes| AnswerBody::whole(bytes).trickling(trickle)))
        }
        Ending::Short { mut response, promised } => {
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
            Ok(response.map(AnswerBody::broken_off))
        }
        Ending::Filler(bytes) => Ok(http::Response::new(AnswerBody::filler(bytes))),
        Ending::Stalled { at: StallAt::Body, mut response } => {
            let promised = response.body().len();
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
            Ok(response.map(|bytes| AnswerBody::stalled(bytes.slice(..promised / 2))))
        }
        Ending::Stalled { at, response } => {
            if at == StallAt::Head {
                write!(&*socket, "HTTP/1.1 {}\r\nDate:", response.status())?;
            }
            // Ends with the connection, when the client goes.
            future::pending().await
        }
        Ending::StalledConnecting(_) => future::pending().await,
        Ending::Reset => {
            SockRef::from(socket).set_linger(Some(Duration::ZERO))?;
            Err(io::Error::other("a reset was ordered"))
        }
        Ending::HangUp | Ending::NoConnection(_) => Err(io::Error::other("a fault was ordered")),
    }
}

fn two_handles(stream: TcpStream) -> io::Result<(TcpStream, std::net::TcpStream)> {
    let stream = stream.into_std()?;
    let second = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, second))
}

fn too_large() -> http::Response<AnswerBody> {
    let mut response = http::Response::new(AnswerBody::whole(Bytes::new()));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
fn wall() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
