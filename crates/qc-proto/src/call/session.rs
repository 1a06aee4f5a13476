//! What calls share.

use alloc::collections::BTreeMap;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::{
    call::{
        attempt::Attempt,
        clock::Clock,
        policy::Policy,
        step::Now,
        throttle::{Pace, Throttle},
    },
    model::{base_url::BaseUrl, credentials::Credentials},
    wire::{http_times::retry_after, signature::Signature},
};

/// Credentials, base URL and policy, and what the calls learned: the clock's offset, the retry budget,
/// and when the service wants to be asked again. Plain data: put it behind a lock to share it.
#[derive(Clone, Debug)]
pub struct Session {
    credentials: Credentials,
    base_url: BaseUrl,
    addresses: BTreeMap<&'static str, Uri>,
    policy: Policy,
    user_agent: HeaderValue,
    pub(crate) clock: Clock,
    signed: Option<Signature>,
    budget: u32,
    quiet_until: Duration,
    pace: Pace,
    pub(crate) throttle: Throttle,
}

impl Session {
    /// A session with the real service and the default policy.
    ///
    /// ```
    /// use qc_proto::{ApiToken, Credentials, Session, UserId};
    ///
    /// let session = Session::new(Credentials::new(UserId::new(12345), ApiToken::new("token")?))
    ///     .with_base_url("https://beta.quantconnect.com/api/v2".parse()?);
    /// # Ok::<(), qc_proto::Invalid>(())
    /// ```
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        let policy = Policy::default();
        Self {
            credentials,
            base_url: BaseUrl::default(),
            addresses: BTreeMap::new(),
            budget: policy.retry_budget,
            policy,
            user_agent: HeaderValue::from_static(concat!("qc-rs/", env!("CARGO_PKG_VERSION"))),
            clock: Clock::default(),
            signed: None,
            quiet_until: Duration::ZERO,
            pace: Pace::default(),
            throttle: Throttle::default(),
        }
    }

    /// Asks another address.
    #[must_use]
    pub fn with_base_url(mut self, base_url: BaseUrl) -> Self {
        self.base_url = base_url;
        self.addresses.clear();
        self
    }

    /// Follows another policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.budget = policy.retry_budget;
        self.policy = policy;
        self
    }

    /// Names the program in the `User-Agent` header.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = user_agent;
        self
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The address that is asked.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// How many milliseconds signatures are ahead of this machine's clock, once it was found wrong.
    #[must_use]
    pub fn clock_offset_ms(&self) -> i64 {
        self.clock.offset_ms()
    }

    /// A request, signed for now.
    pub(crate) fn attempt(&mut self, endpoint: &'static str, body: Bytes, now: Now) -> Attempt {
        if self.policy.requests_per_minute.is_some() {
            self.pace.count(now.mono);
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.address(endpoint);
        let headers = request.headers_mut();
        headers.reserve(6);
        self.sign(headers, now);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        Attempt { endpoint, ..Attempt::new(request) }
    }

    /// Where an endpoint is: put together once.
    fn address(&mut self, endpoint: &'static str) -> Uri {
        let base_url = &self.base_url;
        self.addresses.entry(endpoint).or_insert_with(|| base_url.join(endpoint)).clone()
    }

    /// The signature is kept for as long as its second lasts.
    fn sign(&mut self, headers: &mut HeaderMap, now: Now) {
        let timestamp = self.clock.timestamp(now);
        let signature = match self.signed.take() {
            Some(signed) if signed.timestamp() == timestamp => signed,
            _ => Signature::new(&self.credentials, timestamp),
        };
        signature.apply(headers);
        self.signed = Some(signature);
    }

    /// The last signature.
    pub(crate) fn signature(&self) -> Option<&Signature> {
        self.signed.as_ref()
    }

    /// Puts back the signature of the request that an answer is to: other calls may have signed since, and this is
    /// the one that it may echo.
    pub(crate) fn recall(&mut self, signature: Option<Signature>) {
        self.signed = signature.or_else(|| self.signed.take());
    }

    /// Text of the other side, without what it may have echoed of our secrets.
    pub(crate) fn scrub(&self, text: alloc::string::String) -> alloc::string::String {
        let token = self.credentials.token().expose_secret();
        let mut text = text.replace(token, "[redacted]");
        for secret in self.signed.iter().flat_map(Signature::secrets) {
            text = text.replace(&secret, "[redacted]");
        }
        text
    }

    /// When the next request may go, by `Retry-After` and by the pace.
    pub(crate) fn earliest(&self) -> Duration {
        let rate = self.policy.requests_per_minute;
        self.quiet_until.max(rate.map_or(Duration::ZERO, |rate| self.pace.earliest(rate)))
    }

    /// No call asks before an answer's `Retry-After` is over, whatever else it says: the service's limits hold for all
    /// of them.
    pub(crate) fn heed(&mut self, headers: &HeaderMap, now: Now) {
        if let Some(pause) = retry_after(headers, now.wall) {
            self.quiet_until = self.quiet_until.max(now.mono.saturating_add(pause));
        }
    }

    /// Takes one retry out of the budget, if there is one.
    pub(crate) fn draw_retry(&mut self) -> bool {
        let drawn = self.budget > 0;
        self.budget = self.budget.saturating_sub(1);
        drawn
    }

    pub(crate) fn restore_retry(&mut self) {
        self.budget = self.budget.saturating_add(1).min(self.policy.retry_budget);
    }
}
