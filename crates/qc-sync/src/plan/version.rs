//! What identifies the content of a file.

use std::fmt;

use memchr::memchr_iter;
use qc_proto::encoded::FromContent;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// What a content says, whatever its line endings: SHA-256 over it with `\r\n` read as `\n`, and without the
/// newline at its end, if it has one.
///
/// Editors, git and the official tools change these two without anyone's asking, so a difference in them alone is no
/// change. What is sent or written keeps its bytes all the same.
///
/// ```
/// use qc_sync::Digest;
///
/// assert_eq!(Digest::of(b"a\r\nb\r\n"), Digest::of(b"a\nb"));
/// assert_ne!(Digest::of(b"a\n\n"), Digest::of(b"a\n"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The bytes of a content: SHA-256 over all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId([u8; 32]);

/// One content of a file, by its digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// What it says.
    pub digest: Digest,
    /// Its bytes.
    pub(crate) object: ObjectId,
    /// How many characters (Unicode scalar values) it has: what the service's quotas count. Bases and histories of old
    /// have bytes instead.
    #[serde(alias = "bytes")]
    pub chars: usize,
}

impl Digest {
    /// The digest of a content.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Version::of(content).digest
    }
}

impl ObjectId {
    /// The id of a content.
    pub(crate) fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// Reads what `Display` writes. None if it is anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        from_hex(text).map(Self)
    }
}

impl Version {
    /// The version that has this content.
    pub(crate) fn of(content: &[u8]) -> Self {
        let ended = content.strip_suffix(b"\r\n").or_else(|| content.strip_suffix(b"\n"));
        let said = ended.unwrap_or(content);
        let mut hash = Sha256::new();
        let mut from = 0;
        for at in memchr_iter(b'\r', said) {
            if said.get(at + 1) == Some(&b'\n') {
                hash.update(&said[from..at]);
                from = at + 1;
            }
        }
        hash.update(&said[from..]);
        let object = match from {
            // Nothing was left out so far, so the bytes are hashed once for both.
            0 => {
                let mut whole = hash.clone();
                whole.update(&content[said.len()..]);
                ObjectId(whole.finalize().into())
            }
            _ => ObjectId::of(content),
        };
        Self { digest: Digest(hash.finalize().into()), object, chars: chars(content) }
    }
}

/// Every byte of UTF-8 begins a character but those that go on with one.
fn chars(content: &[u8]) -> usize {
    content.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Worked out while an answer is read.
impl FromContent for Version {
    fn from_content(text: &str) -> Self {
        Self::of(text.as_bytes())
    }
}

/// Reads 64 hexadecimal digits. None if the text is anything else.
fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let read = base16ct::lower::decode(text, &mut bytes).ok()?.len();
    (read == bytes.len()).then_some(bytes)
}

struct Hex;

impl de::Visitor<'_> for Hex {
    type Value = [u8; 32];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("64 hexadecimal digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; 32], E> {
        from_hex(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// Both are shown and stored as 64 hexadecimal digits.
macro_rules! as_hex {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base16ct::lower::encode_string(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // As much as tells one from another in a failed test.
                write!(f, "{}…", base16ct::lower::encode_string(&self.0[..4]))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Hex).map(Self)
            }
        }
    )*};
}

as_hex!(Digest ObjectId);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bases_of_old_are_read() {
        let version = Version::of("ä".as_bytes());
        let text = serde_json::to_string(&version).unwrap();
        let old = text.replace(r#""chars":1"#, r#""bytes":2"#);
        assert_ne!(old, text);
        let read: Version = serde_json::from_str(&old).unwrap();
        assert_eq!((read.digest, read.object), (version.digest, version.object));
    }

    proptest! {
        #[test]
        fn the_object_is_the_hash_of_all_bytes(content in "[aä€😀\r\n]{0,12}") {
            let version = Version::of(content.as_bytes());
            prop_assert_eq!(version.object, ObjectId::of(content.as_bytes()));
            prop_assert_eq!(version.chars, content.chars().count());
            let said = content.replace("\r\n", "\n");
            let said = said.strip_suffix('\n').unwrap_or(&said);
            prop_assert_eq!(version.digest.0, ObjectId::of(said.as_bytes()).0);
        }
    }
}
