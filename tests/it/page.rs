//! `docs/faults.md` and `docs/answers.md`: their tables are what the tests saw, and nothing else.

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
