//! What is shown on a terminal while something takes long.

use std::{
    fmt,
    io::{self, IsTerminal as _},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use console::{Term, measure_text_width};
use indicatif::{ProgressDrawTarget, ProgressState, ProgressStyle};
use qc_files::FileName;
use qc_sync::{Caution, Event, Observer};
use tokio::task::JoinHandle;

use crate::{
    output::printer::Printer,
    report::{ChangeReport, caution_text},
    text::escape,
};

/// What takes less long needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Where no bar is shown, a line says what is waited for after this time.
const SILENCE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(100);
/// From so many columns on there is room for a bar.
const WIDE: usize = 60;
/// What the bar takes of a line.
const BAR: usize = 13;
/// What the spinner, the times and the count take: `- 59m 999/9999 999s left `.
const NUMBERS: usize = 25;

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
    let bar = if columns() < WIDE { "" } else { "[{bar:10}] " };
    let template = format!("{{spinner}} {{elapsed}} {bar}{{pos}}/{{len}}{{left}} {{wide_msg}}");
    ProgressStyle::with_template(&template)
        .map(|style| style.with_key("left", left))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn columns() -> usize {
    Term::stderr().size().1.into()
}

/// Shortens a file's name at its front, to what of the line is left for it.
fn fitted(action: &str, name: &str, columns: usize) -> String {
    let numbers = if columns < WIDE { NUMBERS } else { NUMBERS + BAR };
    let room = columns.saturating_sub(numbers + action.len() + 1);
    if measure_text_width(name) <= room {
        return format!("{action} {name}");
    }
    let is_too_wide = |at: &usize| measure_text_width(&name[*at..]) + 1 > room;
    let mut starts = name.char_indices().map(|(at, _)| at);
    let start = starts.find(|at| !is_too_wide(at)).unwrap_or(name.len());
    format!("{action} …{}", &name[start..])
}

/// Shows the progress of a push or a pull.
#[derive(Debug)]
pub(crate) struct ProgressObserver(pub(crate) Printer);

impl ProgressObserver {
    fn count(&self, number: usize, of: usize, action: &str, name: &FileName) {
        let bar = &self.0.bar;
        if bar.length() != Some(of as u64) {
            bar.set_length(of as u64);
            bar.set_style(counted());
        }
        bar.set_position(number as u64);
        bar.set_message(fitted(action, &escape(name.as_str()), columns()));
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
                let ChangeReport { action, name, .. } = change.into();
                self.count(number, of, action, name);
            }
            Event::Write { number, of, name } => self.count(number, of, "write", name),
            Event::Verify => self.show_message("checking the result"),
            _ => {}
        }
    }

    fn caution(&self, caution: &Caution) {
        self.0.caution("caution", escape(&caution_text(caution)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_end_where_it_does_not_fit() {
        let long = "a_folder/a_name_that_is_longer_than_a_narrow_terminal.py";
        assert_eq!(fitted("update", "a.py", 40), "update a.py");
        assert_eq!(fitted("update", long, 40), "update …inal.py");
        assert_eq!(fitted("update", "漢字漢字漢字.py", 40), "update …漢字.py");
        assert_eq!(fitted("update", long, 200), format!("update {long}"));
        for columns in [40, 80, 200] {
            let bar = if columns < WIDE { NUMBERS } else { NUMBERS + BAR };
            assert!(
                measure_text_width(&fitted("rename", &long.repeat(9), columns)) + bar <= columns
            );
        }
    }
}
