//! Everything that a person or a program reads of the command.

pub(crate) mod annotations;
pub(crate) mod logging;
pub(crate) mod pauses;
pub(crate) mod printer;
pub(crate) mod progress;

/// The colours, one for each meaning.
pub(crate) mod style {
    use anstyle::{AnsiColor, Style};

    /// A heading.
    pub(crate) const HEADING: Style = Style::new().bold();
    /// Something is made, or comes in.
    pub(crate) const MADE: Style = AnsiColor::Green.on_default();
    /// Something is changed.
    pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
    /// Something is moved, or is a place.
    pub(crate) const MOVED: Style = AnsiColor::Cyan.on_default();
    /// Something is removed, or goes out.
    pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
    /// Something may go wrong.
    pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default().bold();
    /// Something is wrong.
    pub(crate) const ALARM: Style = AnsiColor::Red.on_default().bold();
}
