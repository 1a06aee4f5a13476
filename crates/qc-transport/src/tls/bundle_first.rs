//! The operating system's authorities where they are files, without reading more of them than a handshake needs.
//!
//! Linux and its kin keep them twice: all in one bundle, and each in a file of its own, under two names. To read those
//! hundreds of files takes longer than everything else that happens before a program's first request.

use std::{
    env, fmt,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use rustls::{
    DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

/// Accepts what either of the two accepts, and makes the second only when the first does not.
struct BundleFirst<F> {
    bundle: Arc<WebPkiServerVerifier>,
    everything: OnceLock<Result<Verifier, Error>>,
    read_everything: F,
}

/// Trusts what the operating system trusts.
///
/// # Errors
///
/// Where it trusts nobody.
pub(super) fn verifier(
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let for_later = Arc::clone(provider);
    let read_everything = move || Verifier::new(Arc::clone(&for_later));
    match bundle().and_then(|roots| known(roots, provider)) {
        Some(bundle) => {
            Ok(Arc::new(BundleFirst { bundle, everything: OnceLock::new(), read_everything }))
        }
        None => Ok(Arc::new(read_everything()?)),
    }
}

/// The bundle of this machine, or the one that the environment names. Who names directories alone wants no bundle.
fn bundle() -> Option<RootCertStore> {
    let file = match env::var_os("SSL_CERT_FILE") {
        Some(named) => PathBuf::from(named),
        None if env::var_os("SSL_CERT_DIR").is_some_and(|named| !named.is_empty()) => return None,
        None => openssl_probe::probe().cert_file?,
    };
    let mut roots = RootCertStore::empty();
    // Whoever wrote the file, one certificate that cannot be read takes nothing from the others.
    let certificates = CertificateDer::pem_file_iter(file).ok()?;
    roots.add_parsable_certificates(certificates.flatten());
    Some(roots)
}

fn known(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    builder.build().ok()
}

impl<F> ServerCertVerifier for BundleFirst<F>
where
    F: Fn() -> Result<Verifier, Error> + Send + Sync,
{
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by = |verifier: &dyn ServerCertVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        by(&*self.bundle).or_else(|unknown| {
            match self.everything.get_or_init(&self.read_everything) {
                Ok(everything) => by(everything),
                Err(_) => Err(unknown),
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.bundle.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.bundle.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.bundle.supported_verify_schemes()
    }
}

impl<F> fmt::Debug for BundleFirst<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BundleFirst").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::crypto::ring;

    use super::*;

    type Authority = CertifiedIssuer<'static, KeyPair>;

    fn authority() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn check(verifier: &dyn ServerCertVerifier, issuer: &Authority) -> Result<(), Error> {
        let params = CertificateParams::new(vec!["service.test".to_owned()]).unwrap();
        let certificate = params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap();
        let name = ServerName::try_from("service.test").unwrap();
        verifier.verify_server_cert(certificate.der(), &[], &name, &[], UnixTime::now()).map(|_| ())
    }

    #[test]
    fn all_files_are_read_only_for_who_is_not_in_the_bundle_and_once() {
        let provider = Arc::new(ring::default_provider());
        let (bundled, elsewhere, nowhere) = (authority(), authority(), authority());
        let mut roots = RootCertStore::empty();
        roots.add(bundled.der().clone()).unwrap();
        let reads = AtomicU32::new(0);
        let others = [elsewhere.der().clone()];
        let verifier = BundleFirst {
            bundle: known(roots, &provider).unwrap(),
            everything: OnceLock::new(),
            read_everything: || {
                reads.fetch_add(1, Ordering::Relaxed);
                Verifier::new_with_extra_roots(others.clone(), Arc::clone(&provider))
            },
        };
        check(&verifier, &bundled).unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), 0);
        check(&verifier, &elsewhere).unwrap();
        check(&verifier, &elsewhere).unwrap();
        check(&verifier, &nowhere).unwrap_err();
        check(&verifier, &bundled).unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn without_the_others_the_bundle_stands_alone() {
        let provider = Arc::new(ring::default_provider());
        let (bundled, nowhere) = (authority(), authority());
        let mut roots = RootCertStore::empty();
        roots.add(bundled.der().clone()).unwrap();
        let verifier = BundleFirst {
            bundle: known(roots, &provider).unwrap(),
            everything: OnceLock::new(),
            read_everything: || Err(Error::General("nothing there".to_owned())),
        };
        check(&verifier, &bundled).unwrap();
        let error = check(&verifier, &nowhere).unwrap_err();
        assert!(matches!(error, Error::InvalidCertificate(_)), "{error}");
    }
}
