//! The blocking transport over ureq.

use std::{
    fmt, io,
    io::Read as _,
    sync::{Arc, OnceLock},
};

use qc_proto::{
    Attempt, Delivery, Failure, Phase,
    bytes::Bytes,
    http::{Request, Response},
};
use ureq::{
    Agent, Body, Error, Proxy, ProxyProtocol,
    unversioned::transport::{Connector, TcpConnector},
};

use super::{
    Transport,
    connect::{NotingConnector, NotingTunnel, Reached},
    progress,
    resolver::{Names, NotingResolver},
    tls_stream::TlsConnector,
};
use crate::{
    Settings,
    gzip::{self, inflate},
    proxy::{Hop, Routes},
    target::Target,
    tls,
    unread::{MAX_RESERVED_BYTES, Unread},
};

/// Connections that wait unused for the next attempt, at most.
const MAX_IDLE_CONNECTIONS: usize = 32;

/// A [`Transport`] over ureq's pooled HTTP/1.1 client, with rustls for `https`.
///
/// It behaves as `HyperTransport` does, under the same [`Settings`], and everything happens on the calling
/// thread (but for looking up a name, which gets a thread so that it can be given up). Looking up the name and
/// connecting each may take as long as [`Settings::connect_timeout`] says. Where a name leads is remembered for
/// [`Settings::pool_idle_timeout`], or until no connection comes about there.
///
/// ```no_run
/// use qc_transport::{
///     Attempt,
///     blocking::{Transport, UreqTransport},
///     bytes::Bytes,
///     http::Request,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = UreqTransport::new();
/// let url = "https://www.quantconnect.com/api/v2/authenticate";
/// let attempt = Attempt::new(Request::post(url).body(Bytes::from_static(b"{}"))?);
/// match transport.send(attempt) {
///     Ok(response) => println!("{}", response.status()),
///     Err(failure) => println!("{failure}, {:?}", failure.delivery()),
/// }
/// # Ok(())
/// # }
/// ```
pub struct UreqTransport {
    settings: Settings,
    routes: Routes,
    names: Arc<Names>,
    plain: Agent,
    secure: OnceLock<Agent>,
}

impl UreqTransport {
    /// A transport with the settings that suit almost everyone.
    #[must_use]
    pub fn new() -> Self {
        Self::with_settings(Settings::new())
    }

    /// A transport with settings of your own. It opens nothing and reads no certificates until it
    /// is used.
    #[must_use]
    pub fn with_settings(settings: Settings) -> Self {
        let routes = Routes::new(&settings.proxy, settings.allow_plain_http);
        let names = Arc::new(Names::new(settings.pool_idle_timeout));
        let plain = agent(&settings, &names, tcp().chain(NotingConnector));
        Self { settings, routes, names, plain, secure: OnceLock::new() }
    }

    /// The client for `https`. A failure to make it is not kept: what it reads may get repaired.
    fn secure(&self) -> Result<&Agent, Failure> {
        if let Some(agent) = self.secure.get() {
            return Ok(agent);
        }
        let config = tls::client_config(&self.settings.roots).map_err(Failure::rejected)?;
        let connector = tcp()
            .chain(Reached(Phase::Tls))
            .chain(TlsConnector(Arc::new(config)))
            .chain(NotingConnector);
        Ok(self.secure.get_or_init(|| agent(&self.settings, &self.names, connector)))
    }
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Transport for UreqTransport {
    fn send(&self, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
        let Attempt { mut request, timeout, max_response_bytes, .. } = attempt;
        let target = Target::check(request.uri(), self.settings.allow_plain_http)?;
        let hop = self.routes.to(request.uri())?;
        let proxy = hop.map(proxy).transpose()?;
        gzip::accept(request.headers_mut());
        progress::begin();
        let agent = match target {
            Target::Plain => &self.plain,
            Target::Secure => self.secure()?,
        };
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, &body[..]);
        let request =
            agent.configure_request(request).timeout_global(Some(timeout)).proxy(proxy).build();
        let response = agent.run(request).map_err(|error| {
            if progress::delivery() == Delivery::NotSent {
                self.names.forget();
            }
            failure(error, hop)
        })?;
        progress::note(Phase::Body);
        let (mut head, body) = response.into_parts();
        head.extensions.clear();
        let body = read_body(body, max_response_bytes)
            .and_then(|body| inflate(&mut head, body, max_response_bytes))
            .map_err(|unread| match unread {
                Unread::TooLarge => Failure::too_large(max_response_bytes),
                Unread::Broken(error) => failure(error.into(), hop),
            })?;
        Ok(Response::from_parts(head, body))
    }
}

/// A connection to the service, through the proxy if there is one; no TLS yet.
fn tcp() -> impl Connector {
    ().chain(NotingTunnel::default()).chain(TcpConnector::default()).chain(Reached(Phase::Send))
}

fn agent(settings: &Settings, names: &Arc<Names>, connector: impl Connector) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .no_delay(true)
        // Each request brings its own headers, and says which proxy it goes through.
        .user_agent("")
        .proxy(None)
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .max_idle_age(settings.pool_idle_timeout)
        .max_idle_connections(MAX_IDLE_CONNECTIONS)
        .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
        .build();
    Agent::with_parts(config, connector, NotingResolver::new(Arc::clone(names)))
}

fn proxy(hop: &Hop) -> Result<Proxy, Failure> {
    let mut proxy = Proxy::builder(ProxyProtocol::Http).host(&hop.host).port(hop.port);
    if let Some((user, password)) = &hop.login {
        proxy = proxy.username(user).password(password);
    }
    proxy.build().map_err(|error| Failure::rejected(format!("the proxy cannot be used: {error}")))
}

/// Reads the whole body, or stops as soon as it is known to hold more than `limit` bytes.
fn read_body(body: Body, limit: usize) -> Result<Bytes, Unread<io::Error>> {
    let announced = body.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Unread::TooLarge);
    }
    let mut read = Vec::with_capacity(announced.min(MAX_RESERVED_BYTES));
    // One byte more than allowed tells an answer that is too large from one that just fits.
    let readable = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    body.into_with_config()
        .limit(u64::MAX)
        .reader()
        .take(readable)
        .read_to_end(&mut read)
        .map_err(Unread::Broken)?;
    if read.len() > limit { Err(Unread::TooLarge) } else { Ok(read.into()) }
}

fn failure(error: Error, hop: Option<&Hop>) -> Failure {
    let (delivery, phase) = (progress::delivery(), progress::phase());
    let timed_out = match &error {
        Error::Timeout(_) => true,
        Error::Io(error) => error.kind() == io::ErrorKind::TimedOut,
        _ => false,
    };
    if timed_out {
        return Failure::timed_out(delivery, phase);
    }
    let source = match (error, hop) {
        (Error::Io(error), _) => match tls::explain(&error) {
            Some(explained) => explained.into(),
            None => error.into(),
        },
        (Error::Other(error), _) => error,
        (Error::ConnectProxyFailed(why), Some(hop)) => hop.refused(&why).into(),
        (error, _) => error.into(),
    };
    match delivery {
        Delivery::NotSent => Failure::not_sent(phase, source),
        Delivery::MaybeSent => Failure::maybe_sent(phase, source),
    }
}
