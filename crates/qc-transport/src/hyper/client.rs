//! hyper-util's clients, put together from the steps of connecting.

use std::sync::Arc;

use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connect, HttpConnector, dns::GaiResolver},
    },
    rt::{TokioExecutor, TokioTimer},
};
use qc_proto::Phase;

use super::{
    connect::{Limited, Step},
    send_body::SendBody,
    tunnel::Routed,
};
use crate::{Settings, proxy::Routes, tls};

/// One buffer of this size is read into again and again; hyper's own would grow, in memory that is new each time. A head
/// has to fit in.
const READ_BUFFER_BYTES: usize = 64 << 10;

/// A name's addresses, then a connection to one of them: the service's or the proxy's.
type Tcp = Step<Routed<Step<HttpConnector<Step<GaiResolver>>>>>;

/// The client for `http`.
pub(super) type PlainClient = Client<Limited<Tcp>, SendBody>;

/// The client for `https`.
pub(super) type SecureClient = Client<Limited<Step<HttpsConnector<Tcp>>>, SendBody>;

pub(super) fn plain(settings: &Settings, routes: &Arc<Routes>) -> PlainClient {
    client(settings, Limited::new(tcp(settings, routes, Phase::Send), settings.connect_timeout))
}

/// This may read the operating system's certificates from disk, so it blocks.
///
/// # Errors
///
/// What is wrong with the roots, in words for the user.
pub(super) fn secure(settings: &Settings, routes: &Arc<Routes>) -> Result<SecureClient, String> {
    let config = tls::client_config(&settings.roots)?;
    let mut https = HttpsConnector::from((tcp(settings, routes, Phase::Tls), config));
    https.enforce_https();
    let https = Step::new(https, Phase::Tls, Phase::Send);
    Ok(client(settings, Limited::new(https, settings.connect_timeout)))
}

/// `next` is the phase that follows once TCP is connected, and the tunnel made if there is one.
fn tcp(settings: &Settings, routes: &Arc<Routes>, next: Phase) -> Tcp {
    let resolver = Step::new(GaiResolver::new(), Phase::Resolve, Phase::Connect);
    let mut http = HttpConnector::new_with_resolver(resolver);
    http.enforce_http(false);
    http.set_nodelay(true);
    // Shared out among a name's addresses, so that a dead one leaves time for the next.
    http.set_connect_timeout(Some(settings.connect_timeout));
    let direct = Step::new(http, Phase::Connect, Phase::Connect);
    Step::new(Routed::new(direct, Arc::clone(routes)), Phase::Connect, next)
}

/// hyper-util's own retry stays on. It is of a request that came back from a reused connection,
/// and only what the connection never took from its queue comes back (`TrySendError::message` in
/// `client/dispatch.rs` of hyper 1.12), so the body is untouched and the record still right.
fn client<C: Connect + Clone>(settings: &Settings, connector: C) -> Client<C, SendBody> {
    Client::builder(TokioExecutor::new())
        .http1_read_buf_exact_size(READ_BUFFER_BYTES)
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(settings.pool_idle_timeout)
        .build(connector)
}
