//! TLS on loopback, with an authority made for the test.

use std::{io::Write, net::TcpStream, sync::Arc, time::Duration};

use qc_transport::{Cause, Delivery, Failure, HyperTransport, Phase, Roots, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::{
    PATIENCE, attempt, send,
    server::{OK, Server, read_request, wait_for_close},
};

type Tls = StreamOwned<ServerConnection, TcpStream>;

/// A server for `name` that speaks TLS and then follows `script`, and the authority to trust.
fn serve<T: Send + 'static>(
    name: &str,
    script: impl Fn(Tls) -> T + Send + Sync + 'static,
) -> (Server<T>, Roots) {
    let mut authority = CertificateParams::new([]).unwrap();
    // Names of their own, so that one authority is not mistaken for another with a broken signature.
    authority.distinguished_name.push(DnType::CommonName, format!("authority of {name}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new([name.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let server = Server::start(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        script(StreamOwned::new(connection, stream))
    });
    (server, Roots::Pem(authority.pem().into_bytes()))
}

fn answer_all(mut stream: Tls) -> usize {
    let mut requests = 0;
    while read_request(&mut stream).is_some() {
        requests += 1;
        stream.write_all(OK).unwrap();
    }
    requests
}

fn trusting(roots: Roots) -> HyperTransport {
    HyperTransport::with_settings(Settings::new().roots(roots))
}

fn https<T>(server: &Server<T>) -> String {
    format!("https://{}/api/v2/test", server.address)
}

#[track_caller]
fn assert_handshake_failed(failure: &Failure, text: &str) {
    assert_eq!(
        (failure.delivery(), failure.phase(), failure.cause()),
        (Delivery::NotSent, Phase::Tls, Cause::Broken),
        "{failure:?}"
    );
    let shown = failure.to_string();
    assert!(shown.contains(&Phase::Tls.to_string()) && shown.contains(text), "{shown}");
}

#[tokio::test]
async fn a_trusted_server_is_spoken_to_over_one_connection() {
    for name in ["127.0.0.1", "localhost"] {
        let (mut server, roots) = serve(name, answer_all);
        let transport = trusting(roots);
        let url = https(&server).replace("127.0.0.1", name);
        for _ in 0..3 {
            assert_eq!(send(&transport, attempt(&url, "{}")).await.unwrap().body(), "{}");
        }
        drop(transport);
        assert_eq!((server.report().await, server.connections()), (3, 1));
    }
}

#[tokio::test]
async fn a_server_with_a_stranger_s_certificate_gets_nothing() {
    let (mut server, _) = serve("127.0.0.1", answer_all);
    let (_, stranger) = serve("localhost", answer_all);
    let failure = send(&trusting(stranger), attempt(&https(&server), "{}")).await.unwrap_err();
    assert_handshake_failed(&failure, "UnknownIssuer");
    assert!(failure.to_string().contains("SSL_CERT_FILE"), "{failure}");
    assert_eq!(server.report().await, 0);

    // The machine's own authorities do not vouch for it either, if there are any at all.
    let failure = send(&HyperTransport::new(), attempt(&https(&server), "{}")).await.unwrap_err();
    assert_eq!(failure.delivery(), Delivery::NotSent);
}

#[tokio::test]
async fn a_server_with_another_s_name_gets_nothing() {
    let (mut server, roots) = serve("example.com", answer_all);
    let failure = send(&trusting(roots), attempt(&https(&server), "{}")).await.unwrap_err();
    assert_handshake_failed(&failure, "not valid for name");
    assert_eq!(server.report().await, 0);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_gets_nothing() {
    let scripts: [fn(TcpStream); 3] = [
        |mut stream| {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
            wait_for_close(stream);
        },
        drop,
        |stream| {
            stream.peek(&mut [0]).unwrap();
        },
    ];
    let (_, roots) = serve("127.0.0.1", answer_all);
    for script in scripts {
        let mut server = Server::start(script);
        let failure = send(&trusting(roots.clone()), attempt(&https(&server), "{}")).await;
        assert_handshake_failed(&failure.unwrap_err(), "");
        server.report().await;
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_handshake_that_stalls_times_out_unsent() {
    let (_, roots) = serve("127.0.0.1", answer_all);
    let short = Duration::from_millis(100);
    let rows: [(Settings, Duration); 2] =
        [(Settings::new(), short), (Settings::new().connect_timeout(short), PATIENCE * 2)];
    for (settings, timeout) in rows {
        let mut server = Server::start(wait_for_close);
        let mut attempt = attempt(&https(&server), "{}");
        attempt.timeout = timeout;
        let transport = HyperTransport::with_settings(settings.roots(roots.clone()));
        let failure = send(&transport, attempt).await.unwrap_err();
        assert_eq!(
            (failure.delivery(), failure.phase(), failure.cause()),
            (Delivery::NotSent, Phase::Tls, Cause::TimedOut),
            "{failure:?}"
        );
        server.report().await;
    }
}

#[tokio::test]
async fn a_connection_cut_after_the_request_is_in_doubt() {
    let (mut server, roots) = serve("127.0.0.1", |mut stream| read_request(&mut stream).is_some());
    let failure = send(&trusting(roots), attempt(&https(&server), "{}")).await.unwrap_err();
    assert_eq!((failure.delivery(), failure.phase()), (Delivery::MaybeSent, Phase::Head));
    assert!(server.report().await);
}

#[tokio::test]
async fn useless_roots_are_no_reason_to_trust_others() {
    let (server, _) = serve("127.0.0.1", answer_all);
    let transport = trusting(Roots::Pem(b"nothing".to_vec()));
    let failure = send(&transport, attempt(&https(&server), "{}")).await.unwrap_err();
    assert_eq!((failure.delivery(), failure.cause()), (Delivery::NotSent, Cause::Rejected));
    assert!(failure.to_string().contains("certificate authorities"), "{failure}");
    assert_eq!(server.connections(), 0);
    // Plain http needs no certificates, so it works on.
    let plain = Server::start(|mut stream| {
        read_request(&mut stream);
        stream.write_all(OK).unwrap();
    });
    send(&transport, attempt(&plain.url(), "{}")).await.unwrap();
}
