//! Two edits of one file, brought together line by line.

use std::sync::LazyLock;

use diffy::{ConflictStyle, MergeOptions};
use memchr::memmem;

/// What came of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text, with the line endings of the file here.
    pub text: String,
    /// Whether both sides changed the same lines: these stand one after the other between markers, as git writes them.
    pub overlaps: bool,
}

const OURS: &str = "<<<<<<< ours";
const THEIRS: &str = ">>>>>>> theirs";

/// Brings together what was done here and in the cloud to a file that was `base`.
///
/// ```
/// use qc_sync::merge;
///
/// let merged = merge("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
/// assert_eq!((merged.text.as_str(), merged.overlaps), ("a\nB\nc\nd\nE\n", false));
///
/// let merged = merge("a\nb\n", "a\nmine\n", "a\nyours\n");
/// assert_eq!(merged.text, "a\n<<<<<<< ours\nmine\n=======\nyours\n>>>>>>> theirs\n");
/// assert!(merged.overlaps);
/// ```
#[must_use]
pub fn merge(base: &str, local: &str, remote: &str) -> Merged {
    let lines = |text: &str| {
        let mut text = text.replace("\r\n", "\n");
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    };
    let merged = MergeOptions::new().set_conflict_style(ConflictStyle::Merge).merge(
        &lines(base),
        &lines(local),
        &lines(remote),
    );
    let (mut text, overlaps) = match merged {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    if !overlaps && !local.ends_with('\n') && !remote.ends_with('\n') && text.ends_with('\n') {
        text.pop();
    }
    if local.contains("\r\n") {
        text = text.replace('\n', "\r\n");
    }
    Merged { text, overlaps }
}

/// Whether a marker of a merge is still in the text, be it only the first or the last of them.
#[must_use]
pub fn is_unresolved(text: &str) -> bool {
    // The one in the middle also underlines headings.
    static MARKERS: LazyLock<[memmem::Finder<'static>; 2]> =
        LazyLock::new(|| [OURS, THEIRS].map(memmem::Finder::new));
    // Few texts have either anywhere.
    MARKERS.iter().any(|marker| marker.find(text.as_bytes()).is_some())
        && text.lines().any(|line| line == OURS || line == THEIRS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_endings_and_the_last_newline_are_those_of_the_file_here() {
        let merged = merge("a\nb\nc\nd", "a\r\nb\r\nc\r\nD", "A\nb\nc\nd");
        assert_eq!(merged.text, "A\r\nb\r\nc\r\nD");
        assert_eq!(merge("a\n\n\nb\n", "A\n\n\nb\n", "a\n\n\nb").text, "A\n\n\nb\n");
    }

    #[test]
    fn a_marker_that_was_forgotten_is_found() {
        let merged = merge("a\n", "b", "c\r\n");
        assert_eq!(merged.text, "<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n");
        assert!(is_unresolved(&merged.text) && is_unresolved(&merged.text.replace('\n', "\r\n")));
        assert!(is_unresolved("b\n=======\nc\n>>>>>>> theirs\n"));
        assert!(is_unresolved("<<<<<<< ours\nb\n"));
        // An underlined heading is none, nor is a line that only speaks of one.
        assert!(!is_unresolved("Title\n=======\n"));
        assert!(!is_unresolved("# <<<<<<< ours\n>>>>>>> theirs, I think\n"));
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec("[abc]", 0..12)
            .prop_map(|lines| lines.into_iter().map(|line| line + "\n").collect())
    }

    proptest! {
        #[test]
        fn what_one_side_did_is_what_comes_out(base in text(), edited in text()) {
            for merged in [merge(&base, &edited, &base), merge(&base, &base, &edited), merge(&base, &edited, &edited)] {
                prop_assert_eq!(merged, Merged { text: edited.clone(), overlaps: false });
            }
        }

        /// Every line that a side has brought is there afterwards.
        #[test]
        fn nothing_new_is_lost(base in text(), local in text(), new in "[xyz]") {
            let remote = format!("{base}{new}\n");
            let merged = merge(&base, &local, &remote).text;
            prop_assert!(merged.lines().any(|line| line == new), "{}", merged);
        }
    }
}
