//! How fast one depositor may bring something: as much in a minute as their share holds. More would only push out what they brought a moment
//! ago, and meanwhile keep the disk from everybody else.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Buckets};

/// What the buckets count, in bytes.
const UNIT: u64 = 1024;

/// After so long, whoever was told to wait has heard it. What comes sooner was on its way already.
const HEARD_AFTER: Duration = Duration::from_millis(500);

/// A bucket for each depositor that has brought something in the last minute.
pub(super) struct Pace {
    buckets: Buckets<String, HashMapStateStore<String>, DefaultClock>,
    clock: DefaultClock,
    told: HashMap<String, Told>,
}

/// Somebody was told to wait.
#[derive(Clone, Copy)]
struct Told {
    since: Instant,
    until: Instant,
}

/// Not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooFast {
    /// When there is room.
    pub(super) retry_after: Duration,
    /// Whether they were told so before and did not wait.
    pub(super) is_impatient: bool,
}

impl Pace {
    /// One that lets `share_bytes` through in a minute, and at once if nothing came before.
    pub(super) fn new(share_bytes: u64) -> Self {
        let buckets = Buckets::hashmap(Quota::per_minute(units(share_bytes)));
        Self { buckets, clock: DefaultClock::default(), told: HashMap::new() }
    }

    /// Takes `bytes` from the bucket of `depositor`.
    ///
    /// # Errors
    /// [`TooFast`] when it has less than that.
    pub(super) fn spend(&mut self, depositor: &str, bytes: u64) -> Result<(), TooFast> {
        let retry_after = match self.buckets.check_key_n(&depositor.to_owned(), units(bytes)) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(not_until)) => not_until.wait_time_from(self.clock.now()),
            // Larger than the share: there is never room. Its quota says so before.
            Err(_) => Duration::from_mins(1),
        };
        let now = Instant::now();
        let since = self.told.get(depositor).filter(|told| told.until > now).map_or(now, |told| told.since);
        self.told.insert(depositor.to_owned(), Told { since, until: now + retry_after });
        Err(TooFast { retry_after, is_impatient: now.duration_since(since) > HEARD_AFTER })
    }

    /// Forgets those whose buckets are full again, and those who have waited.
    pub(super) fn forget(&mut self) {
        self.buckets.retain_recent();
        let now = Instant::now();
        self.told.retain(|_, told| told.until > now);
    }
}

fn units(bytes: u64) -> NonZeroU32 {
    u32::try_from(bytes.div_ceil(UNIT).max(1)).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_in_a_minute_for_each() {
        let mut pace = Pace::new(10 << 20);
        assert_eq!(pace.spend("one", 6 << 20), Ok(()));
        let first = pace.spend("one", 6 << 20).unwrap_err();
        assert!(first.retry_after > Duration::from_secs(5) && first.retry_after < Duration::from_secs(15), "{first:?}");
        assert!(!first.is_impatient && !pace.spend("one", 6 << 20).unwrap_err().is_impatient);
        pace.told.get_mut("one").unwrap().since -= 2 * HEARD_AFTER;
        assert!(pace.spend("one", 6 << 20).unwrap_err().is_impatient);
        assert_eq!(pace.spend("other", 6 << 20), Ok(()));
        assert_eq!(pace.spend("one", 3 << 20), Ok(()));
        assert!(pace.spend("one", 11 << 20).is_err());
    }
}
