//! What the figures should be, in closed form.

use std::time::Duration;

use super::organisation::RATE;

/// Seconds from one request of a user to the next at the pace, in the long run.
const APART: f64 = 60.0 / RATE as f64;

/// Requests of one user for a mirror of all projects: the list, and a share of the projects.
pub(crate) fn requests(projects: usize, users: usize) -> usize {
    projects.div_ceil(users) + 1
}

/// How long so many requests of one user take: `RATE` go in each minute, as soon as it begins. Calls that take longer than
/// the pace are the bottleneck themselves.
pub(crate) fn takes(requests: usize, latency: Duration, in_flight: usize) -> Duration {
    let minutes = (requests - 1) / RATE as usize;
    let last = (requests - 1) % RATE as usize + 1;
    let latency = latency.as_secs_f64();
    let paced = minutes as f64 * 60.0 + last.div_ceil(in_flight) as f64 * latency;
    // The list comes first and alone.
    let called = (1 + (requests - 1).div_ceil(in_flight)) as f64 * latency;
    Duration::from_secs_f64(paced.max(called))
}

/// Changed projects an hour that one user can follow while reading the list every so often.
pub(crate) fn followable(every: Duration) -> f64 {
    3600.0 / APART - 3600.0 / every.as_secs_f64()
}

/// The mean age at which a change is shown when `an_hour` projects change, each on its own, and the list is read every so
/// often: half of that until it is listed, then those before it in the batch, a minute for each `RATE`. It leaves out what
/// one batch leaves to the next.
pub(crate) fn age(an_hour: f64, every: Duration) -> Duration {
    let batch = an_hour * every.as_secs_f64() / 3600.0;
    let (mut chance, mut wait) = ((-batch).exp(), 0.0);
    for size in 1..1_000_u32 {
        chance *= batch / f64::from(size);
        // The list is the first request, and the n-th project comes after n / RATE whole minutes.
        let (minutes, last) = (f64::from(size / RATE), f64::from(size % RATE + 1));
        let waits = f64::from(RATE) * minutes * (minutes - 1.0) / 2.0 + minutes * last;
        wait += chance * 60.0 * waits;
    }
    Duration::from_secs_f64(every.as_secs_f64() / 2.0 + wait / batch)
}

/// How much more often something is done when each time fails with this chance and is done again.
pub(crate) fn with_retries(chance: f64) -> f64 {
    1.0 / (1.0 - chance)
}

/// The share of all edits that the so many most edited projects draw by Zipf's law.
pub(crate) fn zipf_share(first: usize, projects: usize) -> f64 {
    harmonic(first) / harmonic(projects)
}

/// The fewest projects that draw at least this share of all edits by Zipf's law.
pub(crate) fn zipf_fewest(share: f64, projects: usize) -> usize {
    (1..=projects).find(|first| zipf_share(*first, projects) >= share).unwrap_or(projects)
}

/// The mean age at which an edit is shown when projects are read without a list: all in turn.
pub(crate) fn age_in_turn(projects: usize) -> Duration {
    Duration::from_secs_f64(projects as f64 * APART / 2.0)
}

/// The same when each is read in proportion to the square root of its share of the edits, which no other division of
/// the requests beats: the sum of share/frequency is least there.
pub(crate) fn age_by_roots(shares: impl Iterator<Item = f64>) -> Duration {
    let roots: f64 = shares.map(f64::sqrt).sum();
    Duration::from_secs_f64(roots * roots * APART / 2.0)
}

fn harmonic(first: usize) -> f64 {
    (1..=first).map(|rank| 1.0 / rank as f64).sum()
}
