//! Compares what each call says with what the service did.

use proptest::prelude::*;
use qc_emulator::Fault;
use qc_files::{Effect, Error, Language, Policy};

use super::schedule::{Asked, Schedule};
use crate::world::World;

/// What becomes of requests that a proxy held back when a call has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// They arrive before the next call.
    Arrives,
    /// There are none.
    Never,
}

/// Asks for one thing after the other, with the faults on the way.
pub(super) fn check(world: &World, schedule: &Schedule, late: Late) -> Result<(), TestCaseError> {
    world.clock.set_skew(schedule.skew);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (serial, (asked, faults)) in schedule.steps.iter().enumerate() {
        for fault in faults {
            world.emulator().push_fault(fault.clone());
        }
        let before = (world.emulator().applied().len(), world.counted());
        let held = holds(world, *asked, serial);
        let result = runtime.block_on(ask(world, *asked, serial));
        world.emulator().clear_faults();

        claims_hold(world, *asked, serial, &result, before.0, held)?;
        if late == Late::Arrives {
            world.deliver_late();
        }
        let came_late = faults.iter().any(|fault| matches!(fault, Fault::Late { .. }));
        applied_at_most_once(world, *asked, before.0, came_late)?;
        requests_are_bounded(world, *asked, before.1)?;
        if result.is_ok() {
            prop_assert!(holds(world, *asked, serial), "{asked:?}: undone by a late request");
        }
    }
    Ok(())
}

/// `Ok` means applied exactly as asked, and `Effect::None` means that nothing was applied.
///
/// What a proxy still holds back is not counted: no client can know of it. And where it was so before, a call
/// in doubt sees what it asked for, and cannot know that it was not its own doing.
fn claims_hold(
    world: &World,
    asked: Asked,
    serial: usize,
    result: &Result<(), Error>,
    before: usize,
    held: bool,
) -> Result<(), TestCaseError> {
    let applied = world.emulator().applied().len() - before;
    match result {
        Ok(()) => {
            prop_assert!(holds(world, asked, serial), "{asked:?} is Ok and does not hold");
            if matches!(asked, Asked::Read) {
                prop_assert_eq!(applied, 0);
            } else {
                prop_assert!(held || applied >= 1, "{asked:?} is Ok and was not applied");
            }
        }
        Err(error) if error.effect() == Effect::None => {
            prop_assert_eq!(applied, 0, "{:?}: {:?}", asked, error);
        }
        Err(_) => {}
    }
    Ok(())
}

/// Updates may be applied again: they make the same of the file each time. A project whose request comes late
/// is a second project, which no client can rule out.
fn applied_at_most_once(
    world: &World,
    asked: Asked,
    before: usize,
    came_late: bool,
) -> Result<(), TestCaseError> {
    let emulator = world.emulator();
    let applied = &emulator.applied()[before..];
    let may_repeat = match asked {
        Asked::Update(..) => true,
        Asked::CreateProject(_) => came_late,
        _ => false,
    };
    prop_assert!(may_repeat || applied.len() <= 1, "{asked:?} was applied as {applied:?}");
    Ok(())
}

fn requests_are_bounded(
    world: &World,
    asked: Asked,
    sent_before: usize,
) -> Result<(), TestCaseError> {
    let sent = world.counted() - sent_before;
    let bound = Policy::default().max_requests() as usize;
    prop_assert!(sent <= bound, "{asked:?}: {sent} requests, and {bound} are allowed");
    prop_assert!(world.kept_quiet(), "{asked:?}: sent before `Retry-After` was over");
    Ok(())
}

fn file(name: u8) -> String {
    format!("f{name}.py")
}

async fn ask(world: &World, asked: Asked, serial: usize) -> Result<(), Error> {
    let files = world.files();
    match asked {
        // A serial number makes every content unlike any before.
        Asked::Create(name, content) => {
            files.create(file(name), format!("{content} {serial}\n")).await
        }
        Asked::CreateEmpty(name) => files.create_empty(file(name)).await,
        Asked::Update(name, content) => {
            files.update(file(name), format!("{content} {serial}\n")).await
        }
        Asked::Rename(from, to) => files.rename(file(from), file(to)).await,
        Asked::Delete(name) => files.delete(file(name)).await,
        Asked::CreateProject(name) => {
            world.client.create_project(&format!("P{name}"), Language::Python).await.map(drop)
        }
        Asked::Patch(name) => {
            let name = file(name);
            let present = world.file(&name).unwrap_or_default();
            let line = present.trim_end();
            files
                .patch(format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{line}\n+{serial}\n"))
                .await
        }
        Asked::Read => files.read_all().await.map(drop),
    }
}

/// Whether what was asked for is so now.
fn holds(world: &World, asked: Asked, serial: usize) -> bool {
    let content = |name: u8| world.file(&file(name));
    match asked {
        Asked::Create(name, text) | Asked::Update(name, text) => {
            content(name).as_deref() == Some(format!("{text} {serial}\n").as_str())
        }
        Asked::CreateEmpty(name) => content(name).as_deref() == Some(""),
        Asked::Rename(from, to) => content(from).is_none() && content(to).is_some(),
        Asked::Delete(name) => content(name).is_none(),
        Asked::CreateProject(name) => {
            let wanted = format!("P{name}");
            world.emulator().projects().iter().any(|(_, name)| name.starts_with(&wanted))
        }
        Asked::Patch(name) => content(name).as_deref() == Some(format!("{serial}\n").as_str()),
        Asked::Read => true,
    }
}
