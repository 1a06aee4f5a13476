//! How large files and projects may be.

use std::fmt::Display;

use crate::{Emulator, refusal::Refusal};

/// What the user's organization pays for, and so how much a project may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// Free: 25 files of 32 KB.
    Free,
    /// Quant Researcher: 50 files of 64 KB.
    Researcher,
    /// Team: 75 files of 128 KB.
    Team,
    /// Trading Firm: 100 files of 256 KB.
    Firm,
    /// Institution: 250 files of 256 KB.
    Institution,
}

impl Tier {
    /// How large a file may be, in bytes of UTF-8. A KB is taken for 1024 of them.
    #[must_use]
    pub fn max_file_bytes(self) -> usize {
        match self {
            Self::Free => 32 << 10,
            Self::Researcher => 64 << 10,
            Self::Team => 128 << 10,
            Self::Firm | Self::Institution => 256 << 10,
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
}

impl Emulator {
    /// Holds all that is written to the quotas of a tier. Without one there are none, and
    /// [`put_file`](Self::put_file) is never held to them.
    #[must_use]
    pub fn with_tier(mut self, tier: Tier) -> Self {
        self.tier = Some(tier);
        self
    }

    pub(crate) fn check_size(&self, name: impl Display, content: &str) -> Result<(), Refusal> {
        match self.tier.map(Tier::max_file_bytes) {
            Some(max) if content.len() > max => Err(Refusal::too_large(name, content.len(), max)),
            _ => Ok(()),
        }
    }

    /// Whether a project may have so many files.
    pub(crate) fn check_count(&self, files: usize) -> Result<(), Refusal> {
        match self.tier.map(Tier::max_files) {
            Some(max) if files > max => Err(Refusal::too_many_files(max)),
            _ => Ok(()),
        }
    }
}
