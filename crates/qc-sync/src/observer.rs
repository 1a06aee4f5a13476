//! What a push or a pull tells while it is under way.

use std::fmt;

use qc_proto::{FileName, Tier};

use crate::Change;

/// Hears of each step as it begins, so that a person can be shown what takes so long.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A step begins.
    fn step(&self, step: Step<'_>);

    /// Something may fail; nothing was sent yet.
    fn caution(&self, caution: &Caution);
}

/// Hears nothing.
impl Observer for () {
    fn step(&self, _step: Step<'_>) {}

    fn caution(&self, _caution: &Caution) {}
}

/// One step of a push or a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// The project is read.
    Read,
    /// A change is made in the cloud.
    Change {
        /// Which it is, counted from 0.
        number: usize,
        /// Of how many.
        of: usize,
        /// The change.
        change: &'a Change,
    },
    /// A file is written or removed here.
    Write {
        /// Which it is, counted from 0.
        number: usize,
        /// Of how many.
        of: usize,
        /// The file.
        name: &'a FileName,
    },
    /// The project is read again, to see what came of it.
    Verify,
}

/// What the service may refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caution {
    /// Files are larger than the smallest tier that the project fits into takes.
    LargeFiles {
        /// How many are.
        files: usize,
        /// The largest of them.
        largest: FileName,
        /// Its size in bytes.
        bytes: usize,
        /// The tier.
        tier: Tier,
    },
    /// The project would have more files than the smallest tier that it fits into takes.
    ManyFiles {
        /// How many it would have.
        files: usize,
        /// The tier.
        tier: Tier,
    },
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LargeFiles { files, largest, bytes, tier } => {
                write!(f, "{largest} has {} KB", bytes.div_ceil(1000))?;
                if *files > 1 {
                    write!(f, " ({} more are too large as well)", files - 1)?;
                }
                write!(
                    f,
                    ", and the {tier} tier takes {} KB a file: the service will refuse that unless your \
                     organization has a larger one",
                    tier.max_file_chars() / 1000
                )
            }
            Self::ManyFiles { files, tier } => write!(
                f,
                "the project would have {files} files, and the {tier} tier takes {}: the service will refuse some \
                 unless your organization has a larger one",
                tier.max_files()
            ),
        }
    }
}
