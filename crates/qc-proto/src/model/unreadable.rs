//! What a list holds beside what can be read of it.

use alloc::string::String;
use core::fmt;

use crate::visible::escape;

/// An entry of an answer's list that could not be read, while the others could. It is there: that it is not among them
/// does not mean that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Its name, which may be anything.
    pub name: String,
    /// Why it could not be read.
    pub why: &'static str,
    /// Whether it is marked as a library's.
    pub(crate) is_library: bool,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.name {
            "" => write!(f, "an entry without a name cannot be read: {}", self.why),
            name => write!(f, "{} cannot be read: {}", escape(name), self.why),
        }
    }
}
