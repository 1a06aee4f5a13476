//! Signing a request, and checking a signature: both ends of one rule.
//!
//! ```text
//! timestamp     = seconds since the Unix epoch, decimal ASCII
//! hash          = lowercase hex of SHA-256( API_TOKEN ":" timestamp )      plain SHA-256, no HMAC
//! Authorization = "Basic " + standard padded base64( USER_ID ":" hash )
//! Timestamp     = timestamp
//! ```

use alloc::{string::String, vec::Vec};
use core::{fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
use sha2::{Digest, Sha256, digest::Output};
use subtle::ConstantTimeEq as _;

use crate::model::{
    credentials::{Credentials, PREFIX_LEN},
    ids::UserId,
};

/// The header that names the second a signature was made in.
pub const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");

const HASH_LEN: usize = 64;
const SCHEME: &[u8] = b"Basic ";
const PLAIN_LEN: usize = PREFIX_LEN + HASH_LEN;
const HEADER_LEN: usize = SCHEME.len() + PLAIN_LEN.div_ceil(3) * 4;

/// The text of an `Authorization` header, made on the stack: for an HTTP library with header types of its own.
///
/// It is a secret, as [`Signature`] says, and `Debug` does not show it.
///
/// ```
/// use qc_proto::{ApiToken, Authorization, Credentials, UserId};
///
/// let credentials = Credentials::new(UserId::new(0), ApiToken::new("____")?);
/// let authorization = Authorization::new(&credentials, 0);
/// assert!(authorization.as_bytes().starts_with(b"Basic MDplMzM1OGZl"));
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone)]
pub struct Authorization {
    text: [u8; HEADER_LEN],
    len: usize,
}

impl Authorization {
    /// Signs for the second `timestamp` since the Unix epoch, which goes beside it as the `Timestamp` header.
    #[must_use]
    pub fn new(credentials: &Credentials, timestamp: u64) -> Self {
        let mut signed = Self { text: [0; HEADER_LEN], len: 0 };
        let mut plain = [0; PLAIN_LEN];
        let (prefix, begin) = credentials.prefix();
        plain[..PREFIX_LEN].copy_from_slice(&prefix);
        let end = begin + HASH_LEN;
        hash(credentials, timestamp, &mut plain[begin..end]);

        let (scheme, value) = signed.text.split_at_mut(SCHEME.len());
        scheme.copy_from_slice(SCHEME);
        // The buffer fits the longest user id, so this writes every time.
        signed.len = SCHEME.len() + STANDARD.encode_slice(&plain[..end], value).unwrap_or(0);
        // The buffers are not wiped: what they hold lives on in whatever sends it.
        signed
    }

    /// The text, ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization([redacted])")
    }
}

/// The two headers that sign a request, good for one second of timestamp.
///
/// The `Authorization` value is a secret: the service accepts it for up to two hours. It is marked
/// sensitive, and `Debug` does not show it.
#[derive(Clone)]
pub struct Signature {
    timestamp: u64,
    authorization: HeaderValue,
}

impl Signature {
    /// Signs for the second `timestamp` since the Unix epoch.
    ///
    /// ```
    /// use qc_proto::{ApiToken, Credentials, Signature, UserId};
    ///
    /// let credentials = Credentials::new(UserId::new(0), ApiToken::new("____")?);
    /// let mut headers = http::HeaderMap::new();
    /// # use qc_proto::http;
    /// Signature::new(&credentials, 0).apply(&mut headers);
    /// assert_eq!(headers["timestamp"], "0");
    /// assert!(headers["authorization"].to_str().unwrap().starts_with("Basic MDplMzM1OGZl"));
    /// # Ok::<(), qc_proto::Invalid>(())
    /// ```
    #[must_use]
    pub fn new(credentials: &Credentials, timestamp: u64) -> Self {
        let text = Authorization::new(credentials, timestamp);
        let value = HeaderValue::from_bytes(text.as_bytes());
        let mut authorization = value.unwrap_or_else(|_| HeaderValue::from_static(""));
        authorization.set_sensitive(true);
        Self { timestamp, authorization }
    }

