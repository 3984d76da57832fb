//! RateLimiter: who may do how much.
//!
//! Owns      the token buckets, in memory alone, and who is listed where.
//! Receives  `Spend` (web, before a call is worked on, and again when it is known from whom and for whom it is); `Listed` (presence).
//! Sends     nothing.
//! Mailbox   `actors.mailbox`; a caller that gets no answer is told that the node is busy, not let through.
//! Restart   with full buckets; presence tells who is listed with its next look.
//!
//! No budget lets one caller silence another. A name is only claimed, so what comes in a name from elsewhere than where the login server lists it
//! has a budget of its own. What many share (an addressee, the node) is used up to one half by those who prove nothing.

mod budget;

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message};

use self::budget::{Budget, Shared};
use crate::config::LimitSettings;
use crate::domain::network::network_of;
use crate::domain::username::Username;
use crate::metrics::{Kind, Metrics, Ruling};

/// What a call is charged to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge {
    /// A peer asks something cheap: ping, profile, status.
    PeerCall(IpAddr),
    /// A peer brings a message, not read yet.
    PeerMessage(IpAddr),
    /// A peer brings a file, not read yet.
    PeerFile(IpAddr),
    /// A message has been read.
    ClaimedMessage(Claim),
    /// A file has been read.
    ClaimedFile(Claim),
    /// Somebody tries to log in under a name, from an address. Tries from elsewhere do not lock the name's owner out.
    LogIn(IpAddr, String),
    /// A signed-in user calls.
    UserCall(Username),
}

/// What a message or file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where it comes from.
    pub from: IpAddr,
    /// Whom it names as its sender.
    pub sender: Username,
    /// Whom it is for.
    pub addressee: Username,
}

impl Charge {
    /// The kind under which it is counted.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::PeerCall(_) => Kind::PeerCall,
            Self::PeerMessage(_) => Kind::PeerMessage,
            Self::PeerFile(_) => Kind::PeerFile,
            Self::ClaimedMessage(_) => Kind::ClaimedMessage,
            Self::ClaimedFile(_) => Kind::ClaimedFile,
            Self::LogIn(..) => Kind::LogIn,
            Self::UserCall(_) => Kind::UserCall,
        }
    }
}

/// Not now: the budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls; try again in {} s", retry_after.as_secs() + 1)]
pub struct RateLimited {
    /// When there will be room again.
    pub retry_after: Duration,
    /// Whose budget is spent.
    pub by: Ruling,
}

/// The owner of the budgets.
pub struct RateLimiter {
    enabled: bool,
    mailbox: usize,
    metrics: Metrics,
    peer_calls: Budget,
    messages: Deliveries,
    files: Deliveries,
    log_ins: Budget,
    log_ins_of_address: Budget,
    user_calls: Budget,
    places: Arc<HashMap<Username, IpAddr>>,
    addresses: HashSet<IpAddr>,
}

/// How many names behind one address may each use their whole budget of log-ins at once: a class behind one router.
const LOG_IN_NAMES_PER_ADDRESS: u32 = 10;

impl RateLimiter {
    /// Budgets as `limits` says; what is answered is counted in `metrics`.
    #[must_use]
    pub fn new(limits: &LimitSettings, mailbox: usize, metrics: Metrics) -> Self {
        let budget = |per_minute| Budget::new(per_minute, limits.tracked_callers);
        let shared = |per_minute| Shared::new(per_minute, limits.tracked_callers);
        Self {
            enabled: limits.enabled,
            mailbox,
            metrics,
            peer_calls: budget(limits.peer_calls_per_minute),
            messages: Deliveries {
                address: budget(limits.peer_messages_per_minute),
                node: shared(limits.node_messages_per_minute),
                sender: budget(limits.sender_messages_per_minute),
                unverified: budget(limits.unverified_messages_per_minute),
                addressee: shared(limits.addressee_messages_per_minute),
            },
            files: Deliveries {
                address: budget(limits.peer_files_per_minute),
                node: shared(limits.node_files_per_minute),
                sender: budget(limits.sender_files_per_minute),
                unverified: budget(limits.unverified_files_per_minute),
                addressee: shared(limits.addressee_files_per_minute),
            },
            log_ins: budget(limits.log_ins_per_minute),
            log_ins_of_address: budget(limits.log_ins_per_minute.saturating_mul(LOG_IN_NAMES_PER_ADDRESS)),
            user_calls: budget(limits.user_calls_per_minute),
            places: Arc::default(),
            addresses: HashSet::new(),
        }
    }

