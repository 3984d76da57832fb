//! When a message was written, as its sender says: part of what identifies it.

use std::fmt;

use serde::Serialize;

/// Seconds since 1970, between then and the year 9999. Other nodes send whole and fractional seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Stamp(f64);

/// A stamp that is no time: not a number, infinite, before 1970 or after 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stamp is a number of seconds since 1970")]
pub struct InvalidStamp;

/// The first second of the year 10000.
const END: f64 = 253_402_300_800.0;

/// Two decimals are what every node reads back unchanged (protocol section 3: node A keeps 12 digits).
const TICKS_PER_SECOND: f64 = 100.0;

/// A clock that was ahead by more must not date messages into the future until that has come.
const WEEK_S: f64 = 7.0 * 86_400.0;

impl Stamp {
    /// Takes `seconds` as a time.
    ///
    /// # Errors
    /// [`InvalidStamp`] when it is not a time between 1970 and 9999.
    pub fn from_seconds(seconds: f64) -> Result<Self, InvalidStamp> {
        // The comparison is false for NaN.
        if (0.0..END).contains(&seconds) { Ok(Self(seconds)) } else { Err(InvalidStamp) }
    }

    /// Reads a number written as text.
    ///
    /// # Errors
    /// [`InvalidStamp`] as for [`Stamp::from_seconds`], or when `text` is no number.
    pub fn parse(text: &str) -> Result<Self, InvalidStamp> {
        text.trim().parse().map_err(|_| InvalidStamp).and_then(Self::from_seconds)
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0
    }

    /// The stamp of a message written at `now` by somebody whose last one has the stamp `last`: two decimals, and later than
    /// `last` unless the clock was set back by more than a week. Until a clock that was set back by less has caught up, stamps stay close behind
    /// `last`, a hundredth of a second apart: order counts for more than the right hour.
    #[must_use]
    pub fn next(now: Self, last: Option<Self>) -> Self {
        let tick = (now.0 * TICKS_PER_SECOND).floor();
        let after = last.map_or(tick, |last| (last.0 * TICKS_PER_SECOND).round() + 1.0);
        let clock_was_set_back = after - tick > WEEK_S * TICKS_PER_SECOND;
        Self(if clock_was_set_back { tick } else { tick.max(after) } / TICKS_PER_SECOND)
    }
}

/// The shortest text that reads back as the same number.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "NaN", "inf", "-1", "1e300", "-1e300", "now", "253402300800"] {
            assert_eq!(Stamp::parse(text), Err(InvalidStamp), "{text}");
        }
    }

    #[test]
    fn a_clock_set_back_by_a_day_changes_no_order_and_one_set_back_by_years_pins_nothing() {
        let (now, day_s) = (Stamp(1.0e9), 86_400.0);
        let tomorrow = Stamp(now.0 + day_s);
        assert_eq!(Stamp::next(now, Some(tomorrow)), Stamp(tomorrow.0 + 0.01));
        assert_eq!(Stamp::next(now, Some(Stamp(now.0 + 400.0 * day_s))), now);
    }

    proptest! {
        #[test]
        fn a_stamp_reads_back_as_it_was_printed(seconds in 0.0..END) {
            let stamp = Stamp(seconds);
            prop_assert_eq!(Stamp::parse(&stamp.to_string()).unwrap(), stamp);
        }

        #[test]
        fn stamps_of_one_sender_rise(start in 1.0e9..2.0e9_f64, steps in prop::collection::vec(0.0..0.05_f64, 1..50)) {
            let (mut now, mut last) = (start, None);
            for step in steps {
                now += step;
                let next = Stamp::next(Stamp(now), last);
                prop_assert!(last.is_none_or(|last| next > last));
                prop_assert!(next.to_string().split('.').nth(1).is_none_or(|decimals| decimals.len() <= 2));
                last = Some(next);
            }
        }
    }
}
