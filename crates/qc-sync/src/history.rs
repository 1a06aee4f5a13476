//! What commands replaced and removed, so that it can be had back.

pub(crate) mod undo;

use qc_proto::FileName;
use serde::{Deserialize, Serialize};

use crate::plan::version::Version;

/// One command that replaced or removed something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its number, counted from 1. The folder gives it.
    #[serde(default)]
    pub id: u64,
    /// When it began, in seconds since the Unix epoch.
    pub at: u64,
    /// The command, such as `pull --merge`.
    pub command: String,
    /// What it does to files here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub here: Vec<Replaced>,
    /// What it does to files in the cloud.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cloud: Vec<Replaced>,
    /// What the base held of the files before, for those in `here`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base: Vec<(FileName, Option<Version>)>,
}

/// A file before and after an operation. None where there is no such file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The file.
    pub name: FileName,
    /// Its content before.
    pub before: Option<Version>,
    /// Its content afterwards.
    pub after: Option<Version>,
}

impl Operation {
    /// Returns whether it replaces and removes nothing, and creates nothing here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.here.is_empty() && self.cloud.is_empty()
    }

    /// Every text that can be had back from it.
    pub(crate) fn kept(&self) -> impl Iterator<Item = Version> {
        let replaced = self.here.iter().chain(&self.cloud);
        let replaced = replaced.flat_map(|file| [file.before, file.after]);
        replaced.chain(self.base.iter().map(|(_, version)| *version)).flatten()
    }
}

/// How much history a folder keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLimits {
    /// Operations older than this many days are forgotten.
    pub days: u64,
    /// The oldest operations are forgotten while the texts of all take more than this many megabytes.
    pub megabytes: u64,
}

impl Default for HistoryLimits {
    /// 90 days, 100 MB.
    fn default() -> Self {
        Self { days: 90, megabytes: 100 }
    }
}
