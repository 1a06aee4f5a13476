//! What a call is about to do, and what it knows of what it has done.

/// What the call has sent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Attempts of the request itself.
    pub(super) attempts: u32,
    /// Attempts of any kind.
    pub(super) sent: u32,
    /// Attempts that were throttled. They use up neither attempts nor requests of the policy.
    pub(super) throttled: u32,
    /// Failures that led to a pause.
    pub(super) failures: u32,
}

impl Counts {
    /// Returns how many requests count against the policy's bound.
    pub(super) fn against_policy(self) -> u32 {
        self.sent - self.throttled
    }
}

/// Whether the request may have taken effect without an answer that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Every attempt was answered, or did not arrive.
    None,
    /// A probe found that no attempt had taken effect. One that was in doubt may still arrive.
    Earlier,
    /// An attempt may have taken effect.
    Open,
}

/// What the next attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// Probe before the request is sent.
    ProbeFirst,
    /// Send the request.
    Request,
    /// Probe after the request failed.
    Probe(After),
}

/// The failure that a probe follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// The service refused the request. It is not sent again.
    Refusal,
    /// Nobody knows whether the request took effect.
    Doubt,
}
