//! Every input that the fuzzer kept, on the toolchain that users have.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use qc_tests::fuzz_targets::TARGETS;

/// A corpus is read by people too: few inputs, and small ones.
const MOST_FILES: usize = 64;
const MOST_BYTES: usize = 4096;

fn folder(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(inside)
}

/// The names in a folder, without what follows a dot.
fn stems(inside: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(inside)).unwrap();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| stem(entry.unwrap().path())).collect()
}

#[test]
fn every_target_has_a_binary_and_a_corpus_and_nothing_else_has() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert_eq!(stems("fuzz_targets"), names);
    assert_eq!(stems("corpus"), names);
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for name in names {
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert_eq!(manifest.matches(&path).count(), 1, "{name}");
        let binary = fs::read_to_string(folder(&format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(binary.contains(&format!("fuzz_targets::{name}(data)")), "{name}");
    }
}

#[test]
fn every_input_that_was_kept_still_holds() {
    for (name, target) in TARGETS {
        let mut count = 0;
        for entry in fs::read_dir(folder("corpus").join(name)).unwrap() {
            let path = entry.unwrap().path();
            let input = fs::read(&path).unwrap();
            assert!(input.len() <= MOST_BYTES, "{} is too large", path.display());
            let held = std::panic::catch_unwind(|| target(&input));
            assert!(held.is_ok(), "`{name}` fails on {}", path.display());
            count += 1;
        }
        assert!((1..=MOST_FILES).contains(&count), "{name} has {count} inputs");
    }
}