    /// The second that was signed.
    #[must_use]
    pub fn timestamp(&self) -> u64 {
        self.timestamp
    }

    /// Sets the `Authorization` and `Timestamp` headers.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(TIMESTAMP, HeaderValue::from(self.timestamp));
    }

    /// The parts of the signature that must not show up in a message.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let value = self.authorization.as_bytes();
        let encoded = value.get(SCHEME.len()..).unwrap_or_default();
        let plain = STANDARD.decode(encoded).unwrap_or_default();
        let hash = plain.iter().position(|byte| *byte == b':').map(|at| &plain[at + 1..]);
        [Some(encoded), hash]
            .into_iter()
            .flatten()
            .filter_map(|bytes| core::str::from_utf8(bytes).ok())
            .filter(|text| !text.is_empty())
            .map(String::from)
            .collect()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("timestamp", &self.timestamp).finish_non_exhaustive()
    }
}

/// Writes the hash of the token and the timestamp as [`HASH_LEN`] digits.
fn hash(credentials: &Credentials, timestamp: u64, hex: &mut [u8]) {
    let mut state = credentials.midstate().clone();
    Digest::update(&mut state, itoa::Buffer::new().format(timestamp).as_bytes());
    let mut digest = Output::<Sha256>::default();
    // In place: what is handed over by value is copied and wiped once more.
    Digest::finalize_into_reset(&mut state, &mut digest);
    // 32 bytes are 64 digits: the buffer fits.
    let _ = base16ct::lower::encode(&digest, hex);
}

/// A signature as a server finds it in a request.
pub struct AuthHeaders {
    user_id: String,
    hash: String,
    timestamp: u64,
}

/// Why a server refuses a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthRefusal {
    /// No usable timestamp; what came instead.
    Timestamp(String),
    /// No usable `Authorization`, or a user id that is no number.
    UserId(String),
    /// The hash is not that of the token and the timestamp.
    Hash,
    /// The timestamp is older than the service accepts.
    TooOld,
    /// The timestamp lies further in the future than the service accepts.
    TooNew,
}

/// How far a timestamp may be from the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClockTolerance {
    /// How old. The service takes 7200 seconds.
    pub past: Duration,
    /// How far ahead. Not published; 300 seconds are assumed.
    pub future: Duration,
}

impl ClockTolerance {
    /// How old a timestamp may be, and how far ahead.
    #[must_use]
    pub fn new(past: Duration, future: Duration) -> Self {
        Self { past, future }
    }
}

impl Default for ClockTolerance {
    fn default() -> Self {
        Self { past: Duration::from_secs(7200), future: Duration::from_secs(300) }
    }
}

impl AuthHeaders {
    /// Takes the signature from the values of the two headers, or from a link's query.
    ///
    /// # Errors
    ///
    /// [`AuthRefusal`] when one of them is missing or cannot be read.
    pub fn read(authorization: Option<&str>, timestamp: Option<&str>) -> Result<Self, AuthRefusal> {
        let raw = timestamp.unwrap_or_default();
        let timestamp = raw.parse().map_err(|_| AuthRefusal::Timestamp(raw.into()))?;
        let nobody = || AuthRefusal::UserId(String::from("None"));
        let encoded = authorization.and_then(|value| value.strip_prefix("Basic "));
        let plain = encoded.and_then(|encoded| STANDARD.decode(encoded.trim()).ok());
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok()).ok_or_else(nobody)?;
        let (user_id, hash) = plain.split_once(':').ok_or_else(nobody)?;
        Ok(Self { user_id: user_id.into(), hash: hash.into(), timestamp })
    }

    /// The user that signed, if the id is a number.
    ///
    /// # Errors
    ///
    /// [`AuthRefusal::UserId`] when it is none.
    pub fn user_id(&self) -> Result<UserId, AuthRefusal> {
        self.user_id.parse().map_err(|_| AuthRefusal::UserId(self.user_id.clone()))
    }
}

