//! The server over HTTP, for clients that do not start it themselves.

use std::{convert::Infallible, env, net::SocketAddr, sync::Arc};

use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::AUTHORIZATION,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use qc_files::qc_transport::is_loopback;
use rmcp::transport::{
    StreamableHttpServerConfig,
    streamable_http_server::{session::local::LocalSessionManager, tower::StreamableHttpService},
};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use crate::{
    commands::mcp::server::{Server, Settings},
    error::CliError,
    exit::Exit,
    output::printer::Printer,
};

/// Where the token comes from.
const TOKEN: &str = "QC_MCP_TOKEN";

/// Serves until Ctrl-C. Whoever has no token, or comes from a page in a browser, is refused.
pub(super) async fn serve(
    settings: Arc<Settings>,
    address: SocketAddr,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    if !is_loopback(&address.ip().to_string()) {
        return Err(CliError::McpExposed(address).into());
    }
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|why| CliError::Port { address, why })?;
    let address = listener.local_addr()?;
    printer.note(format_args!("serving http://{address}/mcp; Ctrl-C ends it"));
    let token = match env::var(TOKEN) {
        Ok(token) if !token.is_empty() => token,
        _ => {
            let token = random_token()?;
            printer.note(format_args!("clients need the header `Authorization: Bearer {token}`"));
            token
        }
    };
    // A page that a browser shows sends an `Origin`, and a name that leads here by DNS another `Host`.
    let config = StreamableHttpServerConfig::default().enforce_origin_validation();
    let shared = Arc::clone(&settings);
    let make = move || Ok(Server::new(Arc::clone(&shared)));
    let sessions = Arc::new(LocalSessionManager::default());
    let service = Arc::new(StreamableHttpService::new(make, sessions, config));
    let token: Arc<str> = token.into();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            pressed = tokio::signal::ctrl_c() => {
                pressed?;
                settings.finish().await;
                return Ok(Exit::Done);
            }
        };
        let Ok((stream, _)) = accepted else { continue };
        let (service, token) = (Arc::clone(&service), Arc::clone(&token));
        let answer = service_fn(move |request: Request<Incoming>| {
            let (service, token) = (Arc::clone(&service), Arc::clone(&token));
            async move {
                Ok::<_, Infallible>(match is_allowed(&request, &token) {
                    true => service.handle(request).await,
                    false => refusal(),
                })
            }
        });
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            // A client that goes is no error of this server.
            let _ = server
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

fn is_allowed(request: &Request<Incoming>, token: &str) -> bool {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.as_bytes()).into()
}

fn refusal() -> Response<BoxBody<Bytes, Infallible>> {
    let body = Full::new(Bytes::from_static(
        b"the header `Authorization: Bearer TOKEN` is missing or wrong\n",
    ));
    let mut response = Response::new(body.boxed());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|why| anyhow::anyhow!("no random numbers: {why}"))?;
    Ok(base16ct::lower::encode_string(&bytes))
}
