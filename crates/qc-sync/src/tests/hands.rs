//! Many hands at one project: whatever text anybody saves is afterwards in the cloud, in a folder or in a history, and
//! all folders come in step.
//!
//! `QC_SCHEDULES=1000000` runs that many; `QC_FIRST_SCHEDULE` is the first seed. A failure prints its seed and story.

mod turns;
mod world;

use std::{env, panic, thread};

use crate::tests::hands::world::World;

/// Schedules in every run of the tests.
const SCHEDULES: u64 = 10_000;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    world.run_schedule(40);
    world.settle();
    world.check();
}

#[test]
fn nothing_that_anybody_saves_is_lost() {
    let (first, count) = (number("QC_FIRST_SCHEDULE", 0), number("QC_SCHEDULES", SCHEDULES));
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                for seed in (first + thread..first + count).step_by(threads as usize) {
                    let result = panic::catch_unwind(|| run(seed));
                    assert!(result.is_ok(), "schedule {seed} fails");
                }
            });
        }
    });
}
