//! Reads a patch file by file, and lets nothing in it pass unread.

use diffy::{
    Hunk, Line, Patch,
    patch_set::{FileOperation, ParseOptions, PatchKind, PatchSet},
};

use crate::service::patch::PatchError;

/// What git writes below a line that ends the file without a newline.
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Header lines that say nothing about a file's text.
const SKIPPED: [&str; 3] = ["index ", "old mode ", "new mode "];

/// Header lines of changes that are not edits, and what they would do.
const REFUSED: [(&str, &str); 7] = [
    ("new file mode ", "creates a file"),
    ("deleted file mode ", "deletes a file"),
    ("similarity index ", "renames or copies a file"),
    ("rename ", "renames a file"),
    ("copy ", "copies a file"),
    ("Binary files ", "changes a binary file"),
    ("GIT binary patch", "changes a binary file"),
];

/// The part of a patch that edits one file.
pub(crate) struct Section<'p> {
    /// The file's name, without `a/` and `b/`.
    pub(crate) name: String,
    /// Line of the patch where the first hunk begins.
    pub(crate) line: usize,
    /// The hunks.
    pub(crate) patch: Patch<'p, str>,
}

/// Walks a patch section by section.
pub(crate) struct Reader<'p> {
    rest: &'p str,
    line: usize,
}

impl<'p> Reader<'p> {
    /// Refuses an empty text, and one cut off inside its last line: diffy would take that for a
    /// missing newline in the file, which only the marker may say.
    pub(crate) fn new(patch: &'p str) -> Result<Self, PatchError> {
        if !patch.ends_with('\n') && patch.lines().next_back() != Some(NO_NEWLINE) {
            let line = patch.lines().count().max(1);
            return Err(PatchError::NotADiff { line, why: "the last line is missing or cut off" });
        }
        Ok(Self { rest: patch, line: 1 })
    }

    /// Whether the whole patch was read.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads one file's header and hunks.
    pub(crate) fn section(&mut self) -> Result<Section<'p>, PatchError> {
        let git_names = self.git_header()?;
        let mut lines = self.rest.lines();
        let old_name = lines.next().and_then(|line| raw_name(line, "--- "));
        let new_name = lines.next().and_then(|line| raw_name(line, "+++ "));
        let (Some(old_name), Some(new_name)) = (old_name, new_name) else {
            return Err(self.error("a `---` line and a `+++` line were expected"));
        };
        let (name, patch) = self.file_patch()?;
        if git_names.is_some_and(|names| names != format!("{old_name} {new_name}")) {
            return Err(self.error("the names are not those of the `diff --git` line"));
        }
        let printed: usize = patch.hunks().iter().map(printed_hunk).sum();
        let line = self.line + 2;
        self.skip(2 + printed);
        Ok(Section { name, line, patch })
    }

    /// Passes over the lines above `---`, answering the names on the `diff --git` line.
    fn git_header(&mut self) -> Result<Option<&'p str>, PatchError> {
        let mut names = None;
        loop {
            let line = self.rest.lines().next().unwrap_or_default();
            if line.starts_with("--- ") {
                return Ok(names);
            }
            if let Some((_, what)) = REFUSED.iter().find(|(start, _)| line.starts_with(start)) {
                return Err(PatchError::NotAnEdit { line: self.line, what });
            }
            match line.strip_prefix("diff --git ") {
                Some(found) if names.is_none() => names = Some(found),
                None if SKIPPED.iter().any(|start| line.starts_with(start)) => {}
                _ => return Err(self.error("the header of a file's diff was expected")),
            }
            self.skip(1);
        }
    }

    /// Lets diffy parse the names and hunks that begin here.
    fn file_patch(&self) -> Result<(String, Patch<'p, str>), PatchError> {
        let mut parser = PatchSet::parse(self.rest, ParseOptions::unidiff());
        let Some(Ok(file)) = parser.next() else {
            return Err(self.error("the names or hunks of this file are malformed"));
        };
        let name = self.edited_name(file.operation())?.to_owned();
        let PatchKind::Text(patch) = file.into_patch() else {
            return Err(self.error("text was expected"));
        };
        if patch.hunks().is_empty() {
            return Err(self.error("this file has no hunk"));
        }
        let mut lines = patch.hunks().iter().flat_map(Hunk::lines);
        if lines.any(|line| text_of(line).is_empty()) {
            return Err(self.error("a hunk marks an empty line as one without a newline"));
        }
        Ok((name, patch))
    }

    /// The one name an edit bears on both sides, without its prefixes.
    fn edited_name<'o>(
        &self,
        operation: &'o FileOperation<'_, str>,
    ) -> Result<&'o str, PatchError> {
        let what = match operation {
            FileOperation::Create(_) => "creates a file",
            FileOperation::Delete(_) => "deletes a file",
            FileOperation::Copy { .. } => "copies a file",
            FileOperation::Rename { .. } => "renames a file",
            FileOperation::Modify { original, modified } => {
                match (original.strip_prefix("a/"), modified.strip_prefix("b/")) {
                    (Some(old), Some(new)) if old == new => return Ok(new),
                    (Some(_), Some(_)) => "renames a file",
                    _ => return Err(self.error("the names must begin with `a/` and `b/`")),
                }
            }
        };
        Err(PatchError::NotAnEdit { line: self.line, what })
    }

    /// Passes over lines that were read.
    fn skip(&mut self, lines: usize) {
        let read = self.rest.split_inclusive('\n').take(lines);
        let bytes = read.map(str::len).sum();
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.line += lines;
    }

    /// Names the present line as the one that breaks the format.
    fn error(&self, why: &'static str) -> PatchError {
        PatchError::NotADiff { line: self.line, why }
    }
}

/// The name on a `---` or `+++` line as it is written, quoted or not, without what follows a tab.
fn raw_name<'p>(line: &'p str, start: &str) -> Option<&'p str> {
    line.strip_prefix(start)?.split('\t').next()
}

/// How many lines of the patch a hunk takes up.
fn printed_hunk(hunk: &Hunk<'_, str>) -> usize {
    1 + hunk.lines().iter().map(printed_line).sum::<usize>()
}

/// How many lines of the patch a line takes up: two where the marker stands below it.
pub(crate) fn printed_line(line: &Line<'_, str>) -> usize {
    1 + usize::from(!text_of(line).ends_with('\n'))
}

/// A hunk's line without the sign before it.
fn text_of<'p>(line: &Line<'p, str>) -> &'p str {
    let (Line::Context(text) | Line::Delete(text) | Line::Insert(text)) = line;
    text
}
