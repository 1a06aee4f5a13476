//! How far this machine's clock is from the service's.

use core::time::Duration;

use http::{HeaderMap, HeaderValue, header};

use crate::{
    call::{retry::Outcome, step::Now},
    wire::http_times::http_date,
};

/// An offset this large explains refused credentials; one below does not.
const SKEW_THRESHOLD_MS: i64 = 60_000;
/// Beyond this difference between the two clocks' progress someone set the wall clock.
const CLOCK_SET_MS: i64 = 5_000;

/// The correction that signatures are made with.
///
/// An offset is only used after credentials were refused while it was large, so that a proxy with a wrong
/// `Date` cannot spoil a good clock. From then on each answer measures it anew from the raw clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    adopted: Option<Adopted>,
}

#[derive(Clone, Copy, Debug)]
struct Adopted {
    offset_ms: i64,
    /// Wall minus monotonic when it was measured: it jumps when the clock is set.
    wall_minus_mono_ms: i64,
}

impl Clock {
    /// Seconds since the Unix epoch, by the service's clock as far as it is known.
    pub(crate) fn timestamp(&mut self, now: Now) -> u64 {
        if self.adopted.is_some_and(|adopted| {
            (adopted.wall_minus_mono_ms - wall_minus_mono_ms(now)).abs() > CLOCK_SET_MS
        }) {
            self.adopted = None;
        }
        let offset = self.adopted.map_or(0, |adopted| adopted.offset_ms);
        u64::try_from(millis(now.wall).saturating_add(offset).max(0) / 1000).unwrap_or(0)
    }

    pub(crate) fn is_skewed(offset_ms: i64) -> bool {
        offset_ms.abs() > SKEW_THRESHOLD_MS
    }

    /// Whether signatures are being corrected.
    pub(crate) fn is_corrected(&self) -> bool {
        self.adopted.is_some()
    }

    pub(crate) fn offset_ms(&self) -> i64 {
        self.adopted.map_or(0, |adopted| adopted.offset_ms)
    }

    pub(crate) fn adopt(&mut self, offset_ms: i64, now: Now) {
        self.adopted = Some(Adopted { offset_ms, wall_minus_mono_ms: wall_minus_mono_ms(now) });
    }

    pub(crate) fn forget(&mut self) {
        self.adopted = None;
    }

    /// Adopts a measured offset when credentials were refused and it is large: once a call, as `signed_again` says, and
    /// only when it differs from the one that the refused signature was made with. Returns what came of the attempt.
    pub(crate) fn judge(
        &mut self,
        outcome: Outcome,
        blames_signature: bool,
        measured: &Measurement,
        now: Now,
        signed_again: &mut bool,
    ) -> Outcome {
        if !blames_signature {
            if outcome != Outcome::InDoubt {
                self.follow(measured, now);
            }
            return outcome;
        }
        let used = self.offset_ms();
        let news =
            measured.offset_ms().filter(|offset| Self::is_skewed(offset.saturating_sub(used)));
        match news {
            Some(offset) if !*signed_again => {
                *signed_again = true;
                self.adopt(offset, now);
                if outcome == Outcome::InDoubt { outcome } else { Outcome::Skewed }
            }
            _ => {
                if *signed_again && outcome != Outcome::InDoubt {
                    // It did not help: the clock was not the reason.
                    self.forget();
                }
                outcome
            }
        }
    }

    /// Follows the offset, down to none when the clock was put right.
    pub(crate) fn follow(&mut self, measured: &Measurement, now: Now) {
        if self.is_corrected()
            && let Some(offset_ms) = measured.offset_ms()
        {
            if Self::is_skewed(offset_ms) {
                self.adopt(offset_ms, now);
            } else {
                self.forget();
            }
        }
    }
}

/// What an answer shows of the service's clock. Its date is read only where somebody wants to know.
#[derive(Debug)]
pub(crate) struct Measurement {
    sent: Now,
    received: Now,
    date: Option<HeaderValue>,
}

