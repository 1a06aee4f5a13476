//! What a file says, in 32 bytes.

use std::fmt;

use faster_hex::CheckCase;
use memchr::memchr_iter;
use qc_proto::Gist;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// What a content says, whatever its line endings: SHA-256 over it with `\r\n` read as `\n`, and without the
/// newline at its end, if it has one.
///
/// Editors, git and the official tools change these two without anyone's asking, so that a difference in them
/// alone is no change. What is sent or written keeps its bytes all the same.
///
/// ```
/// use qc_sync::Digest;
///
/// assert_eq!(Digest::of(b"a\r\nb\r\n"), Digest::of(b"a\nb"));
/// assert_ne!(Digest::of(b"a\n\n"), Digest::of(b"a\n"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of a content.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let ended = content.strip_suffix(b"\r\n").or_else(|| content.strip_suffix(b"\n"));
        let content = ended.unwrap_or(content);
        let mut hash = Sha256::new();
        let mut from = 0;
        for at in memchr_iter(b'\r', content) {
            if content.get(at + 1) == Some(&b'\n') {
                hash.update(&content[from..at]);
                from = at + 1;
            }
        }
        hash.update(&content[from..]);
        Self(hash.finalize().into())
    }
}

/// Worked out while an answer is read.
impl Gist for Digest {
    fn of(text: &str) -> Self {
        Self::of(text.as_bytes())
    }
}

/// As 64 hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&faster_hex::hex_string(&self.0))
    }
}

/// As 64 hexadecimal digits.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;

        impl de::Visitor<'_> for Digits {
            type Value = Digest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Digest, E> {
                faster_hex::hex_decode_array_with_case(text.as_bytes(), CheckCase::Lower)
                    .map(Digest)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Digits)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As much as tells one from another in a failed test.
        for byte in &self.0[..4] {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…")
    }
}
