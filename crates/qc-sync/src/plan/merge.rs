//! Two edits of one file, brought together.

mod lines;
mod notebook;

use std::sync::LazyLock;

use memchr::memmem;
use qc_proto::FileName;

/// What came of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The text, with the line endings of the file here.
    pub(crate) text: String,
    /// Whether both sides changed the same lines: these stand one after the other between markers, as git writes them.
    pub(crate) overlaps: bool,
}

const OURS: &str = "<<<<<<< ours";
const BETWEEN: &str = "=======";
const THEIRS: &str = ">>>>>>> theirs";

/// Brings together what was done here and in the cloud to a file that was `base`, which is empty if both made it.
///
/// A notebook is merged cell by cell, with any markers in the source of a cell, and every other file line by line.
/// None if it is called a notebook but one of the texts is none of nbformat 4: lines would break it.
pub(crate) fn merge(name: &FileName, base: &str, local: &str, remote: &str) -> Option<Merged> {
    let ending = name.as_str().rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("ipynb")) {
        notebook::merge(base, local, remote)
    } else {
        Some(lines::merge(base, local, remote))
    }
}

/// Whether a marker of a merge is still in the text, be it only the first or the last of them. In a notebook, it is a
/// line of a cell's source.
#[must_use]
pub fn is_unresolved(text: &str) -> bool {
    static MARKERS: LazyLock<[memmem::Finder<'static>; 2]> =
        LazyLock::new(|| [OURS, THEIRS].map(memmem::Finder::new));
    // Few texts have either anywhere.
    MARKERS.iter().any(|marker| marker.find(text.as_bytes()).is_some())
        && (lines::has_marker(text) || notebook::has_marker(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_merged_by_lines_and_a_notebook_is_not() {
        let name = FileName::new("main.py").unwrap();
        let merged = merge(&name, "a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "a\nb\nc\nd\nE\n").unwrap();
        assert_eq!((merged.text.as_str(), merged.overlaps), ("a\nB\nc\nd\nE\n", false));

        let merged = merge(&name, "a\nb\n", "a\nmine\n", "a\nyours\n").unwrap();
        assert_eq!(merged.text, "a\n<<<<<<< ours\nmine\n=======\nyours\n>>>>>>> theirs\n");
        assert!(merged.overlaps);

        let name = FileName::new("research.ipynb").unwrap();
        assert_eq!(merge(&name, "a\nb\n", "a\nmine\n", "a\nyours\n"), None);
    }
}
