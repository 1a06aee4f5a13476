//! Three properties, under any schedule of faults:
//!
//! 1. `Ok` means applied exactly as asked, and `Effect::None` means that nothing was applied.
//! 2. Nothing that was asked for once is applied twice.
//! 3. A call costs no more requests than `Policy::max_requests`, and no wait is shorter than `Retry-After`.

mod check;
mod schedule;

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestError, TestRunner},
};
use qc_files::Policy;

use self::{
    check::{Late, check},
    schedule::{Schedule, schedule},
};
use crate::world::{Over, World, credentials};

/// The schedules of every run, unless `PROPTEST_RNG_SEED` asks for others.
const SEED: u64 = 20_261_123;

/// Runs `test` on as many schedules; `PROPTEST_CASES` asks for more.
fn run(
    cases: u32,
    schedules: impl Strategy<Value = Schedule>,
    test: impl Fn(&Schedule) -> Result<(), TestCaseError>,
) {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if matches!(config.rng_seed, RngSeed::Random) {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config.failure_persistence = None;
    let seed = config.rng_seed;
    match TestRunner::new(config).run(&schedules, |schedule| test(&schedule)) {
        Ok(()) => {}
        Err(TestError::Fail(why, schedule)) => {
            panic!("{why}\nunder {schedule:#?}\nagain with PROPTEST_RNG_SEED={seed}")
        }
        Err(error) => panic!("{error}, PROPTEST_RNG_SEED={seed}"),
    }
}

#[test]
fn in_memory_with_virtual_time() {
    run(12_000, schedule(8, true), |schedule| {
        let world = World::with(credentials(), Policy::default(), schedule.seed, |_| ());
        check(&world, schedule, Late::Arrives)
    });
}

#[test]
fn over_real_sockets_with_hyper() {
    run(300, schedule(5, false), |schedule| {
        check(&World::over_sockets(schedule.seed, Over::Hyper), schedule, Late::Never)
    });
}

#[test]
fn over_real_sockets_with_ureq() {
    run(300, schedule(5, false), |schedule| {
        check(&World::over_sockets(schedule.seed, Over::Ureq), schedule, Late::Never)
    });
}