    fn spend(&self, charge: &Charge) -> Result<(), RateLimited> {
        match charge {
            Charge::PeerCall(address) => self.peer_calls.spend(network_of(*address), Ruling::Address),
            Charge::PeerMessage(address) => self.messages.spend_arrival(*address, self.is_listed(*address)),
            Charge::PeerFile(address) => self.files.spend_arrival(*address, self.is_listed(*address)),
            Charge::ClaimedMessage(claim) => self.messages.spend_claim(claim, self.is_verified(claim)),
            Charge::ClaimedFile(claim) => self.files.spend_claim(claim, self.is_verified(claim)),
            Charge::LogIn(address, name) => {
                let network = network_of(*address);
                self.log_ins_of_address.spend(network, Ruling::Address)?;
                self.log_ins.spend((network, name.to_lowercase()), Ruling::User)
            }
            Charge::UserCall(username) => self.user_calls.spend(username, Ruling::User),
        }
    }

    fn is_listed(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    fn is_verified(&self, claim: &Claim) -> bool {
        self.places.get(&claim.sender) == Some(&claim.from)
    }
}

/// The budgets of what peers bring, for messages or for files.
struct Deliveries {
    address: Budget,
    node: Shared,
    sender: Budget,
    unverified: Budget,
    addressee: Shared,
}

impl Deliveries {
    /// Something comes from `address`; nothing else is known of it yet.
    fn spend_arrival(&self, address: IpAddr, is_listed: bool) -> Result<(), RateLimited> {
        self.address.spend(network_of(address), Ruling::Address)?;
        self.node.spend((), is_listed, Ruling::Node)
    }

    fn spend_claim(&self, claim: &Claim, is_verified: bool) -> Result<(), RateLimited> {
        let of_sender = if is_verified { &self.sender } else { &self.unverified };
        of_sender.spend(&claim.sender, Ruling::Sender)?;
        self.addressee.spend(&claim.addressee, is_verified, Ruling::Addressee)
    }
}

impl Actor for RateLimiter {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
    }
}

/// Takes one call from a budget, or from several; what was taken before one of them said no stays taken.
#[derive(Message)]
#[rtype(result = "Result<(), RateLimited>")]
pub struct Spend(pub Charge);

impl Handler<Spend> for RateLimiter {
    type Result = Result<(), RateLimited>;

    fn handle(&mut self, Spend(charge): Spend, _: &mut Context<Self>) -> Self::Result {
        let answer = if self.enabled { self.spend(&charge) } else { Ok(()) };
        self.metrics.ruled(charge.kind(), answer.err().map_or(Ruling::Allowed, |limited| limited.by));
        answer
    }
}

/// Where the login server lists the users of other nodes.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Listed(pub Arc<HashMap<Username, IpAddr>>);

impl Handler<Listed> for RateLimiter {
    type Result = ();

    fn handle(&mut self, Listed(places): Listed, _: &mut Context<Self>) {
        self.addresses = places.values().copied().collect();
        self.places = places;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn limiter(change: impl FnOnce(&mut LimitSettings)) -> RateLimiter {
        let mut limits = Settings::defaults().unwrap().limits;
        change(&mut limits);
        RateLimiter::new(&limits, 16, Metrics::default())
    }

    fn name(name: &str) -> Username {
        Username::parse(name).unwrap()
    }

    fn claim(from: &str, sender: &str, addressee: &str) -> Charge {
        Charge::ClaimedMessage(Claim { from: from.parse().unwrap(), sender: name(sender), addressee: name(addressee) })
    }

    /// How many of `charges` are let through, and who said no to the first that was not.
    fn let_through(limiter: &RateLimiter, charges: impl Iterator<Item = Charge>) -> (usize, Option<Ruling>) {
        let answers: Vec<_> = charges.map(|charge| limiter.spend(&charge)).collect();
        let refused = answers.iter().find_map(|answer| answer.err()).map(|limited| limited.by);
        (answers.iter().filter(|answer| answer.is_ok()).count(), refused)
    }

    fn list(limiter: &mut RateLimiter, sender: &str, at: &str) {
        let at: IpAddr = at.parse().unwrap();
        limiter.places = Arc::new(HashMap::from([(name(sender), at)]));
        limiter.addresses = HashSet::from([at]);
    }

    #[test]
    fn a_spent_budget_says_when_to_come_back_and_leaves_others_alone() {
        let limiter = limiter(|limits| limits.peer_messages_per_minute = 3);
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|ip| Charge::PeerMessage(ip.parse().unwrap()));
        for _ in 0..3 {
            limiter.spend(&one).unwrap();
        }
        let refused = limiter.spend(&one).unwrap_err();
        assert!(refused.retry_after <= Duration::from_secs(20) && refused.by == Ruling::Address);
        limiter.spend(&other).unwrap();
    }

