//! Files and projects held to the quotas of a tier.

use qc_proto::Tier;

use crate::service::{Service, refusal::Refusal};

impl Service {
    /// Characters count, not bytes.
    pub(crate) fn check_size(&self, content: &str) -> Result<(), Refusal> {
        match self.tier.map(Tier::max_file_chars) {
            Some(max) if content.chars().nth(max).is_some() => Err(Refusal::too_large(max)),
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
