//! A patch that is refused unless every file says what its edit was made of.

use std::fmt::Write as _;

use diffy::{DiffOptions, PatchFormatter};
use qc_proto::FileName;

/// Returns one unified diff, as `git diff` writes it, over files with their old and new texts. Each file has one hunk
/// with its whole old text.
pub(crate) fn of<'a>(edits: impl IntoIterator<Item = (&'a FileName, &'a str, &'a str)>) -> String {
    let mut all = String::new();
    for (name, old, new) in edits {
        let mut options = DiffOptions::new();
        options.set_context_len(old.lines().count() + new.lines().count());
        let patch = options.create_patch(old, new);
        // Without its names, which are written here as git does.
        let formatter = PatchFormatter::new().suppress_blank_empty(false);
        let patch = formatter.fmt_patch(&patch).to_string();
        let hunks = patch.find("@@").map_or("", |at| &patch[at..]);
        let (a, b) = (quoted("a", name), quoted("b", name));
        // git ends a name with blanks by a tab, so that its end is seen.
        let end = if name.as_str().contains(' ') { "\t" } else { "" };
        // Writing to a string does not fail.
        let _ = write!(
            all,
            "diff --git {a} {b}\nindex 0000000..0000001 100644\n--- {a}{end}\n+++ {b}{end}\n{hunks}"
        );
    }
    all
}

/// Returns whether a diff carries the name as it is. Others are quoted, or have blanks; they go in a patch of their
/// own, since it is not known whether the service reads them as git does.
pub(super) fn is_plain(name: &FileName) -> bool {
    name.as_str().bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

/// Returns the name as git writes it: in quotes where it has quotes or other characters than ASCII.
fn quoted(side: &str, name: &FileName) -> String {
    let name = name.as_str();
    if name.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"') {
        return format!("{side}/{name}");
    }
    let mut quoted = format!("\"{side}/");
    for byte in name.bytes() {
        let _ = match byte {
            b'"' => write!(quoted, "\\\""),
            b' '..=b'~' => write!(quoted, "{}", char::from(byte)),
            _ => write!(quoted, "\\{byte:03o}"),
        };
    }
    quoted + "\""
}
