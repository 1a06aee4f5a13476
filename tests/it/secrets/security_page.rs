//! `docs/security.md` claims nothing without a test: every one that it names is there.

use std::{fs, path::Path};

#[test]
fn every_test_that_the_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    // A claim ends in `file.rs`: `test`.
    let quoted: Vec<&str> = page.split('`').collect();
    let mut named = 0;
    for window in quoted.windows(3) {
        let [file, between, test] = window else { continue };
        if *between != ": " || !file.ends_with(".rs") {
            continue;
        }
        let source = fs::read_to_string(root.join(file));
        let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(source.contains(&format!("fn {test}(")), "{file} has no test {test}");
        named += 1;
    }
    assert!(named >= 30, "only {named} tests are named: is the page written another way?");
}
