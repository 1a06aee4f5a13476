//! A transport without sockets, and time that is moved by hand.

pub(crate) mod clock;
pub(crate) mod transport;
