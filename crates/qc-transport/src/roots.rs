//! Whom to trust.

use std::fmt;

/// The certificate authorities that may vouch for a server.
///
/// There is no silent fallback from one to another: if the chosen ones cannot be used, every
/// `https` attempt fails and says what to do.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Roots {
    /// Those that the operating system trusts. On Linux `SSL_CERT_FILE` and `SSL_CERT_DIR` are
    /// honoured. They are read when `https` is first used.
    #[default]
    Platform,
    /// Those that Mozilla trusts, as they were when this crate's `webpki-roots` was published: for
    /// machines without any, such as a bare container. They change with an update of that crate only.
    Bundled,
    /// Only those in this bundle of PEM certificates, such as a company's own authority.
    Pem(Vec<u8>),
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::Bundled => f.write_str("Bundled"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
        }
    }
}
