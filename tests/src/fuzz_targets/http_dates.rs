//! `Date` and `Retry-After`.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use qc_proto::{
    http::{HeaderMap, HeaderValue, header},
    http_times::{http_date, retry_after},
};

use super::date_text::{END, date_text};

/// A header's value: what servers write, or anything.
#[derive(Arbitrary, Debug)]
enum Value {
    Date(u64),
    Seconds(u64),
    Digits(Vec<u8>),
    Spaced { before: u8, seconds: u32, after: u8 },
    Words(Vec<Word>),
    Raw(Vec<u8>),
}

/// The pieces that a date is made of.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Word {
    Weekday(u8),
    Month(u8),
    Number(i32),
    Padded(u8),
    Year(u16),
    Time(u8, u8, u8),
    Zone(u8),
    Offset(i16),
    Sign(u8),
}

impl Word {
    fn text(self) -> String {
        let one_of = |words: &[&str], index: u8| words[index as usize % words.len()].to_owned();
        match self {
            Self::Weekday(index) => one_of(&["Mon", "Tue", "Sunday", "sat", "Thu", "x"], index),
            Self::Month(index) => one_of(&["Jan", "Feb", "feb", "Nov", "December"], index),
            Self::Number(number) => number.to_string(),
            Self::Padded(number) => format!("{number:02}"),
            Self::Year(year) => format!("{year:04}"),
            Self::Time(hour, minute, second) => format!("{hour:02}:{minute:02}:{second:02}"),
            Self::Zone(index) => one_of(&["GMT", "UTC", "UT", "Z", "EST", "-0000", "a"], index),
            Self::Offset(offset) => format!("{offset:+05}"),
            Self::Sign(index) => one_of(&[",", " ", "  ", "\t", ":", "-", "(", ")", "\\"], index),
        }
    }
}

impl Value {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Date(second) => date_text(second % END).into_bytes(),
            Self::Seconds(seconds) => seconds.to_string().into_bytes(),
            Self::Digits(digits) => digits.iter().map(|digit| b'0' + digit % 10).collect(),
            Self::Spaced { before, seconds, after } => {
                let pad = |count: &u8| " ".repeat(usize::from(count % 8));
                format!("{}{seconds}{}", pad(before), pad(after)).into_bytes()
            }
            Self::Words(words) => {
                let texts: Vec<String> = words.iter().map(|word| word.text()).collect();
                texts.join(" ").into_bytes()
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }

    /// The same as a header; none where no header can hold it.
    fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_bytes(&self.bytes()).ok()
    }
}

#[derive(Arbitrary, Debug)]
struct Case {
    date: Option<Value>,
    retry_after: Value,
    wall: Duration,
}

/// `Date` and `Retry-After` of any text: what servers write is read to the second, and a pause is never shorter than
/// was asked for.
pub fn http_dates(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let mut headers = HeaderMap::new();
    headers.extend(case.date.as_ref().and_then(Value::header).map(|date| (header::DATE, date)));
    let Some(value) = case.retry_after.header() else { return };
    headers.insert(header::RETRY_AFTER, value.clone());

    let base = headers.get(header::DATE).and_then(http_date);
    if let Some(Value::Date(second)) = case.date {
        assert_eq!(base, Some(Duration::from_secs(second % END)));
    }
    if let Some(date) = base {
        assert!(date.as_secs() < END && date.subsec_nanos() == 0, "{date:?}");
        let written = HeaderValue::try_from(date_text(date.as_secs()));
        assert_eq!(written.ok().as_ref().and_then(http_date), Some(date));
    }

    let pause = retry_after(&headers, case.wall);
    match case.retry_after {
        Value::Seconds(seconds) => assert_eq!(pause, Some(Duration::from_secs(seconds))),
        Value::Spaced { seconds, .. } => {
            assert_eq!(pause, Some(Duration::from_secs(seconds.into())));
        }
        // However many digits: a number too large to count is no reason to come back at once.
        Value::Digits(digits) if !digits.is_empty() => {
            let count = digits.iter().try_fold(0_u64, |count, digit| {
                count.checked_mul(10)?.checked_add(u64::from(digit % 10))
            });
            assert_eq!(pause, Some(Duration::from_secs(count.unwrap_or(u64::MAX))));
        }
        _ => {
            let until = http_date(&value);
            if let Some(until) = until {
                let since = base.unwrap_or(case.wall);
                assert_eq!(pause, Some(until.saturating_sub(since)));
            }
        }
    }
}
