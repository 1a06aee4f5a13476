//! How many requests the service answers in a time.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use qc_proto::{
    UserId,
    bytes::Bytes,
    http::{self, HeaderValue, StatusCode, header},
};

use crate::{response::page, service::Service};

/// A sliding window: within any stretch of `per`, no more than so many requests of a user pass.
#[derive(Debug)]
pub(crate) struct RateLimit {
    requests: usize,
    per: Duration,
    /// When requests of a user passed, as far back as the window reaches. Strangers count as one.
    passed: BTreeMap<Option<UserId>, VecDeque<Duration>>,
}

impl RateLimit {
    pub(crate) fn new(requests: usize, per: Duration) -> Self {
        Self { requests, per, passed: BTreeMap::new() }
    }

    /// Lets a request pass, or says for how many seconds to wait. One that does not pass does not count.
    fn pass(&mut self, user: Option<UserId>, now: Duration) -> Result<(), u64> {
        let passed = self.passed.entry(user).or_default();
        while passed.front().is_some_and(|at| at.saturating_add(self.per) <= now) {
            passed.pop_front();
        }
        if passed.len() < self.requests {
            passed.push_back(now);
            return Ok(());
        }
        let free = passed.front().unwrap_or(&now).saturating_add(self.per);
        let wait = free.saturating_sub(now);
        // The header knows whole seconds: one second less would be too early.
        Err(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1))
    }
}

impl Service {
    pub(crate) fn forget_rate(&mut self) {
        if let Some(limit) = &mut self.rate_limit {
            limit.passed.clear();
        }
    }

    /// For a request beyond the limit, how long it is asked to wait, and in which words.
    pub(crate) fn limited(
        &mut self,
        wall: Duration,
        user: Option<UserId>,
    ) -> Option<(Duration, http::Response<Bytes>)> {
        let seconds = self.rate_limit.as_mut()?.pass(user, wall).err()?;
        let mut page = page(StatusCode::TOO_MANY_REQUESTS, wall);
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Some((Duration::from_secs(seconds), page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let mut limit =
            RateLimit { requests: 2, per: Duration::from_secs(60), passed: BTreeMap::new() };
        let mut at = |millis| limit.pass(None, Duration::from_millis(millis));
        assert_eq!(at(1_000_000), Ok(()));
        assert_eq!(at(1_030_500), Ok(()));
        assert_eq!(at(1_030_500), Err(30), "half a second is a whole one in the header");
        assert_eq!(at(1_059_999), Err(1));
        assert_eq!(at(1_060_000), Ok(()), "the first one has left, and the refused never came");
        assert_eq!(at(1_060_000), Err(31));
        assert_eq!(at(1_090_500), Ok(()));
        assert_eq!(at(9_000_000), Ok(()), "all have left");
    }

    #[test]
    fn what_it_asks_to_wait_is_enough() {
        for millis in [1, 999, 1_000, 1_001, 59_999] {
            let mut limit =
                RateLimit { requests: 1, per: Duration::from_secs(60), passed: BTreeMap::new() };
            let now = Duration::from_millis(1_000_000 + millis);
            assert_eq!(limit.pass(None, Duration::from_secs(1_000)), Ok(()));
            let seconds = limit.pass(None, now).unwrap_err();
            assert_eq!(limit.pass(None, now + Duration::from_secs(seconds)), Ok(()), "{millis}");
        }
    }

    #[test]
    fn odd_limits_and_clocks_are_answered() {
        let mut none =
            RateLimit { requests: 0, per: Duration::from_secs(5), passed: BTreeMap::new() };
        assert_eq!(none.pass(None, Duration::from_secs(1)), Err(5));
        let mut instant = RateLimit { requests: 0, per: Duration::ZERO, passed: BTreeMap::new() };
        assert_eq!(instant.pass(None, Duration::from_secs(1)), Err(1));
        let mut forever = RateLimit { requests: 1, per: Duration::MAX, passed: BTreeMap::new() };
        assert_eq!(forever.pass(None, Duration::from_secs(1)), Ok(()));
        assert_eq!(forever.pass(None, Duration::ZERO), Err(u64::MAX), "the clock was set back");
    }
}
