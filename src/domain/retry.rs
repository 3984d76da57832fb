//! When to try a peer again.

use std::time::Duration;

/// Exponential back-off with jitter: callers that failed
/// together do not come back together.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The longest wait after the first failure.
    pub first: Duration,
    /// The longest wait ever.
    pub longest: Duration,
}

impl Backoff {
    /// The wait after `failures` failures in a row (1 or more), for a `roll` between 0 and 1.
    #[must_use]
    pub fn wait(self, failures: u32, roll: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(30);
        let ceiling = self.first.saturating_mul(1 << doublings).min(self.longest);
        // Half of the ceiling is sure, so that no roll makes a hot loop.
        ceiling.mul_f64(0.5 + 0.5 * roll.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_mins(5) };

    proptest! {
        #[test]
        fn a_wait_is_never_hot_and_never_over_the_longest(failures in 1..u32::MAX, roll in 0.0..1.0_f64) {
            let wait = BACKOFF.wait(failures, roll);
            prop_assert!(wait >= BACKOFF.first / 2 && wait <= BACKOFF.longest);
        }

        #[test]
        fn the_ceiling_doubles(failures in 1..8_u32) {
            prop_assert_eq!(BACKOFF.wait(failures + 1, 1.0), BACKOFF.wait(failures, 1.0) * 2);
        }
    }
}
