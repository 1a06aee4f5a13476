//! `docs/faults.md`: its tables are what the tests saw, and nothing else.

use std::{env, fs, path::Path, sync::Mutex};

/// Set by `cargo xtask faults`: the page takes what was seen.
const WRITE: &str = "QC_FAULTS_WRITE";

/// Tests run side by side, and the page is one file.
static PAGE: Mutex<()> = Mutex::new(());

/// Compares the page's part of this name with what was just seen, or writes it there.
pub(crate) fn hold(part: &str, seen: &str) {
    let _guard = PAGE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/faults.md");
    let page = fs::read_to_string(&path).expect("docs/faults.md");
    let (begin, end) = (format!("<!-- {part}: begin -->\n"), format!("<!-- {part}: end -->"));
    let (before, rest) = page.split_once(&begin).expect("the part begins in docs/faults.md");
    let (written, after) = rest.split_once(&end).expect("the part ends in docs/faults.md");
    if written.trim_end() == seen {
        return;
    }
    assert!(
        env::var_os(WRITE).is_some(),
        "docs/faults.md does not say what was seen; look at it, and if it is meant, \
         run `cargo xtask faults`:\n{seen}"
    );
    fs::write(&path, format!("{before}{begin}{seen}\n{end}{after}")).expect("docs/faults.md");
}
