//! Token buckets in a bounded number of slots.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Buckets};

use super::RateLimited;
use crate::metrics::Ruling;

/// One kind of budget: a bucket for each caller, or rather for each of a fixed number of slots, into which callers fall by a secret hash.
///
/// So a million invented callers take no more memory than a few, and none can choose whose slot to share.
pub(super) struct Budget {
    buckets: Buckets<u64, HashMapStateStore<u64>, DefaultClock>,
    slots: u64,
    secret: RandomState,
    clock: DefaultClock,
}

impl Budget {
    pub(super) fn new(per_minute: u32, slots: usize) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self { buckets: Buckets::hashmap(quota), slots: slots.max(1) as u64, secret: RandomState::new(), clock: DefaultClock::default() }
    }

    /// Takes one from the bucket of `caller`; the refusal is signed `by`.
    pub(super) fn spend(&self, caller: impl Hash, by: Ruling) -> Result<(), RateLimited> {
        let slot = self.secret.hash_one(caller) % self.slots;
        self.buckets.check_key(&slot).map_err(|not_until| RateLimited { retry_after: not_until.wait_time_from(self.clock.now()), by })
    }

    #[cfg(test)]
    pub(super) fn tracked(&self) -> usize {
        self.buckets.len()
    }
}

/// A budget that many callers share. Those who prove nothing may use half of it, so that the other half is there for those who do.
pub(super) struct Shared {
    all: Budget,
    unproven: Budget,
}

impl Shared {
    pub(super) fn new(per_minute: u32, slots: usize) -> Self {
        Self { all: Budget::new(per_minute, slots), unproven: Budget::new(per_minute / 2, slots) }
    }

    pub(super) fn spend(&self, what: impl Hash, is_proven: bool, by: Ruling) -> Result<(), RateLimited> {
        if !is_proven {
            self.unproven.spend(&what, by)?;
        }
        self.all.spend(what, by)
    }

    #[cfg(test)]
    pub(super) fn tracked(&self) -> usize {
        self.all.tracked() + self.unproven.tracked()
    }
}
