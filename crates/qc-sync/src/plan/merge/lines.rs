//! Texts, merged line by line.

use diffy::{ConflictStyle, MergeOptions};

use crate::plan::merge::{BETWEEN, Merged, OURS, THEIRS};

/// Brings together two edits of `base`.
pub(super) fn merge(base: &str, local: &str, remote: &str) -> Merged {
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

/// Puts markers around two whole texts.
pub(super) fn between_markers(ours: &str, theirs: &str) -> String {
    let mut text = String::new();
    for line in [OURS, ours, BETWEEN, theirs, THEIRS] {
        text += line;
        if !line.is_empty() && !line.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// Whether one of the lines is a marker.
pub(super) fn has_marker(text: &str) -> bool {
    // The one in the middle also underlines headings.
    text.lines().any(|line| line == OURS || line == THEIRS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::merge::is_unresolved;
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
