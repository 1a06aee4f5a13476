//! The transport over hyper, and the runtime of Tokio.

mod client;
mod connect;
mod progress;
mod send_body;
mod tokio_runtime;
mod tunnel;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use hyper_util::client::legacy::{Client, Error, connect::Connect};
use qc_proto::{
    Attempt, Delivery, Failure, Phase,
    bytes::Bytes,
    http::{Request, Response},
};
use tokio::{runtime::Handle, task, time};

pub use self::tokio_runtime::TokioRuntime;
use self::{
    client::{PlainClient, SecureClient},
    connect::ConnectError,
    progress::Progress,
    send_body::SendBody,
};
use crate::{
    BoxFuture, Settings, Transport,
    gzip::{self, inflate},
    proxy::Routes,
    read_body::read_body,
    source::find,
    target::Target,
    tls,
};

/// A [`Transport`] over hyper's pooled HTTP/1.1 client, with rustls for `https`.
///
/// Connections are kept and reused. It asks for gzip, and the limit on an answer's size counts what
/// comes out. The operating system's certificate authorities are read when `https` is first used.
/// Plain `http` goes to this machine only, unless
/// [allowed](Settings::allow_plain_http). It goes through the [proxy](crate::Proxy) that
/// the environment names.
///
/// Sending needs a Tokio runtime; making a transport needs none. Where there is no runtime, an
/// attempt is rejected.
///
/// ```no_run
/// use qc_transport::{Attempt, HyperTransport, Transport, bytes::Bytes, http::Request};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = HyperTransport::new();
/// let url = "https://www.quantconnect.com/api/v2/authenticate";
/// let attempt = Attempt::new(Request::post(url).body(Bytes::from_static(b"{}"))?);
/// match transport.send(attempt).await {
///     Ok(response) => println!("{}", response.status()),
///     Err(failure) => println!("{failure}, {:?}", failure.delivery()),
/// }
/// # Ok(())
/// # }
/// ```
pub struct HyperTransport {
    settings: Settings,
    routes: Arc<Routes>,
    plain: PlainClient,
    secure: OnceLock<SecureClient>,
}

impl HyperTransport {
    /// A transport with the settings that suit almost everyone.
    #[must_use]
    pub fn new() -> Self {
        Self::with_settings(Settings::new())
    }

    /// A transport with settings of your own. It opens nothing and reads no certificates until it
    /// is used.
    #[must_use]
    pub fn with_settings(settings: Settings) -> Self {
        let routes = Arc::new(Routes::new(&settings.proxy, settings.allow_plain_http));
        let plain = client::plain(&settings, &routes);
        Self { settings, routes, plain, secure: OnceLock::new() }
    }

    /// The client for `https`. A failure to make it is not kept: what it reads may get repaired.
    fn secure(&self) -> Result<&SecureClient, Failure> {
        if let Some(client) = self.secure.get() {
            return Ok(client);
        }
        Progress::note(Phase::Tls);
        // Reads files of the operating system, once, on this thread: a call takes no second one.
        let client = client::secure(&self.settings, &self.routes).map_err(Failure::rejected)?;
        Progress::note(Phase::Send);
        Ok(self.secure.get_or_init(|| client))
    }

    async fn attempt(&self, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
        let Attempt { request, timeout, max_response_bytes, .. } = attempt;
        if Handle::try_current().is_err() {
            return Err(Failure::rejected("`HyperTransport` works inside a Tokio runtime only"));
        }
        let target = Target::check(request.uri(), self.settings.allow_plain_http)?;
        self.routes.to(request.uri())?;
        let progress = Progress::new(&request);
        let exchange = async {
            // Lets the runtime look at its sockets: a kept connection that has closed meanwhile is not used.
            task::yield_now().await;
            match target {
                Target::Plain => {
                    exchange(&self.plain, request, max_response_bytes, &progress).await
                }
                Target::Secure => {
                    let client = self.secure()?;
                    exchange(client, request, max_response_bytes, &progress).await
                }
            }
        };
        match time::timeout(timeout, progress.record(exchange)).await {
            Ok(result) => result,
            Err(_) => Err(Failure::timed_out(progress.give_up(), progress.phase())),
        }
    }
}

impl Default for HyperTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Transport for HyperTransport {
    /// The attempt's timeout counts from the first poll.
    ///
    /// # Panics
    ///
    /// If the Tokio runtime was built without its I/O or without its timer.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection that was used, if the request had been started on
    /// it, and whether the request was sent is then unknown.
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(self.attempt(attempt))
    }
}

async fn exchange<C>(
    client: &Client<C, SendBody>,
    request: Request<Bytes>,
    max_response_bytes: usize,
    progress: &Arc<Progress>,
) -> Result<Response<Bytes>, Failure>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let mut request = request.map(|bytes| SendBody::new(bytes, Arc::clone(progress)));
    gzip::accept(request.headers_mut());
    let response = client.request(request).await.map_err(|error| failure(error, progress))?;
    progress.answered();
    let (mut head, body) = response.into_parts();
    let body = read_body(body, max_response_bytes)
        .await
        .map_err(|unread| unread.into_failure(max_response_bytes))?;
    let body = inflate(&mut head, body, max_response_bytes)
        .map_err(|unread| unread.into_failure(max_response_bytes))?;
    Ok(Response::from_parts(head, body))
}

fn failure(error: Error, progress: &Progress) -> Failure {
    if let Some(connect) = find::<ConnectError>(&error) {
        let phase = connect.phase();
        return if connect.timed_out() {
            Failure::timed_out(Delivery::NotSent, phase)
        } else if let Some(explained) = tls::explain(&error) {
            Failure::not_sent(phase, explained)
        } else {
            Failure::not_sent(phase, error)
        };
    }
    match progress.give_up() {
        Delivery::NotSent => Failure::not_sent(progress.phase(), error),
        Delivery::MaybeSent => Failure::maybe_sent(progress.phase(), error),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        net::{TcpListener, TcpStream},
        thread,
        time::Duration,
    };

    use super::*;

    #[tokio::test]
    async fn not_even_the_head_goes_out_after_giving_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let mut stream: TcpStream = listener.accept().unwrap().0;
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut received = Vec::new();
            stream.read_to_end(&mut received).unwrap();
            received
        });
        let transport = HyperTransport::new();
        let request = Request::post(url).body(Bytes::from_static(b"{}")).unwrap();
        let progress = Progress::new(&request);
        progress.give_up();
        let failure = exchange(&transport.plain, request, 100, &progress).await.unwrap_err();
        assert_eq!(failure.delivery(), Delivery::NotSent);
        assert_eq!(server.join().unwrap(), b"", "hyper sent what we call not sent");
    }

    #[test]
    fn without_a_runtime_an_attempt_is_rejected() {
        let attempt = Attempt::new(Request::new(Bytes::new()));
        let transport = HyperTransport::new();
        let mut sending = transport.send(attempt);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match sending.as_mut().poll(&mut context) {
            std::task::Poll::Ready(Err(failure)) => {
                assert!(failure.to_string().contains("Tokio runtime"), "{failure}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_are_shown_and_certificates_are_not() {
        let transport =
            HyperTransport::with_settings(Settings::new().roots(crate::Roots::Pem(vec![1, 2, 3])));
        let text = format!("{transport:?}");
        assert!(text.contains("connect_timeout: 10s") && text.contains("Pem(3 bytes)"), "{text}");
    }
}
