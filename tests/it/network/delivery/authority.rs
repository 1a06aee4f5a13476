//! Certificates made for the test.

use std::sync::{Arc, LazyLock};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::rows::Certificate;

/// The authority that clients trust, and the servers' sides.
pub(crate) struct Certificates {
    pub(crate) trusted: Vec<u8>,
    good: Arc<ServerConfig>,
    unknown: Arc<ServerConfig>,
    other_host: Arc<ServerConfig>,
}

pub(crate) static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| {
    let trusted = authority("a trusted authority");
    let stranger = authority("an unknown authority");
    Certificates {
        trusted: trusted.pem().into_bytes(),
        good: config(&trusted, &["127.0.0.1", "service.invalid"]),
        unknown: config(&stranger, &["127.0.0.1"]),
        other_host: config(&trusted, &["other.example.com"]),
    }
});

impl Certificates {
    pub(crate) fn config(&self, certificate: Certificate) -> Arc<ServerConfig> {
        Arc::clone(match certificate {
            Certificate::Good => &self.good,
            Certificate::Unknown => &self.unknown,
            Certificate::OtherHost => &self.other_host,
        })
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new([]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn config(authority: &Authority, hosts: &[&str]) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let names: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    Arc::new(config)
}
