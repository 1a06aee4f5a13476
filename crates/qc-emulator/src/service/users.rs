//! Who the service knows.

use std::{collections::BTreeMap, fmt, time::Duration};

use qc_proto::{AuthRefusal, Credentials, Language, Presented, ProjectId, UserId, Window};

use crate::service::{emulator::Emulator, refusal::Refusal};

/// The users, by their numbers. There is always a first.
pub(crate) struct Users {
    first: Credentials,
    others: BTreeMap<UserId, Credentials>,
}

impl Users {
    pub(crate) fn new(first: Credentials) -> Self {
        Self { first, others: BTreeMap::new() }
    }

    pub(crate) fn first(&self) -> UserId {
        self.first.user_id()
    }

    /// All of them, the first first.
    #[cfg(feature = "server")]
    pub(crate) fn numbers(&self) -> impl Iterator<Item = UserId> {
        std::iter::once(self.first()).chain(self.others.keys().copied())
    }

    fn add(&mut self, credentials: Credentials) {
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
    pub(crate) fn named_by(&self, presented: &Result<Presented, AuthRefusal>) -> Option<UserId> {
        let user = presented.as_ref().ok()?.user_id().ok()?;
        self.credentials(user).map(Credentials::user_id)
    }

    /// The user whose signature it is.
    pub(crate) fn verify(
        &self,
        presented: &Result<Presented, AuthRefusal>,
        wall: Duration,
        window: Window,
    ) -> Result<UserId, Refusal> {
        let named = self.named_by(presented).unwrap_or_else(|| self.first());
        // A stranger is measured by the first user's credentials, and refused as no user at all.
        let credentials = self.credentials(named).unwrap_or(&self.first);
        let verified = match presented {
            Ok(presented) => credentials.verify(presented, wall, window),
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

impl Emulator {
    /// The first user's credentials, for a client.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.users.first.clone()
    }

    /// A user's projects: number and name.
    #[must_use]
    pub fn projects_of(&self, user: UserId) -> Vec<(ProjectId, String)> {
        self.store.projects_of(user).map(|(id, project)| (id, project.name.clone())).collect()
    }

    /// Lets another user in. One user's projects do not exist for another. A number that is known already gets this
    /// token in place of its old one, and keeps its projects.
    pub fn add_user(&mut self, credentials: Credentials) {
        self.users.add(credentials);
    }

    /// As [`add_project`](Self::add_project), for a user other than the first. Nobody sees it before
    /// [`add_user`](Self::add_user) has let the user in.
    pub fn add_project_for(&mut self, user: UserId, name: &str, language: Language) -> ProjectId {
        let id = self.store.add_project(user, name, language, Duration::ZERO);
        self.settle();
        id
    }
}
