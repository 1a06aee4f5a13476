//! Everything that knows rustls, so that a new major version of it changes nothing else.

use std::{error::Error, io, sync::Arc};

use crate::{Roots, source::find};
use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// How TLS is spoken. Blocks while it reads certificates.
///
/// # Errors
///
/// What is wrong with `roots`, in words for the user.
pub(crate) fn client_config(roots: &Roots) -> Result<ClientConfig, String> {
    // The provider is named and never installed for the process, which belongs to the application.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let builder = match roots {
        Roots::Platform => builder.with_platform_verifier().map_err(|error| {
            format!(
                "the certificate authorities of this machine cannot be used ({error}): install \
                 the package `ca-certificates`, or set SSL_CERT_FILE to a PEM file of authorities"
            )
        })?,
        Roots::Bundled => builder.with_root_certificates(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }),
        Roots::Pem(pem) => builder.with_root_certificates(parse(pem)?),
    };
    Ok(builder.with_no_client_auth())
}

fn parse(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| {
            format!("the PEM text of certificate authorities is not valid: {error}")
        })?;
        store.add(certificate).map_err(|error| {
            format!("the PEM text of certificate authorities holds a certificate that cannot be used: {error}")
        })?;
    }
    if store.is_empty() {
        return Err("the PEM text of certificate authorities holds no certificate: it must be PEM text with at least one \
                    -----BEGIN CERTIFICATE----- block"
            .to_owned());
    }
    Ok(store)
}

/// A handshake's failure in words that say what to do, for those failures where one can.
pub(crate) fn explain(error: &(dyn Error + 'static)) -> Option<String> {
    // I/O errors hide what they wrap from `source`, so each has to be opened.
    let mut inner = find::<io::Error>(error)?.get_ref()?;
    while let Some(wrapped) = inner.downcast_ref::<io::Error>() {
        inner = wrapped.get_ref()?;
    }
    let rustls::Error::InvalidCertificate(invalid) = inner.downcast_ref()? else {
        return None;
    };
    let remedy = match invalid {
        CertificateError::UnknownIssuer => {
            "this machine does not trust who issued it; if a proxy of your company inspects \
             traffic, set SSL_CERT_FILE to a PEM file with its certificate authority"
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => "is this machine's clock right?",
        _ => return None,
    };
    Some(format!("invalid peer certificate: {invalid}; {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_useless_bundle_is_refused_in_words() {
        for (pem, expected) in [
            (&b""[..], "holds no certificate"),
            (b"not PEM at all", "holds no certificate"),
            (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "is not valid"),
            (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used"),
        ] {
            let text = client_config(&Roots::Pem(pem.to_vec())).unwrap_err();
            assert!(text.contains("certificate authorities") && text.contains(expected), "{text}");
        }
    }
}
