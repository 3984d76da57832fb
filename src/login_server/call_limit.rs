//! So many calls a minute for each key, in bounded memory. Plain state: the registrar owns it.

use std::hash::Hash;
use std::num::NonZeroU32;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::clock::Clock;

/// A limit that lets a minute's worth through at once and then one at a time.
pub(super) struct CallLimit<K: Hash + Eq + Clone> {
    limiter: Option<Limiter<K>>,
    quota: u32,
    clock: Clock,
}

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, Clock, NoOpMiddleware<std::time::Duration>>;

/// Some four megabytes of keys. A class has a few hundred; a flood of made-up names reaches this within a minute.
const MAX_KEYS: usize = 65_536;

impl<K: Hash + Eq + Clone> CallLimit<K> {
    /// A limit of `per_minute` calls for each key; 0 lets everything through.
    pub(super) fn new(per_minute: u32, clock: Clock) -> Self {
        let mut limit = Self { limiter: None, quota: per_minute, clock };
        limit.forget_everybody();
        limit
    }

    /// Counts a call of `key`, unless it is one too many: then `false`.
    pub(super) fn allow(&mut self, key: &K) -> bool {
        if self.limiter.as_ref().is_some_and(|limiter| limiter.len() >= MAX_KEYS) {
            self.drop_idle();
        }
        self.limiter.as_ref().is_none_or(|limiter| limiter.check_key(key).is_ok())
    }

    /// Drops the keys that have their whole minute's worth again. A flood of others makes it start anew: nobody is to be shut
    /// out because somebody else made up names, and what a guess costs is bounded by the prover.
    pub(super) fn drop_idle(&mut self) {
        let Some(limiter) = &self.limiter else { return };
        limiter.retain_recent();
        if limiter.len() >= MAX_KEYS {
            tracing::warn!(keys = limiter.len(), "too many callers to count, counting anew");
            self.forget_everybody();
        }
    }

    fn forget_everybody(&mut self) {
        let quota = NonZeroU32::new(self.quota).map(Quota::per_minute);
        self.limiter = quota.map(|quota| RateLimiter::new(quota, HashMapStateStore::default(), self.clock.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::stamp::Stamp;

    fn clock() -> Clock {
        Clock::by_hand(Stamp::from_seconds(0.0).unwrap())
    }

    #[test]
    fn a_minutes_worth_passes_and_a_minute_later_again() {
        let clock = clock();
        let mut limit = CallLimit::new(10, clock.clone());
        for _ in 0..2 {
            assert_eq!((0..15).filter(|_| limit.allow(&"ana")).count(), 10);
            assert!(limit.allow(&"bob"), "another key has its own count");
            clock.advance(Duration::from_mins(1));
        }
    }

    #[test]
    fn zero_lifts_the_limit() {
        let mut limit = CallLimit::new(0, clock());
        assert!((0..1000).all(|_| limit.allow(&"ana")));
    }

    #[test]
    fn a_flood_of_made_up_names_does_not_grow_the_memory() {
        let mut limit = CallLimit::new(1, clock());
        for key in 0..200_000_u32 {
            assert!(limit.allow(&key));
        }
        assert!(limit.limiter.unwrap().len() <= MAX_KEYS);
    }

    #[test]
    fn idle_keys_are_dropped() {
        let clock = clock();
        let mut limit = CallLimit::new(10, clock.clone());
        limit.allow(&"ana");
        clock.advance(Duration::from_mins(2));
        limit.drop_idle();
        assert!(limit.limiter.unwrap().is_empty());
    }
}
