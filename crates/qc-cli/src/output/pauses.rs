//! Tells a person of pauses between two attempts.

use std::time::Duration;

use qc_files::{
    Runtime,
    qc_transport::{BoxFuture, Now, TokioRuntime},
};

use crate::output::printer::Printer;

/// From here on a pause is worth a line.
const LONG: Duration = Duration::from_secs(3);

/// The clock and the pauses of all calls.
#[derive(Debug)]
pub(crate) struct PauseNotices {
    inner: TokioRuntime,
    printer: Printer,
    verbose: bool,
}

impl PauseNotices {
    pub(crate) fn new(printer: Printer, verbose: bool) -> Self {
        Self { inner: TokioRuntime::new(), printer, verbose }
    }
}

impl Runtime for PauseNotices {
    fn now(&self) -> Now {
        self.inner.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let seconds = duration.as_secs_f64();
        let line = format!("waiting {seconds:.1} s before trying again");
        if self.verbose || (duration >= LONG && !self.printer.is_quiet()) {
            self.printer.note(&line);
        }
        self.printer.bar.set_message(format!("trying again in {seconds:.0} s"));
        Box::pin(async move {
            self.inner.sleep(duration).await;
            self.printer.bar.set_message("trying again");
        })
    }
}
