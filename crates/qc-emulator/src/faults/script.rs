//! When faults come.

use std::{collections::VecDeque, fmt, str::FromStr};

use fastrand::Rng;
use qc_proto::{CreateCompile, Endpoint as _};

use crate::faults::{fault::Fault, fault_text::FaultTextError};

/// A fault, the requests that it may hit, and how often it does.
///
/// In text: `[ENDPOINT:]FAULT[=VALUE][*TIMES|*always|@PERCENT%]`, once where nothing is said.
///
/// ```
/// use qc_emulator::{Fault, Rule};
///
/// let rule: Rule = "files/create:status=503*2".parse()?;
/// let fault = Fault::Status { status: 503, applied: false };
/// assert_eq!(rule, Rule::new(fault).on("files/create").times(2));
/// assert_eq!("latency=200ms@5%".parse::<Rule>()?.to_string(), "latency=200ms@5%");
/// # Ok::<(), qc_emulator::FaultTextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    fault: Fault,
    endpoint: Option<String>,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    First(u64),
    Always,
    /// In a million.
    Chance(u32),
}

const MILLION: u32 = 1_000_000;

impl Rule {
    /// The fault comes once.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { fault, endpoint: None, when: When::First(1) }
    }

    /// Only requests of this endpoint, such as `files/create`, are hit and counted.
    #[must_use]
    pub fn on(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The first so many requests are hit.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.when = When::First(count);
        self
    }

    /// Every request is hit.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.when = When::Always;
        self
    }

    /// Each request is hit with this probability, from 0 to 1.
    /// [`Emulator::with_fault_seed`](crate::Emulator::with_fault_seed) says which ones are.
    #[must_use]
    pub fn with_chance(mut self, probability: f64) -> Self {
        // A cast saturates: nonsense becomes never or always.
        self.when = When::Chance(((probability * f64::from(MILLION)).round() as u32).min(MILLION));
        self
    }

    fn is_for(&self, endpoint: &str) -> bool {
        let hits = self.fault != Fault::CompileError || endpoint == CreateCompile::PATH;
        hits && self.endpoint.as_deref().is_none_or(|only| only == endpoint)
    }

    /// Whether it is left to chance.
    #[must_use]
    pub fn is_by_chance(&self) -> bool {
        matches!(self.when, When::Chance(_))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = &self.endpoint {
            write!(f, "{endpoint}:")?;
        }
        let fault = self.fault.to_string();
        f.write_str(&fault)?;
        match self.when {
            // Words of a refusal that look like a count or a chance, or that trimming would shorten.
            When::First(1) if fault.contains(['*', '@']) || fault.trim_end() != fault => {
                f.write_str("*1")
            }
            When::First(1) => Ok(()),
            When::First(times) => write!(f, "*{times}"),
            When::Always => f.write_str("*always"),
            When::Chance(chance) => write!(f, "@{}%", f64::from(chance) / 10_000.0),
        }
    }
}

impl FromStr for Rule {
    type Err = FaultTextError;

    fn from_str(text: &str) -> Result<Self, FaultTextError> {
        let mut text = text.trim();
        let mut endpoint = None;
        if let Some((before, rest)) = text.split_once(':')
            && !before.contains('=')
        {
            endpoint = Some(before.to_owned());
            text = rest;
        }
        let mut when = When::First(1);
        if let Some((fault, percent)) = text.rsplit_once('@')
            && let Some(percent) = percent.strip_suffix('%')
        {
            let percent = percent.parse::<f64>().ok();
            let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
            let percent = percent.ok_or_else(|| {
                FaultTextError(format!("`{text}`: a chance is written as @5%, from 0 to 100"))
            })?;
            when = Self::new(Fault::None).with_chance(percent / 100.0).when;
            text = fault;
        } else if let Some((fault, times)) = text.rsplit_once('*') {
            when = match times {
                "always" => When::Always,
                times => When::First(times.parse().map_err(|_| {
                    FaultTextError(format!("`{text}`: say how often as *3 or *always"))
                })?),
            };
            text = fault;
        }
        Ok(Self { fault: text.parse()?, endpoint, when })
    }
}

