//! What is shown on a terminal while something takes long.

use std::{
    fmt,
    io::{self, IsTerminal as _},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use indicatif::{ProgressDrawTarget, ProgressState, ProgressStyle};
use qc_sync::{Caution, Event, Observer};
use tokio::task::JoinHandle;

use crate::{output::printer::Printer, report::caution_text, text::escape};

/// What takes less long needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Where no bar is shown, a line says what is waited for after this time.
const SILENCE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(100);

/// Shows the printer's bar from half a second on until this is dropped, if a person looks.
pub(crate) struct Progress {
    printer: Printer,
    /// Its end tells the waiting thread that there is nothing to show any more.
    over: Option<Sender<()>>,
    /// The line that is printed after a long silence.
    waiting: Option<JoinHandle<()>>,
}

impl Progress {
    pub(crate) fn begin(printer: &Printer) -> Self {
        let printer = printer.clone();
        if printer.is_quiet() {
            return Self { printer, over: None, waiting: None };
        }
        let (over, wait) = mpsc::channel::<()>();
        let bar = printer.bar.clone();
        bar.set_style(spinner());
        bar.set_message("asking the service");
        if !io::stderr().is_terminal() {
            // No thread of its own: a short command has one thread.
            let silent = printer.clone();
            let waiting = tokio::spawn(async move {
                tokio::time::sleep(SILENCE).await;
                silent.note(format_args!("still waiting: {}", silent.bar.message()));
            });
            return Self { printer, over: None, waiting: Some(waiting) };
        }
        thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(TICK);
            }
        });
        Self { printer, over: Some(over), waiting: None }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.over.take());
        if let Some(waiting) = &self.waiting {
            waiting.abort();
        }
        self.printer.bar.finish_and_clear();
        self.printer.bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn counted() -> ProgressStyle {
    // An estimate is worth something once some of several files are done.
    let left = |state: &ProgressState, out: &mut dyn fmt::Write| {
        if state.pos() > 1 && state.len().is_some_and(|len| len > state.pos()) {
            let _ = write!(out, " {:.0}s left", state.eta().as_secs_f64());
        }
    };
    ProgressStyle::with_template("{spinner} {elapsed} [{bar:24}]{left} {pos}/{len} {wide_msg}")
        .map(|style| style.with_key("left", left))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Shows the progress of a push or a pull.
#[derive(Debug)]
pub(crate) struct ProgressObserver(pub(crate) Printer);

impl ProgressObserver {
    fn count(&self, number: usize, of: usize, message: String) {
        let bar = &self.0.bar;
        if bar.length() != Some(of as u64) {
            bar.set_length(of as u64);
            bar.set_style(counted());
        }
        bar.set_position(number as u64);
        bar.set_message(message);
    }

    fn show_message(&self, message: &'static str) {
        self.0.bar.set_style(spinner());
        self.0.bar.set_message(message);
    }
}

impl Observer for ProgressObserver {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Read => self.show_message("reading the project"),
            Event::Change { number, of, change } => {
                self.count(number, of, escape(&change.to_string()));
            }
            Event::Write { number, of, name } => self.count(number, of, escape(name.as_str())),
            Event::Verify => self.show_message("reading the project again, to be sure"),
            _ => {}
        }
    }

    fn caution(&self, caution: &Caution) {
        self.0.caution("caution", escape(&caution_text(caution)));
    }
}
