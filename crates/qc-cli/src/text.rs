//! Text from elsewhere, safe to show on a terminal.

use std::time::Duration;

use qc_files::qc_proto::visible;

/// Escapes what is not visible.
pub(crate) fn escape(text: &str) -> String {
    visible::escape(text).to_string()
}

/// Escapes what is not visible, but for line ends and tabs.
pub(crate) fn escape_lines(text: &str) -> String {
    visible::escape_lines(text).to_string()
}

/// A number and what it counts.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A time span, as short as it can be read: `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn span(time: Duration) -> String {
    match time.as_secs() {
        0..=9 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..=59 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
