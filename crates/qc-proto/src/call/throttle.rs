//! The line in which calls wait while the service throttles: one asks first, and the others follow at the pace that was
//! answered.
//!
//! No rate limit of the service is published, so the pace is learned: as many answers as came within the pause that a
//! throttle asks for will come within the next one.

use alloc::collections::VecDeque;
use core::time::Duration;

use crate::call::policy::Policy;

/// How many answers are remembered.
const REMEMBERED: usize = 1024;

/// A pace that went well for this long, or for four pauses, is tried twice as fast.
const CAREFUL: Duration = Duration::from_secs(10);

/// What the calls of a session know of the service's rate limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle {
    /// When answers came, that were no throttle.
    answered: VecDeque<Duration>,
    /// How many places were given.
    places: u64,
    line: Option<Line>,
}

/// A call's place in the line, by its number: it keeps it until it was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(u64);

#[derive(Clone, Debug)]
struct Line {
    formed: Duration,
    /// Who asks first, and when. The others follow, an interval apart.
    first: u64,
    opens: Duration,
    interval: Duration,
    pause: Duration,
    /// When the interval was set.
    set: Duration,
    /// How many throttles led to this line, without an answer between.
    in_a_row: u32,
}

impl Line {
    fn turn(&self, place: u64) -> Duration {
        let before = u32::try_from(place.saturating_sub(self.first)).unwrap_or(u32::MAX);
        self.opens.saturating_add(self.interval.saturating_mul(before))
    }

    /// Lets it begin with the place whose turn is now.
    fn pass(&mut self, now: Duration) {
        let waited = now.saturating_sub(self.opens).as_nanos();
        let passed = waited.checked_div(self.interval.as_nanos()).unwrap_or_default();
        let place = self.first.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX));
        (self.opens, self.first) = (self.turn(place), place);
    }
}

impl Throttle {
    /// Returns when the call may ask.
    pub(crate) fn turn(&mut self, place: &mut Option<Place>, now: Duration) -> Duration {
        let Some(line) = &mut self.line else { return Duration::ZERO };
        let Place(place) = *place.get_or_insert_with(|| {
            if line.turn(self.places) < now {
                // Nobody is before it.
                (line.opens, line.first) = (now, self.places);
            }
            self.places += 1;
            Place(self.places - 1)
        });
        line.turn(place)
    }

    /// When the next one to come may ask.
    pub(crate) fn opens(&self) -> Duration {
        self.line.as_ref().map_or(Duration::ZERO, |line| line.turn(self.places))
    }

    /// Takes in an answer that was no throttle.
    pub(crate) fn answered(&mut self, now: Duration) {
        if self.answered.len() >= REMEMBERED {
            self.answered.pop_front();
        }
        self.answered.push_back(now);
        let Some(line) = &mut self.line else { return };
        line.in_a_row = 0;
        let careful = CAREFUL.max(line.pause.saturating_mul(4));
        if line.turn(self.places) <= now {
            // Nobody waits.
            self.line = None;
        } else if now.saturating_sub(line.set) > careful {
            line.pass(now);
            line.interval /= 2;
            line.set = now;
        }
    }

    /// Takes in a throttle of a request that was sent at `sent`. `random` spreads programs that do not know each other.
    pub(crate) fn throttled(
        &mut self,
        place: &mut Option<Place>,
        (sent, now): (Duration, Duration),
        retry_after: Option<Duration>,
        policy: &Policy,
        random: u64,
    ) {
        let Place(place) = *place.get_or_insert_with(|| {
            self.places += 1;
            Place(self.places - 1)
        });
        if self.line.as_ref().is_some_and(|line| sent < line.formed) {
            // It was on its way when the line was formed.
            return;
        }
        let in_a_row = self.line.as_ref().map_or(0, |line| line.in_a_row);
        let doubled = |first: Duration| first.saturating_mul(1 << in_a_row.min(16));
        let pause = match retry_after {
            // One of 0 does not say when.
            Some(pause) if !pause.is_zero() => pause.max(doubled(policy.base_pause)),
            _ => doubled(policy.base_pause.saturating_mul(4)),
        };
        let pause = pause.min(retry_after.unwrap_or_default().max(policy.max_pause));
        let lately =
            self.answered.iter().rev().take_while(|at| at.saturating_add(pause) > now).count();
        let interval = match u32::try_from(lately) {
            // A little slower, so that rounding does not lead over the limit.
            Ok(answers) if answers > 0 => (pause / answers).saturating_mul(51) / 50,
            _ => self
                .line
                .as_ref()
                .map_or(policy.base_pause, |line| line.interval.saturating_mul(2))
                .min(policy.max_pause),
        };
        let part = (random >> 11) as f64 / (1_u64 << 53) as f64;
        let spread = (pause / 10).mul_f64(part);
        self.line = Some(Line {
            formed: now,
            first: place,
            opens: now.saturating_add(pause).saturating_add(spread),
            interval,
            pause,
            set: now,
            in_a_row: in_a_row.saturating_add(1),
        });
    }
}
