//! Errors of syntax in Python.

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

/// Where a text is no Python, and why. Both numbers count from 1.
pub(super) struct SyntaxError {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
}

/// The errors of syntax in a text, in their order.
pub(super) fn errors(source: &str) -> Vec<SyntaxError> {
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module));
    let place = |error: &ruff_python_parser::ParseError| {
        let before = source.get(..error.location.start().to_usize()).unwrap_or(source);
        let line = before.rsplit('\n').next().unwrap_or_default();
        SyntaxError {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            message: error.error.to_string(),
        }
    };
    parsed.errors().iter().map(place).collect()
}
