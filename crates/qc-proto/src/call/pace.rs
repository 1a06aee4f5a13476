//! A bound on the requests of any minute.

use alloc::collections::VecDeque;
use core::{num::NonZeroU32, time::Duration};

const MINUTE: Duration = Duration::from_secs(60);

/// When the requests of the last minute went out, as far back as the bound needs to know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    sent: VecDeque<Duration>,
}

impl Pace {
    /// When the next request may go so that no minute has more than `most`.
    pub(crate) fn earliest(&self, most: NonZeroU32) -> Duration {
        let most = usize::try_from(most.get()).unwrap_or(usize::MAX);
        let first = self.sent.len().checked_sub(most).and_then(|first| self.sent.get(first));
        first.map_or(Duration::ZERO, |first| first.saturating_add(MINUTE))
    }

    pub(crate) fn count(&mut self, now: Duration) {
        while self.sent.front().is_some_and(|sent| sent.saturating_add(MINUTE) <= now) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}
