//! JSON for people to read, whole or cut.

/// Deeper levels are not moved further in.
const MOST_LEVELS: usize = 12;

/// The text with each value on a line of its own if it begins as a JSON object or list, else as it is. It need not be
/// whole, nor right: all but the blanks between values is shown as it came.
pub(super) fn indented(text: &str) -> String {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut level, mut in_string, mut escaped) = (0_usize, false, false);
    let mut characters = text.chars().peekable();
    let line = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level.min(MOST_LEVELS)));
    };
    while let Some(character) = characters.next() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                out.push(character);
                in_string = true;
            }
            '{' | '[' => {
                out.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    level += 1;
                    line(&mut out, level);
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                line(&mut out, level);
                out.push(character);
            }
            ',' => {
                out.push(character);
                line(&mut out, level);
            }
            ':' => out.push_str(": "),
            blank if blank.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_lines_of_their_own() {
        let text = r#"{"a":[1,{"b": "x,\"}{"}],"c":{ },"d":[]}"#;
        let lines = [
            "{",
            r#"  "a": ["#,
            "    1,",
            "    {",
            r#"      "b": "x,\"}{""#,
            "    }",
            "  ],",
            r#"  "c": {},"#,
            r#"  "d": []"#,
            "}",
        ];
        assert_eq!(indented(text), lines.join("\n"));
    }

    #[test]
    fn what_is_cut_or_no_json_is_shown_too() {
        assert_eq!(indented(r#"{"a":"x\"#), "{\n  \"a\": \"x\\");
        assert_eq!(indented("]}"), "]}");
        assert_eq!(indented("a=1,2"), "a=1,2");
        assert_eq!(indented("\u{feff}[1"), "\u{feff}[\n  1");
    }

    #[test]
    fn deep_nesting_does_not_make_a_long_text() {
        assert!(indented(&"[".repeat(4096)).len() < 4096 * 32);
    }
}