impl Measurement {
    pub(crate) fn new(sent: Now, received: Now, headers: Option<&HeaderMap>) -> Self {
        // An answer out of a cache shows nothing.
        let headers = headers.filter(|headers| !headers.contains_key(header::AGE));
        let date = headers.and_then(|headers| headers.get(header::DATE)).cloned();
        Self { sent, received, date }
    }

    /// The offset in milliseconds, taking the middle of sending and receiving.
    pub(crate) fn offset_ms(&self) -> Option<i64> {
        let date = http_date(self.date.as_ref()?)?;
        let round_trip = self.received.mono.saturating_sub(self.sent.mono);
        // A date has whole seconds: half of one is its error's middle.
        let middle = millis(self.received.wall) - millis(round_trip) / 2;
        Some(millis(date) + 500 - middle)
    }
}

/// No clock is further than this from its zero, so that differences of differences still are numbers.
const FURTHEST_MS: i64 = i64::MAX / 8;

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(FURTHEST_MS).min(FURTHEST_MS)
}

fn wall_minus_mono_ms(now: Now) -> i64 {
    millis(now.wall).saturating_sub(millis(now.mono))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: u64, mono: u64) -> Now {
        Now { wall: Duration::from_secs(wall), mono: Duration::from_secs(mono) }
    }

    fn dated(date: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::DATE, HeaderValue::from_static(date))])
    }

    /// 1994-11-06 08:49:37 UTC
    const EXAMPLE: u64 = 784_111_777;

    #[test]
    fn the_offset_is_taken_at_the_middle_of_the_round_trip() {
        let headers = dated("Sun, 06 Nov 1994 08:49:37 GMT");
        let measured =
            Measurement::new(at(EXAMPLE - 3602, 10), at(EXAMPLE - 3598, 14), Some(&headers));
        assert_eq!(measured.offset_ms(), Some(3_600_500));
    }

    #[test]
    fn a_cached_answer_measures_nothing() {
        let mut headers = dated("Sun, 06 Nov 1994 08:49:37 GMT");
        headers.insert(header::AGE, HeaderValue::from_static("10"));
        let measured = Measurement::new(at(EXAMPLE, 0), at(EXAMPLE, 0), Some(&headers));
        assert_eq!(measured.offset_ms(), None);
    }

    #[test]
    fn an_offset_is_used_shrinks_and_goes() {
        let shown = |ahead: u64, now: Now| {
            let date = alloc::format!(
                "Thu, 01 Jan 1970 {:02}:{:02}:{:02} GMT",
                ahead / 3600,
                ahead / 60 % 60,
                ahead % 60
            );
            let headers =
                HeaderMap::from_iter([(header::DATE, HeaderValue::try_from(date).unwrap())]);
            Measurement::new(now, now, Some(&headers))
        };
        let mut clock = Clock::default();
        clock.follow(&shown(4600, at(1000, 0)), at(1000, 0));
        assert!(!clock.is_corrected(), "measured is not adopted");
        clock.adopt(3_600_000, at(1000, 0));
        assert_eq!(clock.timestamp(at(1010, 10)), 4610);
        clock.follow(&shown(2820, at(1020, 20)), at(1020, 20));
        assert_eq!(clock.timestamp(at(1020, 20)), 2820);
        clock.follow(&shown(1030, at(1030, 30)), at(1030, 30));
        assert_eq!(clock.timestamp(at(1030, 30)), 1030);
    }

    #[test]
    fn the_bounds_belong_to_a_good_clock() {
        assert!(!Clock::is_skewed(60_000) && !Clock::is_skewed(-60_000));
        assert!(Clock::is_skewed(60_001) && Clock::is_skewed(-60_001));
        // The wall clock went 5 s further than the monotonic one, and that is no setting of it.
        let mut clock = Clock::default();
        clock.adopt(3_600_000, at(1000, 0));
        assert_eq!(clock.timestamp(at(1015, 10)), 4615);
        assert_eq!(clock.timestamp(at(1016, 10)), 1016);
    }

    #[test]
    fn a_clock_that_was_set_drops_the_offset() {
        let mut clock = Clock::default();
        clock.adopt(3_600_000, at(1000, 0));
        assert_eq!(clock.timestamp(at(4610, 10)), 4610);
    }
}
