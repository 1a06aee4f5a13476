//! How large files and projects may be.

use core::{fmt, str::FromStr};

use crate::invalid::Invalid;

/// What an organization pays for, and so how much a project of its may hold.
///
/// The file API does not say which one a project's organization has. The numbers are those of the service's documentation.
///
/// ```
/// use qc_proto::Tier;
///
/// assert_eq!("researcher".parse(), Ok(Tier::Researcher));
/// assert_eq!(Tier::Researcher.to_string(), "Quant Researcher");
/// assert_eq!(Tier::Researcher.max_file_chars(), 64_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// 25 files of 32 KB.
    Free,
    /// 50 files of 64 KB.
    Researcher,
    /// 75 files of 128 KB.
    Team,
    /// 100 files of 256 KB.
    Firm,
    /// 250 files of 256 KB.
    Institution,
}

impl Tier {
    /// All of them, the smallest first.
    pub const ALL: &'static [Self] =
        &[Self::Free, Self::Researcher, Self::Team, Self::Firm, Self::Institution];

    /// How large a file may be, in characters (Unicode scalar values, not bytes). The documentation says KB, and the
    /// service was seen to refuse a file with "exceeds the maximum size of 32,000 characters".
    #[must_use]
    pub fn max_file_chars(self) -> usize {
        match self {
            Self::Free => 32_000,
            Self::Researcher => 64_000,
            Self::Team => 128_000,
            Self::Firm | Self::Institution => 256_000,
        }
    }

    /// How many files a project may have.
    #[must_use]
    pub fn max_files(self) -> usize {
        match self {
            Self::Free => 25,
            Self::Researcher => 50,
            Self::Team => 75,
            Self::Firm => 100,
            Self::Institution => 250,
        }
    }

    /// The word that names it on a command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Researcher => "researcher",
            Self::Team => "team",
            Self::Firm => "firm",
            Self::Institution => "institution",
        }
    }
}

/// As the service calls it.
impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Free => "Free",
            Self::Researcher => "Quant Researcher",
            Self::Team => "Team",
            Self::Firm => "Trading Firm",
            Self::Institution => "Institution",
        })
    }
}

/// From its [`word`](Self::word).
impl FromStr for Tier {
    type Err = Invalid;

    fn from_str(word: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|tier| tier.word() == word).ok_or_else(|| {
            Invalid::new("tier", "must be free, researcher, team, firm or institution")
        })
    }
}
