//! What each of them has to do.

use std::{
    env,
    sync::atomic::{AtomicUsize, Ordering},
    time::SystemTime,
};

#[cfg(feature = "others")]
use anyhow::ensure;
use anyhow::{Context as _, Result};
use qc_files::{ApiToken, Credentials, ProjectId, UserId};
use qc_proto::{Signature, http::HeaderMap};

/// So many updates of one file, so many of them at once.
pub(crate) struct Task {
    pub(crate) count: usize,
    pub(crate) in_flight: usize,
    pub(crate) base_url: String,
    pub(crate) credentials: Credentials,
    pub(crate) project: ProjectId,
    taken: AtomicUsize,
}

/// The file that is updated.
pub(crate) const NAME: &str = "main.py";

impl Task {
    pub(crate) fn from_environment(count: usize, in_flight: usize) -> Result<Self> {
        let text = |name: &str| env::var(name).with_context(|| format!("{name} is not set"));
        let user_id: UserId = text("QUANTCONNECT_USER_ID")?.parse()?;
        let token = ApiToken::new(text("QUANTCONNECT_API_TOKEN")?)?;
        Ok(Self {
            count,
            in_flight,
            base_url: text("QUANTCONNECT_BASE_URL")?,
            credentials: Credentials::new(user_id, token),
            project: text("QUANTCONNECT_PROJECT_ID")?.parse()?,
            taken: AtomicUsize::new(0),
        })
    }

    /// Whether there is another call to make; takes it.
    pub(crate) fn next(&self) -> bool {
        self.taken.fetch_add(1, Ordering::Relaxed) < self.count
    }

    /// Two kilobytes of Python, as people write it.
    pub(crate) fn content() -> String {
        let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
        line.repeat(2048 / line.len())
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/files/update", self.base_url)
    }

    /// As a program without this client builds it.
    pub(crate) fn body(&self) -> Result<Vec<u8>> {
        let fields = serde_json::json!({
            "projectId": self.project,
            "name": NAME,
            "content": Self::content(),
        });
        Ok(serde_json::to_vec(&fields)?)
    }

    /// The headers of this second.
    pub(crate) fn signed(&self) -> Result<HeaderMap> {
        let wall = SystemTime::UNIX_EPOCH.elapsed()?;
        let mut headers = HeaderMap::new();
        Signature::new(&self.credentials, wall.as_secs()).apply(&mut headers);
        Ok(headers)
    }
}

/// Every answer is looked at: who does not look is faster than who does.
#[cfg(feature = "others")]
pub(crate) fn check(answer: &[u8]) -> Result<()> {
    let answer: serde_json::Value = serde_json::from_slice(answer)?;
    ensure!(answer["success"] == true, "refused: {answer}");
    Ok(())
}
