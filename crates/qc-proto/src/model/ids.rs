//! The numbers that name users and projects.

use core::{fmt, num::NonZeroU32, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Unexpected};

use crate::{invalid::Invalid, wire::tolerant};

/// A QuantConnect user's number, as shown on the account page. Read from a number or a text of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(u64);

impl UserId {
    /// Any number is a user id: the service's own example uses 0.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for UserId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl<'de> Deserialize<'de> for UserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = tolerant::integer(deserializer)?;
        u64::try_from(id).map(Self).map_err(|_| {
            serde::de::Error::invalid_value(Unexpected::Signed(id), &"a user id, 0 or greater")
        })
    }
}

impl FromStr for UserId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.trim()
            .parse()
            .map(Self)
            .map_err(|_| Invalid::new("userId", "must be a whole number such as 123456"))
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A project's number: always positive.
///
/// ```
/// use qc_proto::ProjectId;
///
/// assert!(ProjectId::new(23_456_789).is_ok());
/// assert_eq!(ProjectId::new(0).unwrap_err().field(), "projectId");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ProjectId(#[cfg_attr(feature = "schema", schemars(range(min = 1)))] i64);

impl ProjectId {
    /// A project's number.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when the number is zero or negative.
    pub fn new(id: i64) -> Result<Self, Invalid> {
        if id > 0 {
            Ok(Self(id))
        } else {
            Err(Invalid::new("projectId", alloc::format!("must be greater than 0, not {id}")))
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<NonZeroU32> for ProjectId {
    fn from(id: NonZeroU32) -> Self {
        Self(i64::from(id.get()))
    }
}

/// From every type that a number in a program is likely to have.
macro_rules! from_integer {
    ($($integer:ty)*) => {$(
        impl TryFrom<$integer> for ProjectId {
            type Error = Invalid;

            fn try_from(id: $integer) -> Result<Self, Invalid> {
                let why = || alloc::format!("must be less than 2^63, not {id}");
                Self::new(i64::try_from(id).map_err(|_| Invalid::new("projectId", why()))?)
            }
        }
    )*};
}

from_integer!(i32 u32 i64 u64);

impl FromStr for ProjectId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let id = text.trim().parse::<i64>();
        Self::new(
            id.map_err(|_| Invalid::new("projectId", "must be a whole number such as 23456789"))?,
        )
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for ProjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(tolerant::integer(deserializer)?).map_err(serde::de::Error::custom)
    }
}
