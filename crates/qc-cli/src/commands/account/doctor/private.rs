//! Texts without what is private in them.

use std::env;

use qc_files::qc_proto::DecodeError;
use serde_json::Value;

use super::forms;

/// The fields whose texts are private.
const FIELDS: [&str; 8] =
    ["name", "organizationId", "libraryName", "ownerName", "description", "email", "key", "value"];

/// Words that are not to be in a report.
#[derive(Default)]
pub(super) struct Private(Vec<(String, &'static str)>);

impl Private {
    /// Adds a word, and what stands in its place.
    pub(super) fn add(&mut self, word: &str, place: &'static str) {
        if !word.is_empty() && !self.0.iter().any(|(known, _)| known == word) {
            self.0.push((word.to_owned(), place));
            // The longest first: one may be a part of another.
            self.0.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
    }

    /// Adds the names and numbers in an answer.
    pub(super) fn add_all_of(&mut self, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.add_all_of(item)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field {
                        Value::String(text) if FIELDS.contains(&&**name) => {
                            self.add(text, "(private)");
                        }
                        other => self.add_all_of(other),
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns a text without the words, and with `~` for the home folder.
    pub(super) fn hide(&self, text: &str) -> String {
        let home = env::home_dir().map(|home| home.display().to_string());
        let mut hidden = match home.filter(|home| home.len() > 1) {
            Some(home) => text.replace(&home, "~"),
            None => text.to_owned(),
        };
        for (word, place) in &self.0 {
            hidden = replace_word(&hidden, word, place);
        }
        hidden
    }

    /// Returns the service's words without the private ones, and without numbers: one may be a user's or a project's.
    pub(super) fn hide_in_words(&self, text: &str) -> String {
        let hidden = self.hide(text);
        let mut told = String::new();
        for run in hidden.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
            match run.first() {
                Some(first) if first.is_ascii_digit() => told.push('N'),
                _ => told += &String::from_utf8_lossy(run),
            }
        }
        told
    }
}

/// Replaces a word where it stands alone.
fn replace_word(text: &str, word: &str, place: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, behind) = (&rest[..at], &rest[at + word.len()..]);
        let touches =
            before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric);
        told += before;
        told += if touches { word } else { place };
        rest = behind;
    }
    told + rest
}

/// Words of the parser and of our own that begin a reason without anything of the answer in it.
const FIXED: [&str; 6] =
    ["missing field", "duplicate field", "EOF", "expected", "trailing", "control character"];

/// Returns where reading failed, and what was expected there. What was found may be a content, and is not told.
pub(super) fn of_decode(error: &DecodeError) -> (String, String) {
    let why = error.why();
    let why = if let Some((_, expected)) = why.rsplit_once(", expected ") {
        format!("expected {expected}")
    } else if let Some((_, why)) = why.rsplit_once(" cannot be read: ") {
        // A name stands before it.
        why.to_owned()
    } else if FIXED.iter().any(|begin| why.starts_with(begin)) {
        why.to_owned()
    } else {
        "it is of another form".to_owned()
    };
    (forms::told(error.field()), why)
}

#[cfg(test)]
mod tests {
    use qc_files::qc_proto::{Answer, FileList, ProjectFile, decode_answer, decode_request};
    use serde_json::json;

    use super::*;

    #[test]
    fn private_words_are_hidden_where_they_stand_alone() {
        let mut private = Private::default();
        private.add("7", "(user)");
        private.add_all_of(
            &json!({"projects": [{"name": "Alpha", "projectId": 1}, {"name": "Alpha/Beta"}]}),
        );
        assert_eq!(
            private.hide("user 7: Alpha/Beta, Alphabet, Alpha, 17"),
            "user (user): (private), Alphabet, (private), 17"
        );
        assert_eq!(private.hide_in_words("File 12 of 345: Alpha"), "File N of N: (private)");
    }

    #[test]
    fn what_was_found_is_not_told() {
        let body = br#"{"success": true, "files": [{"name": {"secret": 1}, "content": ""}]}"#;
        let error = decode_answer::<FileList>(body).unwrap_err();
        let (path, why) = of_decode(&error);
        assert_eq!((&*path, &*why), ("files[0].name", "expected a string"));
        let body = br#"{"success": true, "files": {"secret.py": {}}}"#;
        let (path, why) = of_decode(&decode_answer::<FileList>(body).unwrap_err());
        assert!(!path.contains("secret") && !why.contains("secret"), "{path}: {why}");
        let answer: Result<Answer<FileList>, _> = decode_answer(br#"{"success": true}"#);
        assert_eq!(of_decode(&answer.unwrap_err()).1, "missing field `files`");
        let file = decode_request::<ProjectFile>(br#"{"name": "secret", "content": ["secret"]}"#);
        assert_eq!(of_decode(&file.unwrap_err()).1, "its content is no text");
    }
}
