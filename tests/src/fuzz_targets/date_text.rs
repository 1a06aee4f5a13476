//! Dates as HTTP writes them, computed without the library that reads them.

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [(&str, u64); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];
const DAY: u64 = 86_400;

/// Dates from here on are not read: with a zone they may lie in the year 10000, which has no such text.
pub(crate) const END: u64 = 253_402_207_201;

/// The preferred form, such as `Sun, 06 Nov 1994 08:49:37 GMT`, of a second before [`END`].
pub(crate) fn date_text(second: u64) -> String {
    let (days, rest) = (second / DAY, second % DAY);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let weekday = DAYS[(days % 7) as usize];
    let (year, month, day) = civil(days);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month and day of the month, of a day counted from 1970-01-01.
fn civil(mut days: u64) -> (u64, &'static str, u64) {
    // 400 years have as many days wherever they begin.
    let mut year = 1970 + days / 146_097 * 400;
    days %= 146_097;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    for (month, length) in MONTHS {
        let length = length + u64::from(month == "Feb" && is_leap(year));
        if days < length {
            return (year, month, days + 1);
        }
        days -= length;
    }
    unreachable!("a year has no more days than its months")
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::{END, date_text};

    #[test]
    fn dates_are_written_as_http_writes_them() {
        for (second, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (END - 1, "Thu, 30 Dec 9999 22:00:00 GMT"),
        ] {
            assert_eq!(date_text(second), text);
        }
    }
}
