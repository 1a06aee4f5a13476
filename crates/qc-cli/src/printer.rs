//! All that is printed: data on stdout, words for people on stderr.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use qc_sync::{FolderError, SyncError};
use serde::Serialize;

use crate::arguments::Arguments;

/// Owns both streams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    json: bool,
    quiet: bool,
}

impl Printer {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        Self { json: arguments.json, quiet: arguments.quiet }
    }

    /// What was done: as [`data`](Self::data), and nothing where nobody wants to hear it.
    pub(crate) fn report<T: Serialize>(
        &self,
        data: &T,
        lines: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        if self.quiet && !self.json { Ok(()) } else { self.data(data, lines) }
    }

    /// Data: as JSON where that was asked for, else as lines.
    ///
    /// # Errors
    ///
    /// Never for a reader that has gone: there is nobody left to tell.
    pub(crate) fn data<T: Serialize>(
        &self,
        data: &T,
        lines: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut stdout = io::BufWriter::new(io::stdout().lock());
        let written = if self.json {
            serde_json::to_writer_pretty(&mut stdout, data)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(stdout))
        } else {
            lines(&mut stdout)
        };
        match written.and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// One line of data.
    pub(crate) fn line(&self, line: &str) -> anyhow::Result<()> {
        self.data(&line, |out| writeln!(out, "{line}"))
    }

    /// A line for the person.
    pub(crate) fn note(&self, line: impl Display) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// A question, to which the answer is typed behind it.
    pub(crate) fn ask(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// What stopped the command. Our own errors say all there is to say in one line, with what caused them.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut line = String::from("qc");
        for cause in error.chain() {
            line += &format!(": {cause}");
            if cause.is::<qc_files::Error>() || cause.is::<SyncError>() || cause.is::<FolderError>()
            {
                break;
            }
        }
        self.note(line);
    }
}

/// Text from elsewhere, safe to show: control characters and those that hide or turn others are escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        let hides = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if character.is_control() || hides {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_would_move_the_cursor_or_hide_is_escaped() {
        assert_eq!(shown("a ü/b.py"), "a ü/b.py");
        assert_eq!(shown("\u{1b}[2Jx\n\u{202e}yp"), "\\u{1b}[2Jx\\n\\u{202e}yp");
    }
}
