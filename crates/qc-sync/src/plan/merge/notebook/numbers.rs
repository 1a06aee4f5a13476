//! Numbers that `serde_json` would not write as they stand, like `1e400`, `1e-05` or `1.10`.
//!
//! Its feature `arbitrary_precision` would keep them, but for everyone who uses the crate in the same build.

use std::str::FromStr;

use memchr::memchr2;
use serde::de::IgnoredAny;
use serde_json::Number;

/// Stands around a hidden number. Unicode keeps this one for use within a program.
const MARK: char = '\u{FDD0}';

/// Turns each such number into a string that says the same; none if the text is no JSON, or has [`MARK`] in it.
pub(super) fn hide(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    if text.contains(MARK) || text.to_ascii_lowercase().contains("\\ufdd0") {
        return None;
    }
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        let (before, token) = rest.split_at(start);
        hidden += before;
        let (token, after) = token.split_at(length(token));
        if token.starts_with('"')
            || Number::from_str(token).is_ok_and(|number| number.to_string() == token)
        {
            hidden += token;
        } else {
            hidden.extend(['"', MARK]);
            hidden += token;
            hidden.extend([MARK, '"']);
        }
        rest = after;
    }
    Some(hidden + rest)
}

/// Turns the strings that [`hide`] made back into numbers.
pub(super) fn show(text: &str) -> String {
    text.replace(&format!("\"{MARK}"), "").replace(&format!("{MARK}\""), "")
}

/// Returns how many bytes the string or number takes that the text begins with.
fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        return text.find(|c| !is_part(c)).unwrap_or(text.len());
    }
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_number_comes_out_as_it_went_in() {
        let text = r#"{"a":[1e400,1e-05,-0,0.1,1.10,1E5,123456789012345678901234567890,18446744073709551615,-1.5e3],"1e5":"2e5 \" 1e5\\"}"#;
        let value: Value = serde_json::from_str(&hide(text).unwrap()).unwrap();
        assert_eq!(show(&value.to_string()), text);
        assert_eq!(hide("[1,-2,0.5]").unwrap(), "[1,-2,0.5]");
    }

    #[test]
    fn what_is_no_json_or_could_be_taken_for_a_hidden_number_is_refused() {
        for text in ["[NaN]", "[1.]", "{1e5:2}", "[\"\u{FDD0}\"]", r#"["\uFDD0"]"#, r#"["\ufdd0"]"#]
        {
            assert_eq!(hide(text), None, "{text}");
        }
    }
}
