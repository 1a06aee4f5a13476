//! Who the service knows.

use std::{collections::BTreeMap, fmt, time::Duration};

use qc_proto::{AuthHeaders, AuthRefusal, ClockTolerance, Credentials, UserId};

use crate::service::refusal::Refusal;

/// The users, by their numbers. There is always a first.
pub(crate) struct Users {
    first: Credentials,
    others: BTreeMap<UserId, Credentials>,
}

impl Users {
    pub(crate) fn new(first: Credentials) -> Self {
        Self { first, others: BTreeMap::new() }
    }

    pub(crate) fn first_credentials(&self) -> Credentials {
        self.first.clone()
    }

    pub(crate) fn first(&self) -> UserId {
        self.first.user_id()
    }

    /// All of them, the first first.
    #[cfg(feature = "server")]
    pub(crate) fn numbers(&self) -> impl Iterator<Item = UserId> {
        std::iter::once(self.first()).chain(self.others.keys().copied())
    }

    /// Everyone's token.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        let all = std::iter::once(&self.first).chain(self.others.values());
        all.map(|credentials| credentials.token().expose_secret())
    }

    pub(crate) fn add(&mut self, credentials: Credentials) {
        if credentials.user_id() == self.first() {
            self.first = credentials;
        } else {
            self.others.insert(credentials.user_id(), credentials);
        }
    }

    fn credentials(&self, user: UserId) -> Option<&Credentials> {
        if user == self.first() { Some(&self.first) } else { self.others.get(&user) }
    }

    /// The user that a signature names, good or not; none where nobody has this number.
    pub(crate) fn named_by(&self, auth: &Result<AuthHeaders, AuthRefusal>) -> Option<UserId> {
        let user = auth.as_ref().ok()?.user_id().ok()?;
        self.credentials(user).map(Credentials::user_id)
    }

    /// The user whose signature it is.
    pub(crate) fn verify(
        &self,
        auth: &Result<AuthHeaders, AuthRefusal>,
        wall: Duration,
        tolerance: ClockTolerance,
    ) -> Result<UserId, Refusal> {
        let named = self.named_by(auth).unwrap_or_else(|| self.first());
        // A stranger is measured by the first user's credentials, and refused as no user at all.
        let credentials = self.credentials(named).unwrap_or(&self.first);
        let verified = match auth {
            Ok(auth) => credentials.verify(auth, wall, tolerance),
            Err(refusal) => Err(refusal.clone()),
        };
        verified.map_err(|refusal| Refusal::auth(&refusal, named))?;
        Ok(named)
    }
}

/// Their numbers: no token is shown, redacted or not.
impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entry(&self.first()).entries(self.others.keys()).finish()
    }
}