impl Credentials {
    /// Checks a signature as the service does, in constant time. `wall` is the server's clock, since
    /// the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`AuthRefusal`] says which rule was broken.
    pub fn verify(
        &self,
        presented: &AuthHeaders,
        wall: Duration,
        tolerance: ClockTolerance,
    ) -> Result<(), AuthRefusal> {
        if presented.user_id()? != self.user_id() {
            return Err(AuthRefusal::UserId(presented.user_id.clone()));
        }
        let mut expected = [0_u8; HASH_LEN];
        hash(self, presented.timestamp, &mut expected);
        if !bool::from(expected.ct_eq(presented.hash.as_bytes())) {
            return Err(AuthRefusal::Hash);
        }
        let now = wall.as_secs();
        if presented.timestamp.saturating_add(tolerance.past.as_secs()) < now {
            Err(AuthRefusal::TooOld)
        } else if presented.timestamp > now.saturating_add(tolerance.future.as_secs()) {
            Err(AuthRefusal::TooNew)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::credentials::ApiToken;

    /// Computed with Python's hashlib and base64.
    const VECTORS: [(u64, &str, u64, &str); 3] = [
        (0, "____", 0, "e3358fe754fe488291a8914e7471024ca607db16ef6254a6e9201ff8bf2b0d99"),
        (
            12345,
            "0123456789abcdef0123456789abcdef",
            1_700_000_000,
            "450d27e42585c1ad669258cf477727331297d8359b287750542681b11e8f621a",
        ),
        (
            4_294_967_296,
            "tökén:with:colons",
            1_795_449_600,
            "416886c3cea3b93ad6e311412988345eb3352dc88fee652c68714492e3521957",
        ),
    ];

    fn credentials(user_id: u64, token: &str) -> Credentials {
        Credentials::new(UserId::new(user_id), ApiToken::new(token).unwrap())
    }

    fn present(signature: &Signature) -> AuthHeaders {
        let authorization = signature.authorization.to_str().unwrap();
        let timestamp = alloc::format!("{}", signature.timestamp());
        AuthHeaders::read(Some(authorization), Some(&timestamp)).unwrap()
    }

    #[test]
    fn every_vector_signs_and_verifies() {
        for (user_id, token, timestamp, expected) in VECTORS {
            let credentials = credentials(user_id, token);
            let signature = Signature::new(&credentials, timestamp);
            let presented = present(&signature);
            assert_eq!(presented.hash, expected);
            assert_eq!(presented.user_id().unwrap(), UserId::new(user_id));
            let wall = Duration::from_secs(timestamp);
            assert_eq!(credentials.verify(&presented, wall, ClockTolerance::default()), Ok(()));
        }
    }

    #[test]
    fn the_header_is_the_known_one() {
        let signature = Signature::new(&credentials(0, "____"), 0);
        assert_eq!(
            signature.authorization.to_str().unwrap(),
            "Basic MDplMzM1OGZlNzU0ZmU0ODgyOTFhODkxNGU3NDcxMDI0Y2E2MDdkYjE2ZWY2MjU0YTZlOTIwMWZmOGJmMmIwZDk5"
        );
        assert!(signature.authorization.is_sensitive());
    }

    #[test]
    fn the_longest_user_id_fits() {
        let credentials = credentials(u64::MAX, "token");
        let presented = present(&Signature::new(&credentials, u64::MAX));
        assert_eq!(presented.user_id().unwrap().get(), u64::MAX);
    }

    #[test]
    fn the_window_closes_on_both_sides() {
        let credentials = credentials(7, "token");
        let presented = present(&Signature::new(&credentials, 100_000));
        let at = |wall| {
            credentials.verify(&presented, Duration::from_secs(wall), ClockTolerance::default())
        };
        assert_eq!(at(107_200), Ok(()));
        assert_eq!(at(107_201), Err(AuthRefusal::TooOld));
        assert_eq!(at(99_700), Ok(()));
        assert_eq!(at(99_699), Err(AuthRefusal::TooNew));
    }

    #[test]
    fn another_token_does_not_verify() {
        let presented = present(&Signature::new(&credentials(7, "token"), 5));
        let other = credentials(7, "nekot");
        assert_eq!(
            other.verify(&presented, Duration::from_secs(5), ClockTolerance::default()),
            Err(AuthRefusal::Hash)
        );
    }
}
