//! Why there is no body, whichever library read it.

/// The most that a claim about an answer's size can make us allocate.
pub(crate) const MAX_RESERVED_BYTES: usize = 16 * 1024 * 1024;

/// Why there is no body. Dropping the rest of it closes the connection or leaves it at a clean end.
#[derive(Debug)]
pub(crate) enum Unread<E> {
    TooLarge,
    Broken(E),
}
