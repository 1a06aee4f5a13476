//! Looking into the errors behind an error.

use std::error;

/// The first error of type `E` in the chain that starts at `error`.
pub(crate) fn find<'a, E: error::Error + 'static>(
    error: &'a (dyn error::Error + 'static),
) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| error.source())
        .find_map(|error| error.downcast_ref())
}
