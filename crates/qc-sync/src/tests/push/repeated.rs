//! Whatever fails, pushes and pulls that are repeated come to the same end.

use std::collections::BTreeSet;

use proptest::{collection::btree_map, prelude::*, sample::select};
use qc_emulator::Fault;

use crate::{
    plan::{Moves, Tree, version::Digest},
    tests::push::world::{Contents, World, name},
};

fn tree(contents: &Contents) -> Tree {
    contents.iter().map(|(name, text)| (name.clone(), Digest::of(text.as_bytes()))).collect()
}

fn some_contents() -> impl Strategy<Value = Contents> {
    let name = select(vec!["a.py", "b.py", "c.py", "d/a.py", "d/__init__.py"]).prop_map(name);
    let text = select(vec!["", "1\n", "2\n", "3\nx\n", "4\r\nx\r\n"]).prop_map(str::to_owned);
    btree_map(name, text, 0..5).prop_map(|mut files| {
        // One that stays, so that no side ever looks as if it had lost everything.
        files.insert(self::name("keep.py"), "keep\n".to_owned());
        files
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::DropBefore),
        2 => Just(Fault::DropAfter),
        1 => any::<bool>().prop_map(|applied| Fault::Status { status: 502, applied }),
        1 => any::<bool>().prop_map(|applied| Fault::Html { applied }),
        1 => Just(Fault::ShortBody),
        1 => Just(Fault::RateLimited { retry_after: None }),
        1 => Just(Fault::Refusal("No.".to_owned())),
        1 => Just(Fault::Refusal("write permission".to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever fails at whatever point, repeating comes to the same end as if nothing had failed, and nothing that
    /// existed on one side only is lost on the way.
    #[test]
    fn repeating_until_clean_converges(
        base in some_contents(),
        local in some_contents(),
        remote in some_contents(),
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        let world = World::new(&base, &local, &remote);
        let first = world.status().plan;
        for fault in faults {
            world.emulator().push_fault(fault);
        }
        for _ in 0..3 {
            let _ = world.try_push(&crate::tests::push::world::options());
            let _ = world.try_pull(&crate::tests::push::world::options());
        }
        world.emulator().clear_faults();
        // The first finds what the faults have left.
        for _ in 0..2 {
            world.push();
            world.pull();
        }
        let last = world.status();
        prop_assert!(last.plan.push.is_empty() && last.plan.pull.is_empty(), "{:?}", last.plan);
        prop_assert!(last.set_aside.is_empty());
        // Among files that say the same, which one a renamed file was can look otherwise when one side is done.
        if first.moves == Moves::default() {
            prop_assert_eq!(&last.plan.conflicts, &first.conflicts);
        }
        let (before, here, there) = (tree(&base), tree(&world.local()), tree(&world.cloud()));
        for (side, after) in [(tree(&local), &here), (tree(&remote), &there)] {
            let texts: BTreeSet<_> = after.values().collect();
            for (file, digest) in side {
                // A text that only its name is new of was renamed, and the other side's edit may have followed it.
                if before.values().all(|known| *known != digest) {
                    prop_assert!(texts.contains(&digest), "{} was lost", file);
                }
            }
        }
    }
}
