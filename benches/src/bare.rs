//! A server that does nothing but answer: `bare [CERTIFICATE [ANSWER]]`. What any other server costs is measured against
//! it.
//!
//! It answers `files/read` with a file of 2 KB, or with what is in the file that is named, and all else with success. Given
//! a path for its certificate, it writes one there and speaks TLS. It prints where it is as JSON, and serves until it is
//! killed.
#![allow(clippy::print_stdout, reason = "a program says where it is")]

use std::{convert::Infallible, env, fs, sync::Arc};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use qc_proto::{FileList, ProjectFile, RemoteName, encode_success};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

fn one_file() -> Bytes {
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let name = RemoteName::from_service("main.py".to_owned());
    let file = ProjectFile::new(name, line.repeat(2048 / line.len()));
    encode_success(&FileList::new(vec![file])).into()
}

fn acceptor(certificate: &str) -> Result<TlsAcceptor> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    fs::write(certificate, made.cert.pem())
        .with_context(|| format!("cannot write {certificate}"))?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, files: Bytes) {
    let service = service_fn(|request: Request<Incoming>| {
        let reads = request.uri().path().ends_with("/files/read");
        let answer = if reads { files.clone() } else { Bytes::from_static(br#"{"success":true}"#) };
        async move {
            let _ = request.into_body().collect().await;
            Ok::<_, Infallible>(Response::new(Full::new(answer)))
        }
    });
    // A client that goes away in the middle is no matter here.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let tls = env::args().nth(1).map(|certificate| acceptor(&certificate)).transpose()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let base_url = format!("{scheme}://127.0.0.1:{port}/api/v2");
    println!("{}", serde_json::json!({ "base_url": base_url }));
    let files = match env::args().nth(2) {
        Some(file) => fs::read(&file).with_context(|| format!("cannot read {file}"))?.into(),
        None => one_file(),
    };
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (tls, files) = (tls.clone(), files.clone());
        tokio::spawn(async move {
            match tls {
                None => serve(stream, files).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, files).await;
                    }
                }
            }
        });
    }
}
