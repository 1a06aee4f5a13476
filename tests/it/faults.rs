//! `Ok` means applied, `Effect::None` means nothing applied, and nothing is applied twice.

use proptest::{collection::vec, prelude::*};
use qc_emulator::Fault;
use qc_files::{Effect, Error, ErrorKind, Language, Policy};

use crate::world::{World, credentials};

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_applied_once() {
    for fault in [
        Fault::DropAfter,
        Fault::Status { status: 502, applied: true },
        Fault::TruncatedBody,
        Fault::ShortBody,
        Fault::Html { applied: true },
    ] {
        let world = World::new();
        world.emulator().push_fault(fault.clone());
        world.files().create("a.py", "a").await.unwrap();
        assert_eq!(world.emulator().applied().len(), 1, "{fault:?}");
        assert_eq!(world.requests().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_project_whose_answer_is_lost_is_created_once() {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::Status { status: 502, applied: true }]
    {
        let world = World::new();
        // The name is taken, so that only the listing before tells which one is new.
        world.client.create_project("Test", Language::Python).await.unwrap();
        world.emulator().push_fault(Fault::None);
        world.emulator().push_fault(fault.clone());
        let created = world.client.create_project("Test", Language::Python).await.unwrap();
        assert_eq!(created.name, "Test 2", "{fault:?}");
        assert_eq!(world.emulator().applied().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_patch_in_doubt_says_so() {
    let world = World::new();
    world.files().create("a.py", "a\n").await.unwrap();
    world.emulator().push_fault(Fault::DropAfter);
    let patch = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n";
    let error = world.files().patch(patch).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Transport, Effect::Unknown));
    assert_eq!(world.file("a.py").as_deref(), Some("b\n"));
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        2 => Just(Fault::DropBefore),
        2 => Just(Fault::DropAfter),
        1 => Just(Fault::ConnectRefused),
        2 => any::<bool>().prop_map(|applied| Fault::Status { status: 502, applied }),
        1 => Just(Fault::Status { status: 503, applied: false }),
        1 => prop_oneof![Just(None), (0..400_u64).prop_map(Some)]
            .prop_map(|retry_after| Fault::RateLimited { retry_after }),
        1 => Just(Fault::TruncatedBody),
        1 => Just(Fault::ShortBody),
        1 => any::<bool>().prop_map(|applied| Fault::Html { applied }),
        1 => (-100_000..100_000_i64).prop_map(|seconds| Fault::Skew { seconds }),
    ]
}

#[derive(Clone, Debug)]
enum Asked {
    Create(u8, u32),
    CreateEmpty(u8),
    Update(u8, u32),
    Rename(u8, u8),
    Delete(u8),
    CreateProject(u8),
    Patch(u8),
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
    ]
}

fn file(name: u8) -> String {
    format!("f{name}.py")
}

async fn ask(world: &World, asked: &Asked, serial: usize) -> Result<(), Error> {
    let files = world.files();
    match asked {
        // A serial number makes every content unlike any before.
        Asked::Create(name, content) => {
            files.create(file(*name), format!("{content} {serial}\n")).await
        }
        Asked::CreateEmpty(name) => files.create_empty(file(*name)).await,
        Asked::Update(name, content) => {
            files.update(file(*name), format!("{content} {serial}\n")).await
        }
        Asked::Rename(from, to) => files.rename(file(*from), file(*to)).await,
        Asked::Delete(name) => files.delete(file(*name)).await,
        Asked::CreateProject(name) => {
            world.client.create_project(&format!("P{name}"), Language::Python).await.map(|_| ())
        }
        Asked::Patch(name) => {
            let name = file(*name);
            let present = world.file(&name).unwrap_or_default();
            let line = present.trim_end();
            files
                .patch(format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{line}\n+{serial}\n"))
                .await
        }
    }
}

/// Whether what was asked for holds now.
fn holds(world: &World, asked: &Asked, serial: usize) -> bool {
    let content = |name: &u8| world.file(&file(*name));
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
    }
}

type Steps = Vec<(Asked, Vec<Fault>)>;

fn steps(faults: usize) -> impl Strategy<Value = Steps> {
    vec((asked(), vec(fault(), 0..faults)), 1..6)
}

/// Asks for one thing after the other, with the faults on the way, and compares what each call says with what
/// the service did.
fn check(world: &World, steps: &Steps) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (serial, (asked, faults)) in steps.iter().enumerate() {
        for fault in faults {
            world.emulator().push_fault(fault.clone());
        }
        let applied_before = world.emulator().applied().len();
        let requests_before = world.requests().len();
        let result = runtime.block_on(ask(world, asked, serial));
        let applied = world.emulator().applied().len() - applied_before;
        let requests = world.requests().len() - requests_before;

        prop_assert!(
            requests <= Policy::default().max_requests() as usize,
            "{asked:?}: {requests} requests"
        );
        let converges = matches!(asked, Asked::Update(..));
        prop_assert!(converges || applied <= 1, "{asked:?} applied {applied} times");
        match result {
            Ok(()) => {
                prop_assert!(holds(world, asked, serial), "{asked:?} is Ok and does not hold");
            }
            Err(error) if error.effect() == Effect::None => {
                prop_assert_eq!(applied, 0, "{:?}: {:?}", asked, error);
            }
            Err(_) => {}
        }
        world.emulator().clear_faults();
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_a_call_says_is_what_happened(
        seed in any::<u64>(),
        skew in prop_oneof![4 => Just(0_i64), 1 => -20_000..20_000_i64],
        steps in steps(8),
    ) {
        let world = World::with(credentials(), Policy::default(), seed, |_| ());
        world.clock.set_skew(skew);
        check(&world, &steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_a_call_says_is_what_happened_over_real_sockets(
        seed in any::<u64>(),
        skew in prop_oneof![4 => Just(0_i64), 1 => -20_000..20_000_i64],
        steps in steps(5),
    ) {
        let world = World::over_sockets(seed);
        world.clock.set_skew(skew);
        check(&world, &steps)?;
    }
}
