//! Who calls: a user id and the API token that signs for it.

use alloc::string::String;
use core::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{invalid::Invalid, model::ids::UserId};

/// An API token. It cannot be printed, serialized or compared, and its memory is wiped on drop.
///
/// ```
/// let token = qc_proto::ApiToken::new("0123456789abcdef").unwrap();
/// assert_eq!(format!("{token:?}"), "ApiToken([redacted])");
/// ```
#[derive(Clone)]
pub struct ApiToken(SecretString);

impl ApiToken {
    /// Takes a token, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when nothing is left, or a control character is in it.
    pub fn new(token: impl Into<String>) -> Result<Self, Invalid> {
        let token = SecretString::from(token.into());
        let trimmed = token.expose_secret().trim();
        if trimmed.is_empty() {
            return Err(Invalid::new("apiToken", "must not be empty"));
        }
        if trimmed.chars().any(char::is_control) {
            return Err(Invalid::new("apiToken", "must not hold control characters"));
        }
        Ok(Self(SecretString::from(trimmed)))
    }

    /// The token as text. Named so that every use of it can be found.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([redacted])")
    }
}

/// `u64::MAX` has 20 digits.
pub(crate) const PREFIX_LEN: usize = 20 + 1;

/// A user id and its API token.
#[derive(Clone)]
pub struct Credentials {
    user_id: UserId,
    /// The user's id as text and a colon, and how long that is: what stands before each hash.
    prefix: ([u8; PREFIX_LEN], usize),
    token: ApiToken,
    /// SHA-256 after `token:`, so that each signature hashes only the timestamp. Wiped on drop.
    midstate: Sha256,
}

impl Credentials {
    /// Puts the two together.
    #[must_use]
    pub fn new(user_id: UserId, token: ApiToken) -> Self {
        let midstate = Sha256::new().chain_update(token.expose_secret()).chain_update(b":");
        let mut prefix = [b':'; PREFIX_LEN];
        let mut digits = itoa::Buffer::new();
        let id = digits.format(user_id.get()).as_bytes();
        prefix[..id.len()].copy_from_slice(id);
        Self { user_id, prefix: (prefix, id.len() + 1), token, midstate }
    }

    /// The user.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &ApiToken {
        &self.token
    }

    /// The first so many bytes count.
    pub(crate) fn prefix(&self) -> ([u8; PREFIX_LEN], usize) {
        self.prefix
    }

    pub(crate) fn midstate(&self) -> &Sha256 {
        &self.midstate
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user_id", &self.user_id)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
