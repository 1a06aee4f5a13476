//! Ctrl-C, without a mess.

use std::fmt;

/// The person wanted it to end.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "interrupted: no file is half written; what was done stays done, the request under way may have taken \
             effect, and the rest was not begun; `qc status` shows how things stand",
        )
    }
}

impl std::error::Error for Interrupted {}

/// Goes on until the work is done or Ctrl-C comes. What is under way then is dropped where it waits.
pub(crate) async fn or_interrupted<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        biased;
        result = work => result,
        pressed = tokio::signal::ctrl_c() => {
            pressed?;
            Err(Interrupted.into())
        }
    }
}
