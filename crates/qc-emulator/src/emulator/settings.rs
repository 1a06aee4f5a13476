//! How strict the service is, and how wrong its clock.

use std::time::Duration;

use qc_proto::{ClockTolerance, Credentials, Tier};

use crate::{
    emulator::Emulator,
    service::{library_files::LibraryFiles, rate_limit::RateLimit},
};

impl Emulator {
    /// How far a signature's timestamp may be from the service's clock.
    #[must_use]
    pub fn with_clock_tolerance(mut self, tolerance: ClockTolerance) -> Self {
        self.service.clock_tolerance = tolerance;
        self
    }

    /// Sets the service's own clock wrong by so many seconds: its `Date` and what it holds of signatures.
    #[must_use]
    pub fn with_clock_skew(mut self, seconds: i64) -> Self {
        self.clock_skew = seconds;
        self
    }

    /// Holds all that is written to the quotas of a tier. Without one there are none, and
    /// [`put_file`](Self::put_file) is never held to them.
    #[must_use]
    pub fn with_tier(mut self, tier: Tier) -> Self {
        self.service.tier = Some(tier);
        self
    }

    /// Answers each user no more than `requests` within any stretch of `per`, by the service's clock. What comes beyond is
    /// answered by a page with HTTP 429 and a `Retry-After` in seconds, is not acted on and does not count.
    ///
    /// What a fault keeps from the service does not count either. Without this there is no limit.
    #[must_use]
    pub fn with_rate_limit(mut self, requests: usize, per: Duration) -> Self {
        self.service.rate_limit = Some(RateLimit::new(requests, per));
        self
    }

    /// Says where the files of libraries stand, and whether they come unasked.
    #[must_use]
    pub fn with_library_files(mut self, library_files: LibraryFiles) -> Self {
        self.service.library_files = library_files;
        self
    }

    /// Refuses to let another environment acquire a project that one holds. Without this, whoever acquires it last holds it.
    #[must_use]
    pub fn with_firm_locks(mut self) -> Self {
        self.service.firm_locks = true;
        self
    }

    /// Lets a build wait in the queue for so long, by the service's clock. Without this it has ended when it is asked for.
    #[must_use]
    pub fn with_compile_time(mut self, duration: Duration) -> Self {
        self.service.compiles.duration = duration;
        self
    }

    /// Chooses the requests that rules with a chance hit. The same seed chooses the same ones.
    #[must_use]
    pub fn with_fault_seed(mut self, seed: u64) -> Self {
        self.faults.seed(seed);
        self
    }

    /// Forgets old requests and changes when it knows more than twice as many, and keeps the last ones. Without this, as a test
    /// wants it, it remembers all.
    #[must_use]
    pub fn with_history(mut self, most: usize) -> Self {
        self.log.limit(most);
        self
    }

    /// Lets another user in. One user's projects do not exist for another. A number that is known already gets this
    /// token in place of its old one, and keeps its projects.
    pub fn add_user(&mut self, credentials: Credentials) {
        self.service.users.add(credentials);
    }
}
