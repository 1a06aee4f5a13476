//! The service on a real socket.

use std::{
    future, io,
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use qc_proto::{
    bytes::Bytes,
    http::{self, HeaderValue, StatusCode, header},
};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};

use crate::{
    emulator::{Emulator, unsaved},
    faults::{
        exchange::{Exchange, ExchangeOutcome},
        fault::StallAt,
    },
    server::{
        answer_body::{self, AnswerBody},
        connections::{ConnectionState, Connections},
        console, request_body,
        request_body::{LARGE_AT_ONCE, Unread},
    },
};

/// A client that has sent no whole head for so long is gone.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_HEADERS: usize = 100;

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
    pub async fn start_on(mut emulator: Emulator, address: SocketAddr) -> io::Result<Self> {
        emulator.mark_start(wall());
        emulator.log.keep_bodies();
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

/// What all connections share.
struct Shared {
    emulator: Arc<Mutex<Emulator>>,
    /// The turns for large bodies.
    large: Semaphore,
}

/// Connections belong to this task: when it is aborted, they end with it.
async fn accept(listener: TcpListener, emulator: Arc<Mutex<Emulator>>) {
    let shared = Arc::new(Shared { emulator, large: Semaphore::new(LARGE_AT_ONCE) });
    let mut connections = Connections::default();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.have_room() => {
                // Out of descriptors, or a client that has left: the next may fare better.
                if let Ok((stream, _)) = accepted {
                    connections.open(|connection| serve(stream, Arc::clone(&shared), connection));
                } else {
                    tokio::task::yield_now().await;
                }
            }
            Some(()) = connections.ended() => {}
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, connection: Arc<ConnectionState>) {
    let _ = stream.set_nodelay(true);
    // A second handle on the socket, for what hyper does not do: to reset it, and to write half a head.
    let (stream, socket) = match two_handles(stream) {
        Ok(handles) => handles,
        Err(_) => return,
    };
    let service = service_fn(|request| answer(request, &shared, &connection, &socket));
    // What a client does to its connection is its own affair.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: http::Request<hyper::body::Incoming>,
    shared: &Shared,
    connection: &ConnectionState,
    socket: &std::net::TcpStream,
) -> io::Result<http::Response<AnswerBody>> {
    let (head, body) = request.into_parts();
    let body = match request_body::read(body, &shared.large, connection).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => return Ok(closing(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(Unread::TooSlow) => return Ok(closing(StatusCode::REQUEST_TIMEOUT)),
        Err(Unread::Broken(why)) => return Err(why),
    };
    let _busy = connection.busy();
    let emulator = &shared.emulator;
    let request = http::Request::from_parts(head, body);
    let asked_itself = {
        let mut emulator = emulator.lock().unwrap_or_else(PoisonError::into_inner);
        console::answer(&mut emulator, wall(), &request)
    };
    if let Some(response) = asked_itself {
        return Ok(response.map(AnswerBody::whole));
    }
    let begun = now();
    let Exchange { latency, outcome, trickle, gzip, number } =
        exchange(emulator, &request, connection.is_alone()).await;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Some(number) = number.filter(|_| !outcome.never_begins()) {
        let mut emulator = emulator.lock().unwrap_or_else(PoisonError::into_inner);
        emulator.log.took(number, begun.elapsed());
    }
    match outcome {
        ExchangeOutcome::Answer(response) => {
            let response = if gzip { answer_body::gzip(response)? } else { response };
            Ok(response.map(|bytes| AnswerBody::whole(bytes).trickling(trickle)))
        }
        ExchangeOutcome::Short { mut response, promised } => {
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
            Ok(response.map(AnswerBody::broken_off))
        }
        ExchangeOutcome::Oversized(bytes) => Ok(http::Response::new(AnswerBody::filler(bytes))),
        ExchangeOutcome::Stalled { at: StallAt::Body, mut response } => {
            let promised = response.body().len();
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
            Ok(response.map(|bytes| AnswerBody::stalled(bytes.slice(..promised / 2))))
        }
        ExchangeOutcome::Stalled { at, response } => {
            if at == StallAt::Head {
                write!(&*socket, "HTTP/1.1 {}\r\nDate:", response.status())?;
            }
            // Ends with the connection, when the client goes.
            future::pending().await
        }
        ExchangeOutcome::StalledConnecting(_) => future::pending().await,
        ExchangeOutcome::Reset => {
            SockRef::from(socket).set_linger(Some(Duration::ZERO))?;
            Err(io::Error::other("a reset was ordered"))
        }
        ExchangeOutcome::HangUp | ExchangeOutcome::NoConnection(_) => {
            Err(io::Error::other("a fault was ordered"))
        }
    }
}

/// As [`Emulator::exchange`], without keeping others waiting while the disk writes; there are none where this is `alone`.
pub(crate) async fn exchange(
    emulator: &Mutex<Emulator>,
    request: &http::Request<Bytes>,
    alone: bool,
) -> Exchange {
    let (mut exchange, saved) = {
        let mut emulator = emulator.lock().unwrap_or_else(PoisonError::into_inner);
        let exchange = emulator.exchange_unsaved(wall(), request);
        (exchange, emulator.save(alone))
    };
    if let Some(saved) = saved
        && !saved.wait().await
    {
        emulator.lock().unwrap_or_else(PoisonError::into_inner).recover();
        exchange.outcome = ExchangeOutcome::Answer(unsaved());
    }
    exchange
}

fn two_handles(stream: TcpStream) -> io::Result<(TcpStream, std::net::TcpStream)> {
    let stream = stream.into_std()?;
    let second = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, second))
}

/// No answer of the service: the rest of the request is not wanted.
fn closing(status: StatusCode) -> http::Response<AnswerBody> {
    let mut response = http::Response::new(AnswerBody::whole(Bytes::new()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
fn wall() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