/// All faults to come.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    queue: VecDeque<Fault>,
    rules: Vec<(Rule, u64)>,
    random: Rng,
}

impl Default for Script {
    fn default() -> Self {
        Self { queue: VecDeque::new(), rules: Vec::new(), random: Rng::with_seed(0) }
    }
}

impl Script {
    pub(crate) fn seed(&mut self, seed: u64) {
        self.random = Rng::with_seed(seed);
    }

    pub(crate) fn push(&mut self, fault: Fault) {
        self.queue.push_back(fault);
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push((rule, 0));
    }

    /// What may still come, the ordered faults first.
    pub(crate) fn ahead(&self) -> Vec<String> {
        let left = |(rule, seen): &(Rule, u64)| {
            let mut rule = rule.clone();
            if let When::First(times) = &mut rule.when {
                *times = times.saturating_sub(*seen);
            }
            (rule.when != When::First(0)).then(|| rule.to_string())
        };
        let ordered = self.queue.iter().map(Fault::to_string);
        ordered.chain(self.rules.iter().filter_map(left)).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.rules.clear();
    }

    /// What comes upon a request of this endpoint: the ordered fault first, then the rules' in their order.
    pub(crate) fn draw(&mut self, endpoint: &str) -> Vec<Fault> {
        let mut drawn: Vec<Fault> = self.queue.pop_front().into_iter().collect();
        for (rule, seen) in &mut self.rules {
            if !rule.is_for(endpoint) {
                continue;
            }
            *seen += 1;
            let hit = match rule.when {
                When::First(times) => *seen <= times,
                When::Always => true,
                When::Chance(chance) => self.random.u32(0..MILLION) < chance,
            };
            if hit {
                drawn.push(rule.fault.clone());
            }
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::{option, prelude::*, sample::select};
    use qc_proto::Phase;

    use super::*;
    use crate::{
        Drift,
        faults::fault::{RefusalForm, RetryAfter, StallAt, Throttle},
    };

    fn fault() -> impl Strategy<Value = Fault> {
        let phase = || select(vec![Phase::Resolve, Phase::Connect, Phase::Tls]);
        let time = || (0..10_000_000_000_u64).prop_map(Duration::from_micros);
        let at = select(vec![StallAt::BeforeAnswer, StallAt::Head, StallAt::Body]);
        let dress =
            select(vec![RefusalForm::Ok, RefusalForm::Unauthorized, RefusalForm::ServerError]);
        let retry_after = (0..1_000_u64, any::<bool>()).prop_map(|(seconds, date)| {
            if date { RetryAfter::Date(seconds) } else { RetryAfter::Seconds(seconds) }
        });
        prop_oneof![
            select(vec![Fault::None, Fault::DropBefore, Fault::DropAfter, Fault::Gzip]),
            select(vec![Fault::TruncatedBody, Fault::ShortBody]),
            phase().prop_map(|phase| Fault::NoConnection { phase }),
            phase().prop_map(|phase| Fault::StallConnecting { phase }),
            time().prop_map(|by| Fault::Late { by }),
            any::<bool>().prop_map(|applied| Fault::Reset { applied }),
            (at, any::<bool>()).prop_map(|(at, applied)| Fault::Stall { at, applied }),
            (200..=599_u16, any::<bool>())
                .prop_map(|(status, applied)| Fault::Status { status, applied }),
            (200..=599_u16, any::<bool>())
                .prop_map(|(status, applied)| Fault::Empty { status, applied }),
            any::<bool>().prop_map(|applied| Fault::Html { applied }),
            option::of(retry_after).prop_map(|retry_after| Fault::RateLimited { retry_after }),
            dress.prop_map(Fault::Refuse),
            select(vec![Throttle::SlowDown, Throttle::LockOut]).prop_map(Fault::Throttled),
            "[a-z :=/*@%5é\n]{0,12}(\\*2|@5%|/applied| )?".prop_map(Fault::Refusal),
            any::<u64>().prop_map(|bytes| Fault::Oversized { bytes }),
            (-1_000_000..1_000_000_i64).prop_map(|seconds| Fault::Skew { seconds }),
            time().prop_map(Fault::Latency),
            Just(Fault::CompileError),
            (1..1_000_usize, time()).prop_map(|(bytes, every)| Fault::Trickle { bytes, every }),
            select(Drift::ALL).prop_map(Fault::Drift),
        ]
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let when = prop_oneof![
            any::<u64>().prop_map(When::First),
            Just(When::Always),
            (0..=MILLION).prop_map(When::Chance),
        ];
        let endpoint = option::of(select(vec!["files/create".to_owned(), "authenticate".into()]));
        (fault(), endpoint, when).prop_map(|(fault, endpoint, when)| Rule { fault, endpoint, when })
    }

    proptest! {
        #[test]
        fn a_rule_reads_as_it_is_written(rule in rule()) {
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
        }

        #[test]
        fn no_text_is_too_odd(text in "[a-z0-9=/:*@%. -]{0,40}") {
            let _ = text.parse::<Rule>();
        }
    }

    #[test]
    fn what_may_be_left_out_or_said_in_another_way() {
        for (text, same) in [
            ("no-connection", "no-connection=connect"),
            ("no-connection*2", "no-connection=connect*2"),
            ("html=applied", "html/applied"),
            ("reset=applied", "reset/applied"),
            ("skew=-3600s", "skew=-1h"),
        ] {
            assert_eq!(text.parse::<Rule>(), same.parse(), "{text}");
            assert!(text.parse::<Rule>().is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        for (text, why) in [
            ("drop", "drop-before"),
            ("status", "status=STATUS"),
            ("status=99", "between 200 and 599"),
            ("latency=soon", "200ms"),
            ("latency=-2s", "positive"),
            ("stall=tail", "before-answer, head, body"),
            ("refuse=403", "200, 401, 500"),
            ("empty", "empty=STATUS"),
            ("throttle", "throttle=WHICH"),
            ("throttle=often", "slow-down, lock-out"),
            ("drift=none", "byte-order-mark"),
            ("drop-after*often", "*always"),
            ("drop-after@much%", "@5%"),
            ("drop-after@5", "drop-after"),
            ("drop-after@101%", "0 to 100"),
            ("trickle=0/1s", "never ends"),
            ("trickle=5", "BYTES/TIME"),
            ("gzip=9", "takes no value"),
            ("gzip/applied", "takes no /applied"),
        ] {
            let error = text.parse::<Rule>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn rules_count_the_requests_that_they_are_for() {
        let mut script = Script::default();
        script.add("files/create:drop-after*2".parse().unwrap());
        script.add("gzip*always".parse().unwrap());
        script.push(Fault::DropBefore);
        assert_eq!(script.draw("files/read"), [Fault::DropBefore, Fault::Gzip]);
        assert_eq!(script.draw("files/create"), [Fault::DropAfter, Fault::Gzip]);
        assert_eq!(script.draw("files/create"), [Fault::DropAfter, Fault::Gzip]);
        assert_eq!(script.draw("files/create"), [Fault::Gzip]);
        script.clear();
        assert_eq!(script.draw("files/create"), []);
    }

    #[test]
    fn chance_follows_its_seed_and_its_percentage() {
        let hits = |seed: u64| -> Vec<bool> {
            let mut script = Script::default();
            script.seed(seed);
            script.add("drop-after@25%".parse().unwrap());
            (0..2_000).map(|_| !script.draw("any").is_empty()).collect()
        };
        assert_eq!(hits(1), hits(1));
        assert_ne!(hits(1), hits(2));
        let count = hits(3).iter().filter(|hit| **hit).count();
        assert!((400..600).contains(&count), "{count} of 2000");
    }
}
