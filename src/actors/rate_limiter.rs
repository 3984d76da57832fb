//! RateLimiter: who may do how much.
//!
//! Owns      the token buckets, in memory alone.
//! Receives  `Spend` (web, before anything else is done for a call).
//! Sends     nothing.
//! Mailbox   `actors.mailbox`; a caller that gets no answer is told that the node is busy, not let through.
//! Restart   with full buckets.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message};
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter as Buckets};

use crate::config::LimitSettings;
use crate::domain::username::Username;

/// What a call is charged to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge {
    /// A peer asks something cheap: ping, profile, status.
    PeerCall(IpAddr),
    /// A peer brings a message.
    PeerMessage(IpAddr),
    /// A peer brings a file.
    PeerFile(IpAddr),
    /// Somebody tries to log in under a name, from an address. Tries from elsewhere do not lock the name's owner out.
    LogIn(IpAddr, String),
    /// A signed-in user calls.
    UserCall(Username),
}

/// Not now: the budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls; try again in {} s", retry_after.as_secs() + 1)]
pub struct RateLimited {
    /// When there will be room again.
    pub retry_after: Duration,
}

/// The owner of the budgets.
pub struct RateLimiter {
    enabled: bool,
    mailbox: usize,
    peer_calls: Budget,
    peer_messages: Budget,
    peer_files: Budget,
    log_ins: Budget,
    log_ins_of_address: Budget,
    user_calls: Budget,
}

/// How many names behind one address may each use their whole budget of log-ins at once: a class behind one router.
const LOG_IN_NAMES_PER_ADDRESS: u32 = 10;

impl RateLimiter {
    /// Budgets as `limits` says.
    #[must_use]
    pub fn new(limits: &LimitSettings, mailbox: usize) -> Self {
        let budget = |per_minute| Budget::new(per_minute, limits.tracked_callers);
        Self {
            enabled: limits.enabled,
            mailbox,
            peer_calls: budget(limits.peer_calls_per_minute),
            peer_messages: budget(limits.peer_messages_per_minute),
            peer_files: budget(limits.peer_files_per_minute),
            log_ins: budget(limits.log_ins_per_minute),
            log_ins_of_address: budget(limits.log_ins_per_minute.saturating_mul(LOG_IN_NAMES_PER_ADDRESS)),
            user_calls: budget(limits.user_calls_per_minute),
        }
    }

    fn spend(&self, charge: &Charge) -> Result<(), RateLimited> {
        match charge {
            Charge::PeerCall(address) => self.peer_calls.spend(network_of(*address)),
            Charge::PeerMessage(address) => self.peer_messages.spend(network_of(*address)),
            Charge::PeerFile(address) => self.peer_files.spend(network_of(*address)),
            Charge::LogIn(address, name) => {
                let network = network_of(*address);
                self.log_ins_of_address.spend(network).and_then(|()| self.log_ins.spend((network, name.to_lowercase())))
            }
            Charge::UserCall(username) => self.user_calls.spend(username),
        }
    }
}

impl Actor for RateLimiter {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
    }
}

/// Takes one call from a budget.
#[derive(Message)]
#[rtype(result = "Result<(), RateLimited>")]
pub struct Spend(pub Charge);

impl Handler<Spend> for RateLimiter {
    type Result = Result<(), RateLimited>;

    fn handle(&mut self, Spend(charge): Spend, _: &mut Context<Self>) -> Self::Result {
        if self.enabled { self.spend(&charge) } else { Ok(()) }
    }
}

/// One kind of budget: a bucket for each caller, or rather for each of a fixed number of slots, into which callers fall by a secret hash.
///
/// So a million invented callers take no more memory than a few, and none can choose whose slot to share.
struct Budget {
    buckets: Buckets<u64, HashMapStateStore<u64>, DefaultClock>,
    slots: u64,
    secret: RandomState,
    clock: DefaultClock,
}

impl Budget {
    fn new(per_minute: u32, slots: usize) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self { buckets: Buckets::hashmap(quota), slots: slots.max(1) as u64, secret: RandomState::new(), clock: DefaultClock::default() }
    }

    fn spend(&self, caller: impl Hash) -> Result<(), RateLimited> {
        let slot = self.secret.hash_one(caller) % self.slots;
        self.buckets.check_key(&slot).map_err(|not_until| RateLimited { retry_after: not_until.wait_time_from(self.clock.now()) })
    }
}

/// The unit to which addresses are given out: an IPv6 subscriber has a whole /64 to call from.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn limiter(change: impl FnOnce(&mut LimitSettings)) -> RateLimiter {
        let mut limits = Settings::defaults().unwrap().limits;
        change(&mut limits);
        RateLimiter::new(&limits, 16)
    }

    #[test]
    fn a_spent_budget_says_when_to_come_back_and_leaves_others_alone() {
        let limiter = limiter(|limits| limits.peer_messages_per_minute = 3);
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|ip| Charge::PeerMessage(ip.parse().unwrap()));
        for _ in 0..3 {
            limiter.spend(&one).unwrap();
        }
        let refused = limiter.spend(&one).unwrap_err();
        assert!(refused.retry_after <= Duration::from_secs(20));
        limiter.spend(&other).unwrap();
    }

    #[test]
    fn tries_from_one_address_do_not_lock_a_name_out_at_another() {
        let limiter = limiter(|limits| limits.log_ins_per_minute = 2);
        let attempt = |ip: &str| limiter.spend(&Charge::LogIn(ip.parse().unwrap(), "ana".to_owned()));
        attempt("10.0.0.1").unwrap();
        attempt("10.0.0.1").unwrap();
        attempt("10.0.0.1").unwrap_err();
        attempt("10.0.0.2").unwrap();
    }

    #[test]
    fn a_million_callers_take_no_more_room_than_the_setting_says() {
        let limiter = limiter(|limits| limits.tracked_callers = 100);
        for n in 0..10_000_u32 {
            let _ = limiter.spend(&Charge::PeerCall(IpAddr::from(n.to_be_bytes())));
        }
        assert!(limiter.peer_calls.buckets.len() <= 100);
    }

    #[test]
    fn the_addresses_of_one_subscriber_share_a_budget() {
        assert_eq!(network_of("2001:db8::1".parse().unwrap()), network_of("2001:db8::ffff".parse().unwrap()));
        assert_eq!(network_of("::ffff:10.0.0.1".parse().unwrap()), network_of("10.0.0.1".parse().unwrap()));
    }
}
