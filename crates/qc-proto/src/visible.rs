//! Text that is safe to show: names and messages that come from elsewhere may hold characters that are not seen, that
//! change the direction of a line, or that control a terminal.
//!
//! ```
//! use qc_proto::visible;
//!
//! assert_eq!(visible::escape("a\u{202e}yp.exe").to_string(), r"a\u{202e}yp.exe");
//! assert_eq!(visible::escape("one\ntwo").to_string(), r"one\ntwo");
//! assert_eq!(visible::escape_lines("one\n\u{1b}[2J").to_string(), "one\n\\u{1b}[2J");
//! ```

use core::fmt::{self, Write as _};

/// Whether a character is seen as itself.
///
/// It is not if it is a control or format character or a separator of lines or paragraphs (the general categories `Cc`,
/// `Cf`, `Zl` and `Zp`, which include all that turns the direction of text), if Unicode lets programs leave it out
/// (`Default_Ignorable_Code_Point`, which includes selectors of variants and fillers), or if it is the blank Braille
/// pattern. Blanks are seen, and so are characters of private use, whose look a font decides.
///
/// ```
/// use qc_proto::visible::is_visible;
///
/// assert!(is_visible('ä') && is_visible(' ') && is_visible('🦀'));
/// assert!(!is_visible('\n') && !is_visible('\u{200b}') && !is_visible('\u{3164}'));
/// ```
#[must_use]
pub const fn is_visible(character: char) -> bool {
    !matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Shows a text on one line, with `\n` or `\u{…}` in place of each character that is not visible.
#[must_use]
pub const fn escape(text: &str) -> Escaped<'_> {
    Escaped { text, keeps_lines: false }
}

/// Shows a text of several lines as [`escape`] does, and keeps tabs, line feeds and carriage returns before line feeds. A
/// carriage return elsewhere is escaped: a terminal would write over what stands before it.
#[must_use]
pub const fn escape_lines(text: &str) -> Escaped<'_> {
    Escaped { text, keeps_lines: true }
}

/// A text that is escaped when it is shown; made by [`escape`] and [`escape_lines`].
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a> {
    text: &'a str,
    keeps_lines: bool,
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.text.chars().peekable();
        while let Some(character) = characters.next() {
            let is_layout = match character {
                '\n' | '\t' => true,
                '\r' => characters.peek() == Some(&'\n'),
                _ => false,
            };
            if is_visible(character) || (self.keeps_lines && is_layout) {
                f.write_char(character)?;
            } else {
                write!(f, "{}", character.escape_default())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    /// Python's `unicodedata` 14.0 for the categories, with U+13439 to U+1343F of Unicode 15, and `DerivedCoreProperties.txt`
    /// for what is ignorable; and U+2800 and U+FFF9 to U+FFFB.
    const INVISIBLE: [(u32, u32); 28] = [
        (0x0, 0x1f),
        (0x7f, 0x9f),
        (0xad, 0xad),
        (0x34f, 0x34f),
        (0x600, 0x605),
        (0x61c, 0x61c),
        (0x6dd, 0x6dd),
        (0x70f, 0x70f),
        (0x890, 0x891),
        (0x8e2, 0x8e2),
        (0x115f, 0x1160),
        (0x17b4, 0x17b5),
        (0x180b, 0x180f),
        (0x200b, 0x200f),
        (0x2028, 0x202e),
        (0x2060, 0x206f),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xfe00, 0xfe0f),
        (0xfeff, 0xfeff),
        (0xffa0, 0xffa0),
        (0xfff0, 0xfffb),
        (0x110bd, 0x110bd),
        (0x110cd, 0x110cd),
        (0x13430, 0x1343f),
        (0x1bca0, 0x1bca3),
        (0x1d173, 0x1d17a),
        (0xe0000, 0xe0fff),
    ];

    #[test]
    fn what_unicode_does_not_show_is_invisible_and_nothing_else_is() {
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            let expected = !INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&code));
            assert_eq!(is_visible(character), expected, "U+{code:04X}");
        }
    }

    #[test]
    fn only_what_is_not_visible_is_escaped() {
        assert_eq!(escape(r#"a ü/"b'\.py 🦀"#).to_string(), r#"a ü/"b'\.py 🦀"#);
        assert_eq!(escape("\u{1b}[2Jx\r\n\t\u{fe0f}").to_string(), r"\u{1b}[2Jx\r\n\t\u{fe0f}");
        assert_eq!(escape_lines("good\rbad\n\r").to_string(), "good\\rbad\n\\r");
        assert_eq!(escape_lines("\u{1b}\tx\r\n\u{3164}").to_string(), "\\u{1b}\tx\r\n\\u{3164}");
    }
}
