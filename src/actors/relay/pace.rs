//! How fast one depositor may bring files: as much in a minute as their share holds. More would only push out what they brought a moment
//! ago, and meanwhile keep the disk from everybody else.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Buckets};

/// What the buckets count, in bytes.
const UNIT: u64 = 1024;

/// A bucket for each depositor that has brought a file in the last minute.
pub(super) struct Pace {
    buckets: Buckets<String, HashMapStateStore<String>, DefaultClock>,
    clock: DefaultClock,
}

impl Pace {
    /// One that lets `share_bytes` through in a minute, and at once if nothing came before.
    pub(super) fn new(share_bytes: u64) -> Self {
        Self { buckets: Buckets::hashmap(Quota::per_minute(units(share_bytes))), clock: DefaultClock::default() }
    }

    /// Takes `bytes` from the bucket of `depositor`.
    ///
    /// # Errors
    /// How long it takes until there is room.
    pub(super) fn spend(&self, depositor: &str, bytes: u64) -> Result<(), Duration> {
        match self.buckets.check_key_n(&depositor.to_owned(), units(bytes)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => Err(not_until.wait_time_from(self.clock.now())),
            // Larger than the share: there is never room. Its quota says so before.
            Err(_) => Err(Duration::from_mins(1)),
        }
    }

    /// Forgets those whose buckets are full again.
    pub(super) fn forget(&self) {
        self.buckets.retain_recent();
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
        let pace = Pace::new(10 << 20);
        assert_eq!(pace.spend("one", 6 << 20), Ok(()));
        let wait = pace.spend("one", 6 << 20).unwrap_err();
        assert!(wait > Duration::from_secs(5) && wait < Duration::from_secs(15), "{wait:?}");
        assert_eq!(pace.spend("other", 6 << 20), Ok(()));
        assert_eq!(pace.spend("one", 3 << 20), Ok(()));
        assert!(pace.spend("one", 11 << 20).is_err());
    }
}
