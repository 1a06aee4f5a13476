//! The line in which calls wait while the service throttles: one asks first, and the others follow at the pace that was
//! answered.
//!
//! No rate limit of the service is published, so the pace is learned: as many answers as came within the pause that a
//! throttle asks for will come within the next one.

use alloc::collections::VecDeque;
use core::{num::NonZeroU32, time::Duration};

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

const MINUTE: Duration = Duration::from_secs(60);

/// A bound on the requests of any minute: when those of the last one went out, as far back as the bound needs to know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    sent: VecDeque<Duration>,
}

impl Pace {
    /// When the next request may go so that no minute has more than `most`.
    pub(crate) fn earliest(&self, most: NonZeroU32) -> Duration {
        let most = usize::try_from(most.get()).unwrap_or(usize::MAX);
        let first = self.sent.len().checked_sub(most).and_then(|first| self.sent.get(first));
        first.map_or(Duration::ZERO, |first| first.saturating_add(MINUTE))
    }

    pub(crate) fn count(&mut self, now: Duration) {
        while self.sent.front().is_some_and(|sent| sent.saturating_add(MINUTE) <= now) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Ten answers came at 0, and then a throttle for 2 s: an interval of 204 ms.
    fn throttled() -> (Throttle, Option<Place>) {
        let (mut throttle, mut first) = (Throttle::default(), None);
        (0..10).for_each(|_| throttle.answered(ms(1)));
        let pause = Some(ms(2000));
        throttle.throttled(&mut first, (ms(0), ms(1)), pause, &Policy::default(), 0);
        (throttle, first)
    }

    #[test]
    fn calls_follow_one_interval_apart_and_keep_their_places() {
        let (mut throttle, mut first) = throttled();
        let (mut second, mut third) = (None, None);
        assert_eq!(throttle.turn(&mut first, ms(5)), ms(2001));
        assert_eq!(throttle.turn(&mut second, ms(5)), ms(2205));
        assert_eq!(throttle.turn(&mut third, ms(5)), ms(2409));
        assert_eq!(throttle.opens(), ms(2613));
        assert_eq!(throttle.turn(&mut second, ms(2300)), ms(2205));
    }

    #[test]
    fn who_comes_when_nobody_waits_asks_at_once_and_the_next_one_does_not() {
        let (mut throttle, _) = throttled();
        let (mut second, mut third) = (None, None);
        assert_eq!(throttle.turn(&mut second, ms(9000)), ms(9000));
        assert_eq!(throttle.turn(&mut third, ms(9000)), ms(9204));
        // Its turn is right now: it need not move.
        let (mut throttle, _) = throttled();
        assert_eq!(throttle.turn(&mut None, ms(2205)), ms(2205));
        assert_eq!(throttle.opens(), ms(2409));
    }

    #[test]
    fn the_line_ends_when_nobody_waits() {
        let (mut throttle, _) = throttled();
        throttle.answered(ms(2204));
        assert_eq!(throttle.opens(), ms(2205), "somebody may come before that");
        throttle.answered(ms(2205));
        assert_eq!(throttle.opens(), Duration::ZERO);
        assert_eq!(throttle.turn(&mut None, ms(2206)), Duration::ZERO);
    }

    #[test]
    fn a_pace_that_went_well_is_tried_twice_as_fast_and_nobody_comes_early() {
        let (mut throttle, _) = throttled();
        let mut places = [None; 80];
        for place in &mut places {
            throttle.turn(place, ms(5));
        }
        throttle.answered(ms(10_001));
        assert_eq!(throttle.turn(&mut places[79], ms(10_001)), ms(2001 + 80 * 204));
        throttle.answered(ms(10_002));
        // 39 places are over; those that wait come half an interval apart from there.
        let over = 2001 + 39 * 204;
        assert_eq!(throttle.turn(&mut places[79], ms(10_002)), ms(over + 41 * 102));
        assert_eq!(throttle.turn(&mut places[39], ms(10_002)), ms(over + 102));
    }

    #[test]
    fn throttles_in_a_row_wait_longer_each_time() {
        let (mut throttle, mut place) = (Throttle::default(), None);
        let mut now = ms(0);
        for wait in [1, 2, 4, 8, 16, 20, 20] {
            throttle.throttled(&mut place, (now, now), None, &Policy::default(), 0);
            let turn = throttle.turn(&mut place, now);
            assert_eq!(turn - now, Duration::from_secs(wait));
            now = turn;
        }
        throttle.answered(now);
        throttle.throttled(&mut place, (now, now), Some(Duration::ZERO), &Policy::default(), 0);
        assert_eq!(throttle.turn(&mut place, now) - now, Duration::from_secs(1));
    }

    #[test]
    fn what_was_on_its_way_changes_nothing() {
        let (mut throttle, mut first) = throttled();
        let mut other = None;
        let pause = Some(ms(60_000));
        throttle.throttled(&mut other, (ms(0), ms(3)), pause, &Policy::default(), 0);
        assert_eq!(throttle.turn(&mut first, ms(3)), ms(2001));
        assert_eq!(throttle.turn(&mut other, ms(3)), ms(2205));
        // Programs that do not know each other come at different times.
        let (mut throttle, mut place) = (Throttle::default(), None);
        throttle.throttled(&mut place, (ms(0), ms(0)), pause, &Policy::default(), u64::MAX);
        assert!((ms(65_999)..=ms(66_000)).contains(&throttle.turn(&mut place, ms(0))));
    }
}
