//! The numbers of the call policy.

use core::{num::NonZeroU32, time::Duration};

/// How often, how long and how much. The defaults suit the service.
///
/// ```
/// use std::time::Duration;
///
/// use qc_proto::Policy;
///
/// let policy = Policy::default().with_max_attempts(2).with_deadline(Duration::from_secs(30));
/// assert_eq!(policy.attempt_timeout, Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// How often one request may be sent in a call; default 4.
    pub max_attempts: u32,
    /// The pause before the second attempt lies between 0 and this, and the bound doubles with each; default 250 ms.
    pub base_pause: Duration,
    /// No such bound is longer; default 20 s. `Retry-After` may be.
    pub max_pause: Duration,
    /// How long one attempt may take; default 60 s.
    pub attempt_timeout: Duration,
    /// How long a whole call may take, waits included; default 5 min.
    pub deadline: Duration,
    /// The most bytes of an answer; default 128 MiB, twice the largest project.
    pub max_response_bytes: usize,
    /// How many retries and looks all calls of a session together have in stock; default 20. Each answer that
    /// isn't a failure of the service puts one back, so that an outage is not multiplied.
    pub retry_budget: u32,
    /// The longest pause between two questions for a build; default 2 s, as in the official clients' tests. The first is
    /// a quarter of it, and each is twice the one before.
    pub compile_pause: Duration,
    /// How long to ask for a build; default 5 min.
    pub compile_deadline: Duration,
    /// The most requests that go out within any minute, of all calls of a session together; default none. The first
    /// ones go at once, and one beyond the bound waits until the minute after the first of them is over.
    pub requests_per_minute: Option<NonZeroU32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_pause: Duration::from_millis(250),
            max_pause: Duration::from_secs(20),
            attempt_timeout: Duration::from_secs(60),
            deadline: Duration::from_secs(300),
            max_response_bytes: 128 << 20,
            retry_budget: 20,
            compile_pause: Duration::from_secs(2),
            compile_deadline: Duration::from_secs(300),
            requests_per_minute: None,
        }
    }
}

macro_rules! setters {
    ($($setter:ident $field:ident: $ty:ty,)*) => {
        impl Policy {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $setter(mut self, $field: $ty) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

setters! {
    with_max_attempts max_attempts: u32,
    with_base_pause base_pause: Duration,
    with_max_pause max_pause: Duration,
    with_attempt_timeout attempt_timeout: Duration,
    with_deadline deadline: Duration,
    with_max_response_bytes max_response_bytes: usize,
    with_retry_budget retry_budget: u32,
    with_compile_pause compile_pause: Duration,
    with_compile_deadline compile_deadline: Duration,
    with_requests_per_minute requests_per_minute: Option<NonZeroU32>,
}

impl Policy {
    /// The most requests that one call can cost: attempts, as many looks, one signed again for the clock,
    /// and for `projects/create` the look before it. Those that the service throttled come on top: only the deadline
    /// bounds them.
    #[must_use]
    pub fn max_requests(&self) -> u32 {
        self.max_attempts.max(1).saturating_mul(2).saturating_add(2)
    }

    /// Full jitter: anything between nothing and a bound that doubles.
    pub(crate) fn pause(&self, failures: u32, random: u64) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.base_pause.saturating_mul(doubled).min(self.max_pause);
        let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(((u128::from(nanos) * u128::from(random)) >> 64) as u64)
    }
}

/// Jitter from a seed (SplitMix64): the same seed waits the same.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(pub(crate) u64);

impl Jitter {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
