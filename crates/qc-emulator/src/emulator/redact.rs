//! Text without secrets.

use memchr::memmem::Finder;

const REDACTED: &str = "[redacted]";

/// A shorter secret is often part of a word, as `test` is of `backtest`, and found only where it stands alone.
const LONG: usize = 16;

/// What is not to be shown.
pub(crate) struct Secrets<'a>(Vec<Finder<'a>>);

impl<'a> FromIterator<&'a str> for Secrets<'a> {
    fn from_iter<T: IntoIterator<Item = &'a str>>(secrets: T) -> Self {
        Self(secrets.into_iter().map(Finder::new).collect())
    }
}

impl Secrets<'_> {
    /// The bytes of the longest one.
    pub(super) fn longest(&self) -> usize {
        self.0.iter().map(|secret| secret.needle().len()).max().unwrap_or_default()
    }

    /// The text with `[redacted]` in place of each secret, as it stands.
    pub(crate) fn redact(&self, text: String) -> String {
        self.0.iter().fold(text, without)
    }
}

fn without(text: String, secret: &Finder<'_>) -> String {
    let length = secret.needle().len();
    let mut kept = String::new();
    let mut done = 0;
    for at in secret.find_iter(text.as_bytes()) {
        let end = at + length;
        let in_word = text[..at].ends_with(char::is_alphanumeric)
            || text[end..].starts_with(char::is_alphanumeric);
        if length >= LONG || !in_word {
            kept += &text[done..at];
            kept += REDACTED;
            done = end;
        }
    }
    if done == 0 { text } else { kept + &text[done..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_secrets_are_found_anywhere_and_short_ones_as_words() {
        let secrets: Secrets<'_> = ["0123456789abcdef", "test"].into_iter().collect();
        let text = r#"{"a":"\n0123456789abcdefx","b":"test","c":"backtest"}"#.to_owned();
        let text = secrets.redact(text);
        assert_eq!(text, r#"{"a":"\n[redacted]x","b":"[redacted]","c":"backtest"}"#);
    }
}
