//! What a push or a pull tells while it is under way.

use std::fmt;

use qc_proto::{FileName, Tier};

use crate::plan::Change;

/// Observes a push or a pull, such as to show a person its progress.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Something begins.
    fn event(&self, event: Event<'_>);

    /// Something may fail; nothing was sent yet.
    fn caution(&self, caution: &Caution);
}

/// Observes nothing.
impl Observer for () {
    fn event(&self, _event: Event<'_>) {}

    fn caution(&self, _caution: &Caution) {}
}

/// What a push or a pull begins to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
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

/// What may go wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caution {
    /// Files are larger than the tier takes.
    LargeFiles {
        /// How many are.
        files: usize,
        /// The largest of them.
        largest: FileName,
        /// How many characters it has.
        chars: usize,
        /// The tier.
        tier: Tier,
        /// Whether it is known, and not the smallest one that the project fits into.
        is_known: bool,
    },
    /// The project would have more files than the tier takes.
    ManyFiles {
        /// How many it would have.
        files: usize,
        /// The tier.
        tier: Tier,
        /// Whether it is known, and not the smallest one that the project fits into.
        is_known: bool,
    },
    /// Windows reserves the name of a file.
    ReservedName(FileName),
}

impl Caution {
    /// Returns whether the tier is guessed: the smallest one that the project fits into.
    #[must_use]
    pub fn is_tier_guessed(&self) -> bool {
        match self {
            Self::LargeFiles { is_known, .. } | Self::ManyFiles { is_known, .. } => !is_known,
            Self::ReservedName(_) => false,
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LargeFiles { files, largest, chars, tier, .. } => {
                write!(f, "{largest} has {} characters", Thousands(*chars))?;
                if *files > 1 {
                    write!(f, " ({} more are too large as well)", files - 1)?;
                }
                write!(
                    f,
                    ", and the {tier} tier takes {} a file: the service will refuse that",
                    Thousands(tier.max_file_chars())
                )?;
            }
            Self::ManyFiles { files, tier, .. } => write!(
                f,
                "the project would have {files} files, and the {tier} tier takes {}: the service will refuse some",
                tier.max_files()
            )?,
            Self::ReservedName(name) => {
                write!(
                    f,
                    "{name} has a name that is reserved on Windows: no folder there can have it"
                )?;
            }
        }
        f.write_str(if self.is_tier_guessed() {
            " unless your organization has a larger one"
        } else {
            ""
        })
    }
}

/// A number of characters, with a comma between thousands, as the service writes it.
#[derive(Clone, Copy, Debug)]
pub struct Thousands(pub usize);

impl fmt::Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 1000, self.0 % 1000) {
            (0, rest) => write!(f, "{rest}"),
            (thousands, rest) => write!(f, "{},{rest:03}", Self(thousands)),
        }
    }
}
