//! CHANGELOG.md, in the form of Keep a Changelog.

use anyhow::{Result, ensure};

pub(crate) const FILE: &str = "CHANGELOG.md";

/// The heading of what is not released yet.
const UNRELEASED: &str = "Unreleased";

/// Returns the changes of this version, or of what is not released yet where the version has no heading.
pub(crate) fn changes(text: &str, version: &str) -> Result<Vec<String>> {
    let of_version = section(text, version).unwrap_or_default();
    let found = if of_version.is_empty() {
        section(text, UNRELEASED).unwrap_or_default()
    } else {
        of_version
    };
    ensure!(
        !found.is_empty(),
        "{FILE} tells no change of {version}, and none that is {UNRELEASED}"
    );
    Ok(found)
}

/// Whether the version has a heading with a date, such as `## [0.1.0] - 2026-01-31`.
pub(crate) fn is_dated(text: &str, version: &str) -> bool {
    let heading = format!("## [{version}] - ");
    text.lines().filter_map(|line| line.strip_prefix(&heading)).any(|date| {
        date.len() == "2026-01-31".len() && date.chars().all(|c| c.is_ascii_digit() || c == '-')
    })
}

/// The points under a heading, each in one line. None if there is no such heading.
fn section(text: &str, name: &str) -> Option<Vec<String>> {
    let heading = format!("## [{name}]");
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&heading));
    lines.next()?;
    let mut points: Vec<String> = Vec::new();
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        if let Some(point) = line.strip_prefix("- ") {
            points.push(point.to_owned());
        } else if let (Some(rest), Some(point)) = (line.strip_prefix("  "), points.last_mut()) {
            point.push(' ');
            point.push_str(rest);
        }
    }
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::{changes, is_dated};

    const TEXT: &str = "\
# Changelog

## [Unreleased]

### Added

- One thing
  on two lines.
- Another.

## [0.1.0] - 2026-01-31

- The first.
";

    #[test]
    fn the_changes_of_a_version_are_those_under_its_heading_or_the_unreleased() {
        assert_eq!(changes(TEXT, "0.1.0").unwrap(), ["The first."]);
        assert_eq!(changes(TEXT, "0.2.0").unwrap(), ["One thing on two lines.", "Another."]);
        assert!(changes("# Changelog\n\n## [Unreleased]\n", "0.1.0").is_err());
    }

    #[test]
    fn a_released_version_has_a_date() {
        assert!(is_dated(TEXT, "0.1.0"));
        assert!(!is_dated(TEXT, "0.2.0") && !is_dated("## [1.0.0] - soon", "1.0.0"));
    }
}
