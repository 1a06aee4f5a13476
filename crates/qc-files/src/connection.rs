//! What a client is put together from, whether it waits or not.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use qc_proto::{
    BaseUrl, Call, Credentials, Endpoint, Error, Input, Invalid, Now, Policy, Session, Step,
    http::HeaderValue,
};

/// The settings of a client to be.
#[derive(Debug)]
pub(crate) struct Settings {
    credentials: Credentials,
    pub(crate) base_url: Result<BaseUrl, Invalid>,
    pub(crate) policy: Policy,
    pub(crate) user_agent: Option<String>,
    pub(crate) code_source: Option<String>,
    pub(crate) seed: Option<u64>,
}

impl Settings {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            base_url: Ok(BaseUrl::default()),
            policy: Policy::default(),
            user_agent: None,
            code_source: None,
            seed: None,
        }
    }

    pub(crate) fn connect(self) -> Result<Connection, Invalid> {
        let policy = Arc::new(self.policy);
        let mut session = Session::new(self.credentials)
            .with_base_url(self.base_url?)
            .with_policy(Policy::clone(&policy));
        if let Some(user_agent) = self.user_agent {
            let value = HeaderValue::try_from(user_agent)
                .map_err(|_| Invalid::new("userAgent", "must be visible ASCII"))?;
            session = session.with_user_agent(value);
        }
        let (session, code_source, seed) = (Mutex::new(session), self.code_source, self.seed);
        Ok(Connection { session, policy, code_source, seed })
    }
}

/// What all clones of a client share.
#[derive(Debug)]
pub(crate) struct Inner<T: ?Sized, R: ?Sized> {
    pub(crate) connection: Connection,
    pub(crate) transport: Arc<T>,
    pub(crate) runtime: Arc<R>,
}

/// The part of it that has nothing to do with how it sends and waits.
#[derive(Debug)]
pub(crate) struct Connection {
    session: Mutex<Session>,
    /// That of calls without one of their own.
    pub(crate) policy: Arc<Policy>,
    pub(crate) code_source: Option<String>,
    seed: Option<u64>,
}

impl Connection {
    pub(crate) fn begin<E: Endpoint>(
        &self,
        endpoint: E,
        policy: &Policy,
        now: Now,
    ) -> Result<Call<E>, Error> {
        let seed = self.seed.unwrap_or_else(|| RandomState::new().hash_one(0));
        self.session().begin_with_policy(endpoint, policy.clone(), seed, now)
    }

    /// The session is locked for the step only, never while a request is out.
    pub(crate) fn step<E: Endpoint>(
        &self,
        call: &mut Call<E>,
        now: Now,
        input: Input,
    ) -> Step<E::Output> {
        call.step(&mut self.session(), now, input)
    }

    pub(crate) fn clock_offset_ms(&self) -> i64 {
        self.session().clock_offset_ms()
    }

    /// Plain data without invariants across fields: a panic elsewhere doesn't spoil it.
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
