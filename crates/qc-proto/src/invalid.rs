//! Input that no request is sent for.

use alloc::borrow::Cow;
use core::{convert::Infallible, error, fmt};

use crate::visible::escape;

/// A value that was refused before any request was made.
///
/// ```
/// let refused = qc_proto::FileName::new("../x").unwrap_err();
/// assert_eq!(refused.field(), "name");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    field: &'static str,
    why: Cow<'static, str>,
}

impl Invalid {
    /// Refuses the field that the service calls `field`, because of `why`.
    pub fn new(field: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self { field, why: why.into() }
    }

    /// The field, spelled as the service spells it, such as `projectId`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with it, such as `must not be empty`.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, escape(&self.why))
    }
}

impl error::Error for Invalid {}

impl From<Infallible> for Invalid {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
