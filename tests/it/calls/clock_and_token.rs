//! A wrong clock heals; a wrong token doesn't cost more than one request.

use std::time::Duration;

use proptest::prelude::*;
use qc_emulator::Fault;
use qc_files::{ApiToken, Credentials, Effect, ErrorKind, Policy, UserId};
use qc_proto::ClockTolerance;

use crate::world::{World, credentials};

fn strict() -> World {
    let tolerance = ClockTolerance::new(Duration::from_secs(300), Duration::from_secs(300));
    World::with(credentials(), Policy::default(), 1, |emulator| {
        let set = std::mem::replace(emulator, qc_emulator::Emulator::new(credentials()));
        *emulator = set.with_clock_tolerance(tolerance);
    })
}

#[tokio::test]
async fn an_hour_off_either_way_costs_one_request_and_is_remembered() {
    for skew in [3600, -3600] {
        let world = strict();
        world.clock.set_skew(skew);
        world.client.authenticate().await.unwrap();
        assert_eq!(world.requests().len(), 2, "skew {skew}");
        world.files().create("a.py", "a").await.unwrap();
        assert_eq!(world.requests().len(), 3, "skew {skew}");
    }
}

#[tokio::test]
async fn the_services_own_window_is_not_in_the_way() {
    // An hour behind is within the two hours that the service takes: nothing to heal.
    for (skew, requests) in [(3600, 2), (-3600, 1), (-10_800, 2), (-1_000_000_000, 2)] {
        let world = World::new();
        world.clock.set_skew(skew);
        world.client.authenticate().await.unwrap();
        assert_eq!(world.requests().len(), requests, "skew {skew}");
    }
}

#[tokio::test]
async fn a_clock_put_right_is_followed() {
    let world = strict();
    world.clock.set_skew(3600);
    world.client.authenticate().await.unwrap();
    world.clock.set_skew(0);
    world.client.authenticate().await.unwrap();
    assert_eq!(world.requests().len(), 3, "setting the clock drops the offset");
    assert_eq!(world.client.clock_offset_ms(), 0);
}

#[tokio::test]
async fn a_wrong_token_fails_in_one_request() {
    let wrong = Credentials::new(UserId::new(12345), ApiToken::new("wrong").unwrap());
    let world = World::with(wrong, Policy::default(), 1, |_| ());
    let error = world.files().create("a.py", "a").await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Credentials, Effect::None));
    assert!(error.to_string().contains("check the user id and API token"), "{error}");
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test]
async fn an_unknown_user_fails_in_one_request() {
    let nobody = Credentials::new(UserId::new(54321), ApiToken::new("any").unwrap());
    let world = World::with(nobody, Policy::default(), 1, |_| ());
    let error = world.client.authenticate().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(world.requests().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A proxy's wrong date alone never spoils a good clock.
    #[test]
    fn a_wrong_date_on_good_answers_changes_nothing(skews in prop::collection::vec(any::<i32>(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World::new();
        for skew in &skews {
            world.emulator().push_fault(Fault::Skew { seconds: i64::from(*skew) });
        }
        for _ in &skews {
            runtime.block_on(world.client.authenticate()).unwrap();
        }
        prop_assert_eq!(world.requests().len(), skews.len());
    }
}
