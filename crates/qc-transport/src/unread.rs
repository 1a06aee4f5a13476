//! Why an answer's body was not read.

/// The most that a claim about an answer's size can make us allocate.
pub(crate) const MAX_RESERVED_BYTES: usize = 16 * 1024 * 1024;

/// Why there is no body. Dropping the rest of it closes the connection or leaves it at a clean end.
#[derive(Debug)]
pub(crate) enum Unread<E> {
    TooLarge,
    Broken(E),
}

#[cfg(any(feature = "hyper", feature = "tower"))]
impl<E: Into<qc_proto::Source>> Unread<E> {
    pub(crate) fn into_failure(self, limit: usize) -> qc_proto::Failure {
        use qc_proto::{Failure, Phase};

        match self {
            Self::TooLarge => Failure::too_large(limit),
            Self::Broken(error) => Failure::maybe_sent(Phase::Body, error),
        }
    }
}
