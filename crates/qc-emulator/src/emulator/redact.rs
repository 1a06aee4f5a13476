//! Text without secrets.

const REDACTED: &str = "[redacted]";

/// A shorter secret is often part of a word, as `test` is of `backtest`, and found only where it stands alone.
const LONG: usize = 16;

/// The text with `[redacted]` in place of each secret, as it stands.
pub(crate) fn redact(text: &str, secrets: &[&str]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| without(&text, secret))
}

fn without(text: &str, secret: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(secret) {
        let end = at + found.len();
        let in_word = text[..at].ends_with(char::is_alphanumeric)
            || text[end..].starts_with(char::is_alphanumeric);
        if secret.len() >= LONG || !in_word {
            kept += &text[done..at];
            kept += REDACTED;
            done = end;
        }
    }
    kept + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_secrets_are_found_anywhere_and_short_ones_as_words() {
        let long = "0123456789abcdef";
        let text =
            redact(r#"{"a":"\n0123456789abcdefx","b":"test","c":"backtest"}"#, &[long, "test"]);
        assert_eq!(text, r#"{"a":"\n[redacted]x","b":"[redacted]","c":"backtest"}"#);
    }
}
