//! The way to the service: directly, or through a proxy's tunnel.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use qc_proto::{
    Source,
    http::{HeaderValue, Uri},
};
use tower_service::Service;

use super::connect::ConnectError;
use crate::{
    BoxFuture,
    proxy::{Hop, Routes},
    source::find,
};

/// Connects by the route that each address has.
#[derive(Clone, Debug)]
pub(super) struct Routed<C> {
    direct: C,
    routes: Arc<Routes>,
}

impl<C> Routed<C> {
    pub(super) fn new(direct: C, routes: Arc<Routes>) -> Self {
        Self { direct, routes }
    }
}

impl<C> Service<Uri> for Routed<C>
where
    C: Service<Uri, Error = ConnectError, Future: Send + 'static> + Clone,
    C::Response: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    type Response = C::Response;
    type Error = Source;
    type Future = BoxFuture<'static, Result<C::Response, Source>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Source>> {
        self.direct.poll_ready(cx).map_err(Source::from)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        match self.routes.to(&target) {
            Err(rejected) => Box::pin(async { Err(rejected.into()) }),
            Ok(None) => {
                let connecting = self.direct.call(target);
                Box::pin(async { connecting.await.map_err(Source::from) })
            }
            Ok(Some(hop)) => {
                let (hop, mut tunnel) = (hop.clone(), tunnel(hop, self.direct.clone()));
                let connecting = tunnel.call(with_port(target));
                Box::pin(async move {
                    connecting.await.map_err(|error| {
                        if find::<ConnectError>(&error).is_some() {
                            Source::from(error)
                        } else {
                            hop.refused(&error.to_string()).into()
                        }
                    })
                })
            }
        }
    }
}

fn tunnel<C>(hop: &Hop, direct: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(hop.uri.clone(), direct);
    let login = hop.login.as_ref().and_then(|(user, password)| {
        let login = BASE64_STANDARD.encode(format!("{user}:{password}"));
        HeaderValue::try_from(format!("Basic {login}")).ok()
    });
    match login {
        Some(login) => tunnel.with_auth(login),
        None => tunnel,
    }
}

/// The tunnel takes 443 for the port of any address that names none.
fn with_port(target: Uri) -> Uri {
    if target.port().is_some() || target.scheme_str() != Some("http") {
        return target;
    }
    let mut parts = target.clone().into_parts();
    parts.authority = target.host().and_then(|host| format!("{host}:80").parse().ok());
    Uri::from_parts(parts).unwrap_or(target)
}
