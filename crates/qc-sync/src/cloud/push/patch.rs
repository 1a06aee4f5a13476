//! A patch that is refused unless every file says what its edit was made of.

use std::fmt::Write as _;

use diffy::{DiffOptions, PatchFormatter};
use qc_proto::FileName;

/// Returns one unified diff, as `git diff` writes it, over files with their old and new texts. Each file has one hunk
/// with its whole old text.
pub(crate) fn full_context<'a>(
    edits: impl IntoIterator<Item = (&'a FileName, &'a str, &'a str)>,
) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        FileName::new(text).unwrap()
    }

    #[test]
    fn names_are_written_as_git_does() {
        for (text, written) in [
            ("pkg/main.py", "a/pkg/main.py"),
            ("a b.py", "a/a b.py"),
            ("café.py", r#""a/caf\303\251.py""#),
            ("say\"hi\".py", r#""a/say\"hi\".py""#),
        ] {
            assert_eq!(quoted("a", &name(text)), written);
            let is_plain = !text.contains([' ', '"', 'é']);
            assert_eq!(super::is_plain(&name(text)), is_plain, "{text}");
        }
    }

    #[test]
    fn a_name_with_blanks_ends_with_a_tab() {
        let file = name("a b.py");
        let patch = full_context([(&file, "1\n", "2\n")]);
        assert!(patch.contains("--- a/a b.py\t\n+++ b/a b.py\t\n@@ -1 +1 @@\n-1\n+2\n"), "{patch}");
    }

    #[test]
    fn a_hunk_carries_the_whole_old_text() {
        let old: String = (0..20).map(|line| format!("{line}\n")).collect();
        let file = name("a.py");
        let patch = full_context([(&file, old.as_str(), old.replace("3\n", "x\n").as_str())]);
        for line in old.lines() {
            let kept = patch.lines().any(|said| said[1..] == *line);
            assert!(kept, "{line} is missing: {patch}");
        }
    }
}
