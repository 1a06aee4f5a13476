//! `Call::step`: any calls, any answers, any clocks.

mod answered;
mod driven;
mod watch;

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use qc_proto::{
    CreateFile, CreateProject, DeleteFile, FileName, Input, Invalid, Language, Now, PatchFiles,
    Policy, ProjectId, ReadFile, ReadFiles, RemoteName, RenameFile, Session, UpdateFile,
};

use self::{
    answered::Told,
    driven::{Driven, begin},
    watch::{Shared, Watched},
};
use super::credentials;

#[derive(Arbitrary, Debug)]
struct Case {
    policy: Numbers,
    seed: u64,
    wall: Clock,
    mono: Clock,
    calls: [Option<Request>; 2],
    first: Request,
    events: Vec<Event>,
}

/// A policy. Small numbers are the ones where bounds meet.
#[derive(Arbitrary, Debug)]
struct Numbers {
    attempts: u8,
    budget: u8,
    base_pause: Option<Duration>,
    max_pause: Option<Duration>,
    attempt_timeout: Option<Duration>,
    deadline: Option<Duration>,
    requests_per_minute: u32,
}

impl Numbers {
    fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        policy.max_attempts = (self.attempts % 8).into();
        policy.retry_budget = self.budget.into();
        policy.base_pause = self.base_pause.unwrap_or(policy.base_pause);
        policy.max_pause = self.max_pause.unwrap_or(policy.max_pause);
        policy.attempt_timeout = self.attempt_timeout.unwrap_or(policy.attempt_timeout);
        policy.deadline = self.deadline.unwrap_or(policy.deadline);
        policy.requests_per_minute = std::num::NonZeroU32::new(self.requests_per_minute);
        policy
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Request {
    Create,
    CreateEmpty,
    Read,
    ReadOne,
    Update,
    Rename,
    Patch,
    Delete,
    CreateProject,
}

impl Request {
    fn begin(self, session: &Session, seed: u64, now: Now) -> Result<Box<dyn Driven>, Invalid> {
        let project_id = ProjectId::new(9)?;
        let name = FileName::new("a.py")?;
        let remote = RemoteName::from_service("a.py");
        Ok(match self {
            Self::Create => begin(CreateFile::new(project_id, name, "x"), session, seed, now),
            Self::CreateEmpty => begin(CreateFile::empty(project_id, name), session, seed, now),
            Self::Read => begin(ReadFiles::all(project_id), session, seed, now),
            Self::ReadOne => begin(ReadFile::new(project_id, remote), session, seed, now),
            Self::Update => begin(UpdateFile::new(project_id, name, "x"), session, seed, now),
            Self::Rename => {
                let rename = RenameFile::new(project_id, remote, FileName::new("b.py")?);
                begin(rename, session, seed, now)
            }
            Self::Patch => {
                let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+x\n";
                begin(PatchFiles::new(project_id, patch), session, seed, now)
            }
            Self::Delete => begin(DeleteFile::new(project_id, remote), session, seed, now),
            Self::CreateProject => {
                begin(CreateProject::new("X", Language::Python), session, seed, now)
            }
        })
    }
}

/// A clock's first reading.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Clock {
    Zero,
    Usual,
    /// As far as milliseconds can be counted.
    Far,
    Any(Duration),
}

impl Clock {
    fn reading(self) -> Duration {
        match self {
            Self::Zero => Duration::ZERO,
            Self::Usual => Duration::from_secs(1_795_392_000),
            Self::Far => Duration::from_millis(i64::MAX.unsigned_abs()),
            Self::Any(reading) => reading,
        }
    }
}

/// Time passes, and a call is told something.
#[derive(Arbitrary, Debug)]
struct Event {
    passes: Passes,
    call: u8,
    told: Told,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Passes {
    /// As long as the call asked for.
    AsAsked,
    Milliseconds(u16),
    Seconds(u32),
    /// Someone sets the clock.
    WallSet(Clock),
    WallOff(i32),
    /// What no clock should do.
    MonoSet(Clock),
}

/// Any calls on one session, told anything at any time: the policy's promises hold, and the same log leads to the same
/// steps.
pub fn call_step(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let first = run(&case);
    let second = run(&case);
    assert_eq!(first, second);
}

/// What every step was, as text.
fn run(case: &Case) -> Option<Vec<String>> {
    let policy = case.policy.policy();
    let session = Session::new(credentials().ok()?).with_policy(policy.clone());
    let mut shared = Shared { session, quiet_until: Duration::ZERO };
    let mut now = Now { wall: case.wall.reading(), mono: case.mono.reading() };
    let mut calls = Vec::new();
    for request in [Some(case.first)].into_iter().chain(case.calls).flatten() {
        let seed = case.seed.wrapping_add(calls.len() as u64);
        calls.push(Watched::new(request.begin(&shared.session, seed, now).ok()?, &policy, now));
    }
    let mut log = Vec::new();
    for event in case.events.iter().take(200) {
        let index = usize::from(event.call) % calls.len();
        let call = calls.get_mut(index)?;
        pass(event.passes, call.asked(), &mut now);
        let input = event.told.input(now, call.signature());
        log.push(call.step(&mut shared, now, input));
    }
    if now.mono < Duration::from_secs(1 << 40) {
        for call in &mut calls {
            log.extend(conclude(call, &mut shared, &mut now));
        }
    }
    Some(log)
}

fn pass(passes: Passes, asked: Duration, now: &mut Now) {
    let elapsed = match passes {
        Passes::AsAsked => asked,
        Passes::Milliseconds(milliseconds) => Duration::from_millis(milliseconds.into()),
        Passes::Seconds(seconds) => Duration::from_secs(seconds.into()),
        Passes::WallSet(clock) => {
            now.wall = clock.reading();
            return;
        }
        Passes::WallOff(seconds) => {
            let shift = Duration::from_secs(seconds.unsigned_abs().into());
            now.wall = match seconds {
                ..0 => now.wall.saturating_sub(shift),
                _ => now.wall.saturating_add(shift),
            };
            return;
        }
        Passes::MonoSet(clock) => {
            now.mono = clock.reading();
            return;
        }
    };
    now.wall = now.wall.saturating_add(elapsed);
    now.mono = now.mono.saturating_add(elapsed);
}

/// Once the clock behaves, a call that does as it is told comes to an end.
fn conclude(call: &mut Watched, shared: &mut Shared, now: &mut Now) -> Vec<String> {
    let mut log = Vec::new();
    let mut turns = 0;
    while !call.has_ended() {
        let input = if call.is_out() { Told::UNSENT.input(*now, None) } else { Input::Poll };
        log.push(call.step(shared, *now, input));
        pass(Passes::AsAsked, call.asked(), now);
        turns += 1;
        // A wait and a request each; a call in line looks every twenty seconds whether it is its turn.
        assert!(turns <= 2 * shared.session.policy().max_requests() + 24, "no end: {log:?}");
    }
    log
}
