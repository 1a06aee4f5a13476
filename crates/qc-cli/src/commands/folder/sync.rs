//! The options that a push, a pull and a comparison have in common.

use std::sync::Arc;

use qc_files::{Runtime as _, qc_transport::TokioRuntime};
use qc_sync::Options;

use crate::{
    arguments::SyncArgs,
    error::CliError,
    output::{printer::Printer, progress::ProgressObserver},
    place::folder::ProjectFolder,
};

/// Returns options that show progress. The history names the operation by `command`.
pub(crate) fn options(printer: &Printer, command: &str) -> Options {
    let mut options = Options::new(now());
    options.command = command.to_owned();
    options.observer = Arc::new(ProgressObserver(printer.clone()));
    options
}

/// Returns the present time, in seconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    TokioRuntime::new().now().wall.as_secs()
}

/// Returns the options that the command line asks for.
pub(crate) fn options_from(
    printer: &Printer,
    command: &str,
    arguments: &SyncArgs,
    folder: &ProjectFolder,
) -> Result<Options, CliError> {
    let mut options = options(printer, command);
    options.delete_many = arguments.delete_many;
    options.accept_empty = arguments.accept_empty;
    options.only = folder.files_at_or_all(&arguments.paths)?;
    options.ours = folder.files_at(&arguments.ours)?;
    options.theirs = folder.files_at(&arguments.theirs)?;
    Ok(options)
}
