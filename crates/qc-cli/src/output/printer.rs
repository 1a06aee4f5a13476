//! Prints data on stdout, and words for people on stderr.

use std::{
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    sync::{Arc, atomic::AtomicUsize},
};

use anstream::{AutoStream, ColorChoice};
use anstyle::Style;
use indicatif::ProgressBar;
use serde::Serialize;

use crate::{
    advice,
    arguments::{Arguments, Color},
    exit::Exit,
    output::style,
    text::escape,
};

/// What a command did or found. Lines and JSON are two ways to show it; the fields are those of `docs/json.md`.
pub(crate) trait Report: Serialize {
    /// Prints it as lines.
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Owns both streams.
#[derive(Clone, Debug)]
pub(crate) struct Printer {
    json: bool,
    quiet: bool,
    /// Whether words for people are left out.
    is_silent: bool,
    color: ColorChoice,
    /// What is shown while something takes long. Hidden by default.
    pub(crate) bar: ProgressBar,
    /// How many requests the command has sent.
    pub(crate) requests: Arc<AtomicUsize>,
}

impl Printer {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let color = match arguments.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        let (json, quiet) = (arguments.json, arguments.quiet);
        let (bar, requests) = (ProgressBar::hidden(), Arc::default());
        Self { json, quiet, is_silent: false, color, bar, requests }
    }

    /// Returns one that says nothing to people: for one of several projects, whose report is a line of a table.
    pub(crate) fn silent(&self) -> Self {
        Self { is_silent: true, quiet: true, ..self.clone() }
    }

    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns whether a person reads stdout.
    pub(crate) fn is_terminal(&self) -> bool {
        !self.json && io::stdout().is_terminal()
    }

    /// Returns when to use colours on another stream that a person reads.
    pub(crate) fn color_choice(&self) -> ColorChoice {
        match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()),
            choice => choice,
        }
    }

    /// Shows what was asked for.
    ///
    /// # Errors
    ///
    /// Never for a reader that has gone: there is nobody left to tell.
    pub(crate) fn show(&self, report: &impl Report) -> anyhow::Result<()> {
        self.write(|stdout| {
            if !self.json {
                return report.print(stdout);
            }
            serde_json::to_writer_pretty(&mut *stdout, report)?;
            writeln!(stdout)
        })
    }

    /// Shows what was done, unless nobody wants to hear it.
    pub(crate) fn show_done(&self, report: &impl Report) -> anyhow::Result<()> {
        if self.quiet && !self.json { Ok(()) } else { self.show(report) }
    }

    /// Shows one of several reports: as one line of JSON where that was asked for.
    pub(crate) fn show_event(&self, report: &impl Report) -> anyhow::Result<()> {
        if !self.json {
            return self.show_done(report);
        }
        self.write(|stdout| {
            serde_json::to_writer(&mut *stdout, report)?;
            writeln!(stdout)
        })
    }

    /// Writes bytes as they are: they may go into a file.
    pub(crate) fn raw(&self, bytes: &[u8]) -> anyhow::Result<()> {
        self.bar.suspend(|| {
            let mut stdout = io::stdout().lock();
            ignore_closed(stdout.write_all(bytes).and_then(|()| stdout.flush()))
        })
    }

    fn write(&self, what: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> anyhow::Result<()> {
        self.bar.suspend(|| {
            let mut stdout = io::BufWriter::new(AutoStream::new(io::stdout().lock(), self.color));
            ignore_closed(what(&mut stdout).and_then(|()| stdout.flush()))
        })
    }

    /// Prints a line for the person.
    pub(crate) fn note(&self, line: impl Display) {
        if self.is_silent {
            return;
        }
        self.bar.suspend(|| {
            let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
            let _ = writeln!(stderr, "{line}");
        });
    }

    /// Prints a line for the person that begins with a word, which is coloured.
    pub(crate) fn mark(&self, style: Style, word: &str, line: impl Display) {
        self.note(format_args!("{style}{word}{style:#}: {line}"));
    }

    pub(crate) fn alarm(&self, word: &str, line: impl Display) {
        self.mark(style::ALARM, word, line);
    }

    pub(crate) fn caution(&self, word: &str, line: impl Display) {
        self.mark(style::CAUTION, word, line);
    }

    /// Prints what stopped the command and what to type next: as one line of JSON where JSON was asked for.
    pub(crate) fn error(&self, error: &anyhow::Error, exit: Exit) {
        let message = advice::describe(error);
        let hint = advice::hint(error);
        if self.json {
            let call = advice::failed_call(error);
            let is_busy = advice::is_busy(error);
            let report = ErrorReport {
                kind: match call {
                    Some(call) => call.kind().name(),
                    None if is_busy => "busy",
                    None => kind(exit),
                },
                message: &message,
                effect: match call.map(qc_files::Error::effect) {
                    Some(qc_files::Effect::Unknown) => "unknown",
                    _ => "none",
                },
                retryable: is_busy || call.is_some_and(|call| call.kind().is_transient()),
                hint: hint.as_deref(),
                exit: exit as u8,
            };
            if let Ok(line) = serde_json::to_string(&report) {
                self.note(line);
            }
            return;
        }
        self.alarm("qc", escape(&message));
        if let Some(hint) = hint {
            self.note(hint);
        }
    }
}

/// An error for programs.
#[derive(Serialize)]
struct ErrorReport<'a> {
    kind: &'static str,
    message: &'a str,
    /// Whether anything may have changed: `none` or `unknown`.
    effect: &'static str,
    /// Whether the same command may succeed later.
    retryable: bool,
    hint: Option<&'a str>,
    exit: u8,
}

/// The kind of an error that no call has made.
fn kind(exit: Exit) -> &'static str {
    match exit {
        Exit::Done => "done",
        Exit::Differences => "differences",
        Exit::Usage => "usage",
        Exit::Conflict => "conflict",
        Exit::Credentials => "credentials",
        Exit::NotFound => "notFound",
        Exit::Service => "service",
        Exit::Partly => "partly",
        Exit::BuildFailed => "buildFailed",
        Exit::Interrupted => "interrupted",
    }
}

/// A reader that has gone wants nothing any more, and that is no error.
fn ignore_closed(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}
