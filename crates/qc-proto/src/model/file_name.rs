//! The names of files: those we make, and those the service already has.

use alloc::{borrow::Cow, string::String};
use core::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

use crate::invalid::Invalid;

/// A clean relative path inside a project, with `/` between folders: `indicators/momentum.py`.
///
/// Only such a name is ever given to a file. A name that the service already has may be anything;
/// that is a [`RemoteName`].
///
/// ```
/// use qc_proto::FileName;
///
/// assert!(FileName::new("indicators/momentum.py").is_ok());
/// for refused in ["", "/x", "../x", "a//b", "a/./b", "a\\b", "a\0b", "x/"] {
///     assert_eq!(FileName::new(refused).unwrap_err().field(), "name");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FileName(#[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))] String);

impl FileName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when the name is empty or longer than 255 bytes, starts or ends with `/`, has an
    /// empty, `.` or `..` part, a backslash or a control character.
    pub fn new(name: impl Into<String>) -> Result<Self, Invalid> {
        let name = name.into();
        match fault(&name) {
            None => Ok(Self(name)),
            Some(why) => Err(Invalid::new("name", why)),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("must not be empty")
    } else if name.len() > 255 {
        Some("must not be longer than 255 bytes")
    } else if name.starts_with('/') {
        Some("must be relative to the project: it starts with `/`")
    } else if name.contains('\\') {
        Some("must use `/` between folders, not a backslash")
    } else if name.chars().any(char::is_control) {
        Some("must not hold control characters")
    } else {
        name.split('/').find_map(|part| match part {
            "" => Some("must not have an empty part: look for `//` or a `/` at the end"),
            "." | ".." => Some("must not have a `.` or `..` part"),
            _ => None,
        })
    }
}

/// A file's name as the service spells it, which need not be a clean path.
///
/// Text that a program makes up is checked like a [`FileName`]. A name that came in an answer passes
/// as it is, so that a file with an unclean name can still be read, renamed and deleted.
///
/// ```
/// use qc_proto::RemoteName;
///
/// assert!(RemoteName::new("../x").is_err());
/// let listed = RemoteName::from_service("../x");
/// assert!(listed.clean().is_err());
/// ```
///
/// Like a [`FileName`] it is found by its text where it is the key of a map:
///
/// ```
/// use std::collections::HashMap;
///
/// use qc_proto::RemoteName;
///
/// let sizes = HashMap::from([(RemoteName::new("main.py")?, 5)]);
/// assert_eq!(sizes.get("main.py"), Some(&5));
/// # Ok::<(), qc_proto::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RemoteName(String);

impl RemoteName {
    /// Checks a name that a program made up.
    ///
    /// # Errors
    ///
    /// As [`FileName::new`].
    pub fn new(name: impl Into<String>) -> Result<Self, Invalid> {
        FileName::new(name).map(Self::from)
    }

    /// Takes a name that the service gave, unchecked.
    pub fn from_service(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as a clean path, if it is one.
    ///
    /// # Errors
    ///
    /// As [`FileName::new`].
    pub fn clean(&self) -> Result<FileName, Invalid> {
        FileName::new(self.0.as_str())
    }
}

impl From<FileName> for RemoteName {
    fn from(name: FileName) -> Self {
        Self(name.0)
    }
}

impl From<&FileName> for RemoteName {
    fn from(name: &FileName) -> Self {
        Self(name.0.clone())
    }
}

impl From<&RemoteName> for RemoteName {
    fn from(name: &RemoteName) -> Self {
        name.clone()
    }
}

impl TryFrom<RemoteName> for FileName {
    type Error = Invalid;

    fn try_from(name: RemoteName) -> Result<Self, Invalid> {
        Self::new(name.0)
    }
}

impl TryFrom<&RemoteName> for FileName {
    type Error = Invalid;

    fn try_from(name: &RemoteName) -> Result<Self, Invalid> {
        name.clean()
    }
}

impl From<&FileName> for FileName {
    fn from(name: &FileName) -> Self {
        name.clone()
    }
}

/// What both kinds of name offer alike: made from text with a check, shown as text.
macro_rules! checked_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(name: String) -> Result<Self, Invalid> {
                Self::new(name)
            }
        }

        checked_text!($name from &str, &&str, &String, Cow<'_, str>);

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        /// Hash and order are those of the text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(name: &str) -> Result<Self, Invalid> {
                Self::new(name)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// The name as it is: [escape](crate::visible::escape) it before it reaches a terminal.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }
    )*};
    ($name:ident from $($text:ty),*) => {$(
        impl TryFrom<$text> for $name {
            type Error = Invalid;

            fn try_from(name: $text) -> Result<Self, Invalid> {
                Self::new(AsRef::<str>::as_ref(&name))
            }
        }
    )*};
}

checked_text!(FileName RemoteName);

impl<'de> Deserialize<'de> for FileName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for RemoteName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
