//! Stands in for `disk.rs` without the feature `durable`: nothing is kept.

use crate::emulator::Emulator;

/// There is none.
pub(crate) enum Disk {}

impl Disk {
    pub(crate) fn applied(&mut self) {
        match *self {}
    }
}

/// There is nothing to wait for.
pub(crate) enum Saved {}

impl Saved {
    #[cfg(feature = "server")]
    pub(crate) async fn wait(self) -> bool {
        match self {}
    }

    pub(crate) fn wait_here(self) -> bool {
        match self {}
    }
}

impl Emulator {
    pub(crate) fn recover(&mut self) {}

    pub(crate) fn save(&mut self, _alone: bool) -> Option<Saved> {
        None
    }
}
