//! What an endpoint gets to see of a request.

use std::{ops::Deref, time::Duration};

use qc_proto::UserId;

use crate::request::read::Incoming;

/// A request whose signature was good.
pub(crate) struct Asked {
    /// Whose it was.
    pub(crate) user: UserId,
    /// The service's clock, since the Unix epoch.
    pub(crate) wall: Duration,
    pub(crate) incoming: Incoming,
}

impl Deref for Asked {
    type Target = Incoming;

    fn deref(&self) -> &Incoming {
        &self.incoming
    }
}
