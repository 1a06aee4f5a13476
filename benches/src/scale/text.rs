//! Markdown, and how times and numbers are written in it.

use std::time::Duration;

/// A part of the page.
#[derive(Debug, Default)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn heading(&mut self, text: &str) {
        self.say(&format!("## {text}"));
    }

    /// A paragraph or a list.
    pub(crate) fn say(&mut self, text: &str) {
        self.0.push_str(text.trim());
        self.0.push_str("\n\n");
    }

    /// The first column says what, the others are numbers.
    pub(crate) fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        let mut line = |cells: &[&str]| self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
        line(&head);
        line(&std::array::from_fn::<_, N, _>(|column| if column == 0 { "---" } else { "---:" }));
        for row in rows {
            line(&row.each_ref().map(String::as_str));
        }
        self.0.push('\n');
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.push_str(&other.0);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// Two units are enough for a person: `8 h 19 min`, `2 min 30 s`, `3.1 s`.
pub(crate) fn span(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    if tenths < 600 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = (time.as_millis() + 500) / 1000;
    if seconds < 3600 {
        return format!("{} min {:02} s", seconds / 60, seconds % 60);
    }
    let minutes = (seconds + 30) / 60;
    format!("{} h {:02} min", minutes / 60, minutes % 60)
}

/// Seconds with two decimals, to compare a formula with what happened.
pub(crate) fn seconds(time: Duration) -> String {
    let hundredths = (time.as_millis() + 5) / 10;
    let whole = count(u64::try_from(hundredths / 100).unwrap_or(u64::MAX));
    format!("{whole}.{:02} s", hundredths % 100)
}

/// `10,001`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As [`count`], for what is counted in memory.
pub(crate) fn size(number: usize) -> String {
    count(u64::try_from(number).unwrap_or(u64::MAX))
}

/// `12.3 %`
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Millions of bytes with one decimal.
pub(crate) fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
