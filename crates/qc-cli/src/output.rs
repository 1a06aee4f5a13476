//! Everything that a person or a program reads of the command.

pub(crate) mod logging;
pub(crate) mod pauses;
pub(crate) mod printer;
pub(crate) mod progress;
pub(crate) mod style;
