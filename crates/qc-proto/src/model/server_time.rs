//! Times as the service writes them, which is in more than one way.

use alloc::string::{String, ToString};
use core::{fmt, time::Duration};

use jiff::{Timestamp, civil::DateTime, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::tolerant::Scalar;

/// A time in an answer. The text is kept, because no decode fails over a date.
///
/// Seen live: `2025-11-10 13:00:06`, in UTC without saying so. The published schema shows RFC 3339.
///
/// ```
/// use qc_proto::ServerTime;
///
/// let seen = ServerTime::from("2025-11-10 13:00:06");
/// assert_eq!(seen.since_epoch().map(|time| time.as_secs()), Some(1_762_779_606));
/// assert_eq!(seen.since_epoch(), ServerTime::from("2025-11-10T13:00:06.000Z").since_epoch());
/// assert_eq!(ServerTime::from("0000-00-00 00:00:00").since_epoch(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ServerTime(String);

impl ServerTime {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How long after the Unix epoch it is. Without a zone the text is in UTC. None if it is no date, or one before 1970.
    #[must_use]
    pub fn since_epoch(&self) -> Option<Duration> {
        let moment = self.0.parse::<Timestamp>().ok().or_else(|| {
            let civil = self.0.parse::<DateTime>().ok()?;
            Offset::UTC.to_timestamp(civil).ok()
        })?;
        Duration::try_from(moment.as_duration()).ok()
    }
}

impl From<&str> for ServerTime {
    fn from(text: &str) -> Self {
        Self(text.to_string())
    }
}

impl fmt::Display for ServerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// From any value: no decode fails over a date.
impl<'de> Deserialize<'de> for ServerTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Scalar::deserialize(deserializer)?;
        Ok(Self(value.spelled().unwrap_or_default()))
    }
}
