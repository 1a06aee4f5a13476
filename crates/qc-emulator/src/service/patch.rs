//! Unified diffs as `git diff` writes them, applied to the files of a project.
//!
//! `diffy` parses names, hunks and the missing-newline marker. What it is lenient about is held
//! here: its parser skips whatever it does not know between two files, and its `apply` searches for
//! a place where a hunk fits. A service that promises exact context may do neither.

use std::collections::BTreeMap;

use diffy::{Hunk, HunkRange, Line};

use crate::service::patch::read::{Reader, Section, printed_line};

mod read;

/// Why a patch was refused. Lines are counted from 1; messages are one line each.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatchError {
    /// The text breaks the format.
    #[error("Not a unified diff: line {line}: {why}")]
    NotADiff {
        /// Line of the patch.
        line: usize,
        /// What was missing or wrong there.
        why: &'static str,
    },
    /// A well-formed change of another kind than an edit.
    #[error("Only edits of existing files can be patched: line {line} {what}")]
    NotAnEdit {
        /// Line of the patch.
        line: usize,
        /// What the line would do.
        what: &'static str,
    },
    /// The project has no file of this name.
    #[error("File not found: {}", .0.escape_debug())]
    FileNotFound(String),
    /// Two sections edit one file, so the second's line numbers have no clear meaning.
    #[error("The patch names a file twice: {}", .0.escape_debug())]
    FileTwice(String),
    /// A hunk overlaps the one before it, or its two line numbers contradict each other.
    #[error("The patch does not apply to {}: the hunk at line {line} is out of place",
        .name.escape_debug())]
    HunkOutOfPlace {
        /// The file.
        name: String,
        /// Line of the patch where the hunk begins.
        line: usize,
    },
    /// The file's text is not what the patch says it is.
    #[error("The patch does not apply to {}: its line {line} does not match line {at} of the file",
        .name.escape_debug())]
    ContextMismatch {
        /// The file.
        name: String,
        /// Line of the patch.
        line: usize,
        /// Line of the file.
        at: usize,
    },
}

/// Applies `patch`, all of it or nothing.
///
/// `content_of` gives the present content of a project's file. The answer holds the new content of
/// each file the patch names, by name.
pub(crate) fn apply<'a>(
    patch: &str,
    content_of: impl Fn(&str) -> Option<&'a str>,
) -> Result<BTreeMap<String, String>, PatchError> {
    let mut contents = BTreeMap::new();
    let mut reader = Reader::new(patch)?;
    while !reader.is_done() {
        let section = reader.section()?;
        if contents.contains_key(&section.name) {
            return Err(PatchError::FileTwice(section.name));
        }
        let Some(content) = content_of(&section.name) else {
            return Err(PatchError::FileNotFound(section.name));
        };
        let content = Rewriter::new(content, &section).run()?;
        contents.insert(section.name, content);
    }
    Ok(contents)
}

/// How many lines of the file stand above a range; none can stand above line 0.
fn lines_above(range: HunkRange) -> Option<usize> {
    if range.is_empty() { Some(range.start()) } else { range.start().checked_sub(1) }
}

/// Writes a file's new content, from its old lines and a section's hunks.
struct Rewriter<'s> {
    section: &'s Section<'s>,
    /// The present line of the patch.
    line: usize,
    old: Vec<&'s str>,
    /// How many old lines were copied or removed.
    taken: usize,
    /// How many new lines were written.
    written: usize,
    new: String,
}

impl<'s> Rewriter<'s> {
    fn new(content: &'s str, section: &'s Section<'s>) -> Self {
        Self {
            section,
            line: section.line,
            old: content.split_inclusive('\n').collect(),
            taken: 0,
            written: 0,
            new: String::with_capacity(content.len()),
        }
    }

    fn run(mut self) -> Result<String, PatchError> {
        let section = self.section;
        for hunk in section.patch.hunks() {
            self.hunk(hunk)?;
        }
        self.copy(self.old.len())?;
        Ok(self.new)
    }

    /// Applies a hunk at the line it names and nowhere else.
    fn hunk(&mut self, hunk: &Hunk<'_, str>) -> Result<(), PatchError> {
        let above = lines_above(hunk.old_range()).filter(|above| *above >= self.taken);
        let above = above.ok_or_else(|| self.out_of_place())?;
        if above > self.old.len() {
            return Err(self.mismatch(self.line, self.old.len() + 1));
        }
        self.copy(above)?;
        if lines_above(hunk.new_range()) != Some(self.written) {
            return Err(self.out_of_place());
        }
        self.line += 1;
        for line in hunk.lines() {
            match line {
                Line::Context(text) => self.take(text).and_then(|()| self.write(text))?,
                Line::Delete(text) => self.take(text)?,
                Line::Insert(text) => self.write(text)?,
            }
            self.line += printed_line(line);
        }
        Ok(())
    }

    /// Copies old lines up to the given one.
    fn copy(&mut self, end: usize) -> Result<(), PatchError> {
        while let Some(text) = self.old.get(self.taken).filter(|_| self.taken < end) {
            self.write(text)?;
            self.taken += 1;
        }
        Ok(())
    }

    /// Takes the next old line, which must be `text` to the last byte.
    fn take(&mut self, text: &str) -> Result<(), PatchError> {
        if self.old.get(self.taken) != Some(&text) {
            return Err(self.mismatch(self.line, self.taken + 1));
        }
        self.taken += 1;
        Ok(())
    }

    /// Writes a new line. Nothing may follow one without a newline: the marker above this line of
    /// the patch said that the file ends there.
    fn write(&mut self, text: &str) -> Result<(), PatchError> {
        if !self.new.is_empty() && !self.new.ends_with('\n') {
            return Err(self.mismatch(self.line - 1, self.taken + 1));
        }
        self.new.push_str(text);
        self.written += 1;
        Ok(())
    }

    fn out_of_place(&self) -> PatchError {
        PatchError::HunkOutOfPlace { name: self.section.name.clone(), line: self.line }
    }

    fn mismatch(&self, line: usize, at: usize) -> PatchError {
        PatchError::ContextMismatch { name: self.section.name.clone(), line, at }
    }
}

#[cfg(test)]
mod tests;