    #[test]
    fn who_uses_anothers_name_elsewhere_spends_only_what_is_unverified() {
        let mut limiter = limiter(|limits| (limits.sender_messages_per_minute, limits.unverified_messages_per_minute) = (8, 3));
        list(&mut limiter, "ana", "10.0.0.1");
        let forged = (0..50).map(|n| claim(&format!("10.9.9.{n}"), "ana", "ben"));
        assert_eq!(let_through(&limiter, forged), (3, Some(Ruling::Sender)));
        let real = (0..50).map(|_| claim("10.0.0.1", "ana", "ben"));
        assert_eq!(let_through(&limiter, real), (8, Some(Ruling::Sender)));
    }

    #[test]
    fn invented_senders_use_up_half_of_an_addressee_at_most() {
        let mut limiter = limiter(|limits| limits.addressee_messages_per_minute = 10);
        list(&mut limiter, "ana", "10.0.0.1");
        let invented = (0..100).map(|n| claim("10.9.9.9", &format!("name-{n}"), "ben"));
        assert_eq!(let_through(&limiter, invented), (5, Some(Ruling::Addressee)));
        assert_eq!(let_through(&limiter, (0..100).map(|_| claim("10.0.0.1", "ana", "ben"))), (5, Some(Ruling::Addressee)));
        limiter.spend(&claim("10.9.9.9", "name-1", "cleo")).unwrap();
    }

    #[test]
    fn strangers_use_up_half_of_the_node_at_most() {
        let mut limiter = limiter(|limits| limits.node_messages_per_minute = 20);
        list(&mut limiter, "ana", "10.0.0.1");
        let strangers = (0..100).map(|n| Charge::PeerMessage([10, 9, 9, n].into()));
        assert_eq!(let_through(&limiter, strangers), (10, Some(Ruling::Node)));
        assert_eq!(let_through(&limiter, (0..100).map(|_| Charge::PeerMessage([10, 0, 0, 1].into()))), (10, Some(Ruling::Node)));
        limiter.spend(&Charge::PeerFile([10, 9, 9, 9].into())).unwrap();
        limiter.spend(&Charge::UserCall(name("ben"))).unwrap();
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
    fn a_class_behind_one_router_notices_nothing() {
        let mut limiter = limiter(|_| ());
        let router = "198.51.100.7";
        let students: Vec<_> = (0..60).map(|n| format!("student-{n}")).collect();
        limiter.places = Arc::new(students.iter().map(|student| (name(student), router.parse().unwrap())).collect());
        limiter.addresses = HashSet::from([router.parse().unwrap()]);
        let address: IpAddr = router.parse().unwrap();
        let minute = students.iter().flat_map(|student| {
            let messages = (0..15).flat_map(move |_| [Charge::PeerMessage(address), claim(router, student, "teacher")]);
            // Each node asks for a few statuses four times a minute, and somebody logs in.
            let calls = (0..30).map(move |_| Charge::PeerCall(address)).chain([Charge::LogIn(address, student.clone())]);
            messages.chain(calls)
        });
        assert_eq!(let_through(&limiter, minute).1, None);
    }

    #[test]
    fn a_million_callers_take_no_more_room_than_the_setting_says() {
        let limiter = limiter(|limits| limits.tracked_callers = 100);
        for n in 0..10_000_u32 {
            let from = IpAddr::from(n.to_be_bytes());
            let _ = limiter.spend(&Charge::PeerMessage(from));
            let _ = limiter.spend(&claim(&from.to_string(), &format!("sender-{n}"), &format!("addressee-{n}")));
        }
        let Deliveries { address, node, sender, unverified, addressee } = &limiter.messages;
        for tracked in [address.tracked(), node.tracked(), sender.tracked(), unverified.tracked(), addressee.tracked()] {
            assert!(tracked <= 200, "{tracked}");
        }
        assert!(unverified.tracked() > 90);
    }
}
