//! All that is printed: data on stdout, words for people on stderr.

use std::{
    error::Error,
    fmt::Display,
    io::{self, Write as _},
};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use indicatif::ProgressBar;
use qc_files::qc_proto::visible;
use qc_sync::{FolderError, SyncError};
use serde::Serialize;

use crate::{
    arguments::{Arguments, Color},
    exit::{next_step, said},
    style,
};

/// Owns both streams.
#[derive(Clone, Debug)]
pub(crate) struct Printer {
    json: bool,
    quiet: bool,
    color: ColorChoice,
    /// What is shown while something takes long; hidden by default.
    pub(crate) bar: ProgressBar,
}

impl Printer {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let color = match arguments.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        let (json, quiet) = (arguments.json, arguments.quiet);
        Self { json, quiet, color, bar: ProgressBar::hidden() }
    }

    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
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
        self.write(|stdout| {
            if !self.json {
                return lines(stdout);
            }
            serde_json::to_writer_pretty(&mut *stdout, data)?;
            writeln!(stdout)
        })
    }

    /// One of several reports: as one line of JSON where that was asked for, else as lines.
    pub(crate) fn event<T: Serialize>(
        &self,
        data: &T,
        lines: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        if self.quiet && !self.json {
            return Ok(());
        }
        self.write(|stdout| {
            if !self.json {
                return lines(stdout);
            }
            serde_json::to_writer(&mut *stdout, data)?;
            writeln!(stdout)
        })
    }

    /// One line of data.
    pub(crate) fn line(&self, line: &str) -> anyhow::Result<()> {
        self.data(&line, |out| writeln!(out, "{line}"))
    }

    /// Bytes as they are: they may go into a file.
    pub(crate) fn raw(&self, bytes: &[u8]) -> anyhow::Result<()> {
        self.bar.suspend(|| {
            let mut stdout = io::stdout().lock();
            to_reader(stdout.write_all(bytes).and_then(|()| stdout.flush()))
        })
    }

    fn write(&self, what: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> anyhow::Result<()> {
        self.bar.suspend(|| {
            let mut stdout = io::BufWriter::new(AutoStream::new(io::stdout().lock(), self.color));
            to_reader(what(&mut stdout).and_then(|()| stdout.flush()))
        })
    }

    /// A line for the person.
    pub(crate) fn note(&self, line: impl Display) {
        self.bar.suspend(|| {
            let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
            let _ = writeln!(stderr, "{line}");
        });
    }

    /// A line for the person that begins with a word, which is coloured.
    pub(crate) fn mark(&self, style: Style, word: &str, line: impl Display) {
        self.note(format_args!("{style}{word}{style:#}: {line}"));
    }

    /// A question, to which the answer is typed behind it.
    pub(crate) fn ask(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// What stopped the command. Our own errors say all there is to say in one line, with what caused them.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut line = String::new();
        for cause in error.chain() {
            if !line.is_empty() {
                line += ": ";
            }
            if let Some(call) = call(cause) {
                line += &said(call);
                break;
            }
            line += &cause.to_string();
            if cause.is::<SyncError>() || cause.is::<FolderError>() {
                break;
            }
        }
        self.mark(style::ALARM, "qc", shown(&line));
        if let Some(next) = error.chain().find_map(|cause| after_sync(cause.downcast_ref()?)) {
            self.note(next);
        }
        if let Some(next) = failed_call(error).and_then(next_step) {
            self.note(next);
        }
    }
}

/// The failed call behind an error.
pub(crate) fn failed_call(error: &anyhow::Error) -> Option<&qc_files::Error> {
    error.chain().find_map(call)
}

fn call<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a qc_files::Error> {
    let call = cause.downcast_ref::<qc_files::Error>();
    call.or_else(|| match cause.downcast_ref::<SyncError>() {
        Some(SyncError::Cloud(call)) => Some(call),
        _ => None,
    })
}

/// What to type next after a push or a pull that was stopped.
fn after_sync(error: &SyncError) -> Option<&'static str> {
    match error {
        SyncError::ManyDeletions { place: "here", .. } => {
            Some("if that is meant: `qc pull --delete-many`; `qc status` lists them")
        }
        SyncError::ManyDeletions { .. } => Some(
            "if that is meant: `qc push --delete-many`; `qc restore PATH` brings files back, `qc status` lists them",
        ),
        SyncError::UnknownOperation { .. }
        | SyncError::NothingToUndo { .. }
        | SyncError::UnknownPath { .. } => Some("`qc history` lists what can be had back"),
        _ => None,
    }
}

/// A reader that has gone wants nothing any more, and that is no error.
fn to_reader(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Text from elsewhere, safe to show: characters that are not visible are escaped.
pub(crate) fn shown(text: &str) -> String {
    visible::escape(text).to_string()
}

/// The same for text of several lines: these, and tabs, stay.
pub(crate) fn shown_lines(text: &str) -> String {
    visible::escape_lines(text).to_string()
}
