//! Pages of `docs` that tests hold: the tables of `faults.md` and `answers.md` are what the tests saw, and `security.md`
//! claims nothing without a test.

use std::{env, fs, path::Path, sync::Mutex};

/// Set by `cargo xtask faults`: the pages take what was seen.
const WRITE: &str = "QC_FAULTS_WRITE";

/// Tests run side by side, and a page is one file.
static PAGE: Mutex<()> = Mutex::new(());

/// Compares a page's part of this name with what was just seen, or writes it there.
pub(crate) fn hold(page: &str, part: &str, seen: &str) {
    let _guard = PAGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = fs::read_to_string(&path).expect(page);
    let (begin, end) = (format!("<!-- {part}: begin -->\n"), format!("<!-- {part}: end -->"));
    let (before, rest) = text.split_once(&begin).expect("the part begins in the page");
    let (written, after) = rest.split_once(&end).expect("the part ends in the page");
    if written.trim_end() == seen {
        return;
    }
    assert!(
        env::var_os(WRITE).is_some(),
        "docs/{page} does not say what was seen; look at it, and if it is meant, \
         run `cargo xtask faults`:\n{seen}"
    );
    fs::write(&path, format!("{before}{begin}{seen}\n{end}{after}")).expect(page);
}

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
