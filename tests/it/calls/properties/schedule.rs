//! What is asked for, and what goes wrong meanwhile.

use std::time::Duration;

use proptest::{collection::vec, option, prelude::*, sample::select};
use qc_emulator::{Drift, Fault, RefusalForm, RetryAfter, StallAt};
use qc_proto::Phase;

/// Calls one after the other, each with the faults that its requests meet.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// Of the client's pauses.
    pub(super) seed: u64,
    /// By how many seconds the client's clock is wrong.
    pub(super) skew: i64,
    pub(super) steps: Vec<(Asked, Vec<Fault>)>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    Create(u8, u32),
    CreateEmpty(u8),
    Update(u8, u32),
    Rename(u8, u8),
    Delete(u8),
    CreateProject(u8),
    Patch(u8),
    Read,
}

/// `virtual_time` is whether faults that take long cost nothing.
pub(super) fn schedule(faults: usize, virtual_time: bool) -> impl Strategy<Value = Schedule> {
    let fault =
        if virtual_time { prop_oneof![3 => quick(), 1 => slow()].boxed() } else { quick().boxed() };
    let steps = vec((asked(), vec(fault, 0..faults)), 1..6);
    let skew = prop_oneof![4 => Just(0_i64), 1 => -20_000..20_000_i64];
    (any::<u64>(), skew, steps).prop_map(|(seed, skew, steps)| Schedule { seed, skew, steps })
}

fn asked() -> impl Strategy<Value = Asked> {
    let name = || 0..4_u8;
    prop_oneof![
        3 => (name(), any::<u32>()).prop_map(|(name, content)| Asked::Create(name, content)),
        1 => name().prop_map(Asked::CreateEmpty),
        2 => (name(), any::<u32>()).prop_map(|(name, content)| Asked::Update(name, content)),
        2 => (name(), name()).prop_map(|(from, to)| Asked::Rename(from, to)),
        2 => name().prop_map(Asked::Delete),
        1 => name().prop_map(Asked::CreateProject),
        1 => name().prop_map(Asked::Patch),
        1 => Just(Asked::Read),
    ]
}

fn quick() -> impl Strategy<Value = Fault> {
    let phase = select(vec![Phase::Resolve, Phase::Connect, Phase::Tls]);
    let status = select(vec![408, 500, 502, 503, 504]);
    let refused =
        select(vec![RefusalForm::Ok, RefusalForm::Unauthorized, RefusalForm::ServerError]);
    prop_oneof![
        6 => Just(Fault::None),
        2 => Just(Fault::DropBefore),
        2 => Just(Fault::DropAfter),
        1 => any::<bool>().prop_map(|applied| Fault::Reset { applied }),
        1 => phase.prop_map(|phase| Fault::NoConnection { phase }),
        3 => (status, any::<bool>())
            .prop_map(|(status, applied)| Fault::Status { status, applied: applied && status != 408 }),
        1 => option::of(retry_after()).prop_map(|retry_after| Fault::RateLimited { retry_after }),
        1 => Just(Fault::TruncatedBody),
        1 => Just(Fault::ShortBody),
        1 => any::<bool>().prop_map(|applied| Fault::Html { applied }),
        1 => (-100_000..100_000_i64).prop_map(|seconds| Fault::Skew { seconds }),
        1 => refused.prop_map(Fault::Refuse),
        1 => Just(Fault::Gzip),
        2 => drift().prop_map(Fault::Drift),
    ]
}

/// But for a project without a name: nobody can tell that it is the one that was asked for.
fn drift() -> impl Strategy<Value = Drift> {
    let known = Drift::ALL.iter().copied().filter(|drift| *drift != Drift::NullProjectName);
    select(known.collect::<Vec<_>>())
}

fn slow() -> impl Strategy<Value = Fault> {
    let at = select(vec![StallAt::BeforeAnswer, StallAt::Head, StallAt::Body]);
    prop_oneof![
        2 => (at, any::<bool>()).prop_map(|(at, applied)| Fault::Stall { at, applied }),
        1 => (0..100_000_u64).prop_map(|millis| Fault::Latency(Duration::from_millis(millis))),
        1 => (1..64_usize, 0..2_000_u64).prop_map(|(bytes, millis)| Fault::Trickle {
            bytes,
            every: Duration::from_millis(millis),
        }),
        4 => (0..3_000_u64).prop_map(|millis| Fault::Late { by: Duration::from_millis(millis) }),
    ]
}

fn retry_after() -> impl Strategy<Value = RetryAfter> {
    (0..400_u64, any::<bool>()).prop_map(|(seconds, as_date)| {
        if as_date { RetryAfter::Date(seconds) } else { RetryAfter::Seconds(seconds) }
    })
}
