//! Two texts side by side.

/// What stands before each line, so that it lies below the name of the check.
const INDENT: &str = "          ";

/// The lines of both, `-` before what was only expected and `+` before what was only seen; nothing
/// if they are the same but for an end of line at the end.
pub(super) fn compare(expected: &str, seen: &str) -> Option<String> {
    let (expected, seen) = (expected.trim_end(), seen.trim_end());
    if expected == seen {
        return None;
    }
    let left: Vec<&str> = expected.lines().collect();
    let right: Vec<&str> = seen.lines().collect();
    let common = common(&left, &right);
    let mut lines = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        let at = |i: usize, j: usize| common[i][j];
        if i < left.len() && j < right.len() && left[i] == right[j] {
            lines.push(format!("{INDENT}  {}", left[i]));
            i += 1;
            j += 1;
        } else if i < left.len() && (j == right.len() || at(i + 1, j) >= at(i, j + 1)) {
            lines.push(format!("{INDENT}- {}", left[i]));
            i += 1;
        } else {
            lines.push(format!("{INDENT}+ {}", right[j]));
            j += 1;
        }
    }
    Some(lines.join("\n"))
}

/// For every pair of places, how many lines the rests have in common.
fn common(left: &[&str], right: &[&str]) -> Vec<Vec<usize>> {
    let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            table[i][j] = if left[i] == right[j] {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::compare;

    fn lines(expected: &str, seen: &str) -> Option<Vec<String>> {
        let text = compare(expected, seen)?;
        Some(text.lines().map(|line| line.trim_start().to_owned()).collect())
    }

    #[test]
    fn what_is_the_same_has_no_difference() {
        assert_eq!(lines("", ""), None);
        assert_eq!(lines("a\nb", "a\nb\n"), None);
    }

    #[test]
    fn common_lines_stay_and_others_are_marked() {
        assert_eq!(lines("a\nb\nc", "a\nc").unwrap(), ["a", "- b", "c"]);
        assert_eq!(lines("a\nc", "a\nb\nc").unwrap(), ["a", "+ b", "c"]);
        assert_eq!(lines("a\nb", "a\nx").unwrap(), ["a", "- b", "+ x"]);
        assert_eq!(lines("", "x").unwrap(), ["+ x"]);
        assert_eq!(lines("x", "").unwrap(), ["- x"]);
    }
}
