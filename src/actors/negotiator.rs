//! Negotiator: how to speak with each peer's node.
//!
//! Owns      what each node offers, which standards have proven to work there, and how often it was called of late.
//! Receives  `Negotiate` (courier, before each message), `Lower`, `LowerHashing` and `HoldOff` (courier, after a refusal), `TakeTurn`
//!           (courier, before each acknowledgement), `HasCall` (courier, before what has to do with an event), `AskAnew` (courier, when a peer
//!           returns).
//! Sends     nothing; asks other nodes for `/listAPI`, `/handshake` and `/getPublicKey`.
//! Mailbox   `actors.mailbox`; a courier that gets no answer tries again in some seconds.
//! Restart   knowing nothing, and asks again.
//!
//! A node is asked once in `peers.offer_age_s`, and each standard is proven once in that time, so that a message to a node that is known costs
//! no call but its own. The rules are in `standing`. In short: the strongest standard that both have; lowered by a failed handshake, by 9 or 10,
//! or by 1 with a word about a key; clear text for a node that lists nothing. Below `peers.least_encryption` nothing is sent.
//!
//! Nodes that are not kith are spared: `peers.calls_per_half_minute`, those of this actor counted in.

mod pace;
mod standing;
mod talk;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, Context, Handler, Message, ResponseActFuture, WrapFuture};

use self::pace::Pace;
pub use self::standing::Load;
use self::standing::{Standing, Step, Way};
use self::talk::{Found, Talk, usable};
use crate::config::PeerSettings;
use crate::domain::username::Username;
use crate::peers::node::{AskError, PeerClient, QUESTION_TIMEOUTS};
use crate::peers::writing::Manner;
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;
use crate::protocol::list_api::Call;
use crate::protocol::rsa_key::PublicKey;

/// Nodes that are remembered before those are forgotten that would be asked again anyway.
const MOST_REMEMBERED: usize = 4096;

/// Calls in half a minute that are not spent on courtesies: who has just read ten messages wants to answer now.
const KEPT_FOR_MESSAGES: usize = 2;

/// The owner of what is known of peers' nodes.
pub struct Negotiator {
    settings: PeerSettings,
    mailbox: usize,
    client: Option<PeerClient>,
    standings: HashMap<SocketAddr, Standing>,
    paces: HashMap<SocketAddr, Pace>,
}

impl Negotiator {
    /// Knows nobody yet.
    #[must_use]
    pub fn new(settings: PeerSettings, mailbox: usize) -> Self {
        Self { settings, mailbox, client: None, standings: HashMap::new(), paces: HashMap::new() }
    }

    fn is_kith(&self, address: SocketAddr) -> bool {
        self.standings.get(&address).is_some_and(|standing| standing.is_kith)
    }

    /// How long to wait before the next message to `address`.
    fn wait(&mut self, address: SocketAddr) -> Option<Duration> {
        self.wait_keeping(0, address)
    }

    /// How long to wait before a call to `address` after which so many more could be made at once.
    fn wait_keeping(&mut self, kept: usize, address: SocketAddr) -> Option<Duration> {
        let most = (!self.is_kith(address)).then(|| self.settings.calls_per_half_minute.saturating_sub(kept).max(1));
        self.paces.get_mut(&address)?.wait(Instant::now(), most)
    }

    fn count(&mut self, address: SocketAddr, calls: usize) {
        if !self.is_kith(address) {
            let pace = self.paces.entry(address).or_default();
            (0..calls).for_each(|_| pace.count(Instant::now()));
        }
    }

    /// The terms for a message, once everything is known that decides on them. Takes the turn for it.
    fn terms(&mut self, address: SocketAddr, encryption: Encryption, key: Option<&str>) -> Terms {
        let Some(standing) = self.standings.get(&address) else { return Terms::NotNow("their node has just changed".to_owned()) };
        let least = self.settings.least_encryption;
        if encryption.number() < least {
            let reason = format!("their node takes no encryption of standard {least} or above, and this node sends nothing below it");
            return if standing.is_certain { Terms::TooWeak(reason) } else { Terms::NotNow(reason) };
        }
        let hashing = standing.hashing(encryption);
        let key = key.filter(|_| encryption.needs_key()).and_then(|key| PublicKey::parse(key).ok());
        self.count(address, 1);
        Terms::Agreed(Manner { encryption, hashing, key })
    }

    fn remember(&mut self, address: SocketAddr, standing: Standing) {
        let now = Instant::now();
        if self.standings.len() >= MOST_REMEMBERED {
            self.standings.retain(|_, standing| !standing.is_due(now));
            self.paces.retain(|_, pace| !pace.is_over(now));
        }
        self.standings.insert(address, standing);
    }
}

impl Actor for Negotiator {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        self.client = Some(PeerClient::new(QUESTION_TIMEOUTS));
    }
}

/// How a message may be sent.
#[derive(Clone, Debug)]
pub enum Terms {
    /// Now, in this manner. The call is counted already.
    Agreed(Manner),
    /// In so much time: the node has had its share of calls.
    Wait(Duration),
    /// Not now, for a reason that may pass.
    NotNow(String),
    /// Not at all: the node takes nothing that is strong enough for the settings of this one.
    TooWeak(String),
}

/// Asks how to send a message.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Terms")]
pub struct Negotiate {
    /// The receiver's node.
    pub address: SocketAddr,
    /// Hex of the receiver's key, as it is listed.
    pub key: Option<String>,
    /// Who writes.
    pub sender: Username,
    /// To whom.
    pub destination: Username,
    /// What.
    pub load: Load,
}

impl Handler<Negotiate> for Negotiator {
    type Result = ResponseActFuture<Self, Terms>;

    fn handle(&mut self, request: Negotiate, _: &mut Context<Self>) -> Self::Result {
        let address = request.address;
        if let Some(wait) = self.wait(address) {
            return Box::pin(actix::fut::ready(Terms::Wait(wait)));
        }
        if let Some((encryption, key)) = self.standings.get(&address).and_then(|standing| known_way(standing, &request)) {
            let terms = self.terms(address, encryption, key.as_deref());
            return Box::pin(actix::fut::ready(terms));
        }
        let Some(client) = self.client.clone() else {
            return Box::pin(actix::fut::ready(Terms::NotNow("this node is just starting".to_owned())));
        };
        let standing = self.standings.get(&address).cloned();
        let age = Duration::from_secs(self.settings.offer_age_s);
        let mut talk = Talk::new(client, request, age);
        let found = async move { (talk.find_out(standing).await, talk.calls) };
        Box::pin(found.into_actor(self).map(move |(found, calls), negotiator, _| negotiator.conclude(address, found, calls)))
    }
}

impl Negotiator {
    /// Turns what was found out with so many `calls` into terms.
    fn conclude(&mut self, address: SocketAddr, found: Result<Found, AskError>, calls: usize) -> Terms {
        let found = found.map(|Found { standing, encryption, key }| {
            self.remember(address, standing);
            (encryption, key)
        });
        self.count(address, calls);
        match found {
            Ok((encryption, key)) => match self.wait(address) {
                None => self.terms(address, encryption, key.as_deref()),
                Some(wait) => Terms::Wait(wait),
            },
            Err(AskError::NotNow) => {
                self.paces.entry(address).or_default().hold(Instant::now());
                Terms::Wait(pace::WINDOW)
            }
            Err(error) => Terms::NotNow(error.to_string()),
        }
    }
}

/// The standard for a message, and the key for it, if nothing is to be asked first.
fn known_way(standing: &Standing, request: &Negotiate) -> Option<(Encryption, Option<String>)> {
    let key = usable(request.key.as_deref()).or_else(|| standing.told_key(&request.destination));
    if standing.is_due(Instant::now()) || key.is_none() && standing.lacks_key_of(&request.destination) {
        return None;
    }
    match standing.next_step(request.load, key) {
        Step::Write(encryption) => Some((encryption, key.map(str::to_owned))),
        Step::Prove(_) => None,
    }
}

/// The node refused a message for its encryption.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Lower {
    /// The node.
    pub address: SocketAddr,
    /// The standard that it refused.
    pub encryption: Encryption,
    /// The key that was used, in hex, where it takes one.
    pub key: Option<PublicKey>,
}

impl Handler<Lower> for Negotiator {
    type Result = ();

    fn handle(&mut self, Lower { address, encryption, key }: Lower, _: &mut Context<Self>) {
        if let Some(standing) = self.standings.get_mut(&address) {
            standing.note(Way::new(encryption, key.map(|key| key.to_hex()).as_deref()), false);
        }
    }
}

/// The node refused a message for its kind of hash.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LowerHashing {
    /// The node.
    pub address: SocketAddr,
    /// The standard that it refused.
    pub hashing: Hashing,
}

impl Handler<LowerHashing> for Negotiator {
    type Result = ();

    fn handle(&mut self, LowerHashing { address, hashing }: LowerHashing, _: &mut Context<Self>) {
        if let Some(standing) = self.standings.get_mut(&address) {
            standing.refuse_hashing(hashing);
        }
    }
}

/// The node refused a call as one too many.
#[derive(Message)]
#[rtype(result = "()")]
pub struct HoldOff(pub SocketAddr);

impl Handler<HoldOff> for Negotiator {
    type Result = ();

    fn handle(&mut self, HoldOff(address): HoldOff, _: &mut Context<Self>) {
        // A kith node says the same of one user who does not want to hear from us: that is no reason to keep its other users waiting.
        if !self.is_kith(address) {
            self.paces.entry(address).or_default().hold(Instant::now());
        }
    }
}

/// Whether a call may be made that needs no terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now; it is counted already.
    Now,
    /// The node has had its share of calls.
    Later,
    /// The node said what calls it has, and this one is not among them.
    NotOffered,
}

/// Asks for a turn to make a call that is a courtesy.
#[derive(Message)]
#[rtype(result = "Turn")]
pub struct TakeTurn {
    /// The node.
    pub address: SocketAddr,
    /// The call.
    pub call: Call,
}

impl Handler<TakeTurn> for Negotiator {
    type Result = actix::MessageResult<TakeTurn>;

    fn handle(&mut self, TakeTurn { address, call }: TakeTurn, _: &mut Context<Self>) -> Self::Result {
        let lacks_it = self.standings.get(&address).is_some_and(|standing| standing.is_certain && !standing.offers(call));
        actix::MessageResult(match self.wait_keeping(KEPT_FOR_MESSAGES, address) {
            _ if lacks_it => Turn::NotOffered,
            Some(_) => Turn::Later,
            None => {
                self.count(address, 1);
                Turn::Now
            }
        })
    }
}

/// Asks whether a node has a call; `None` while it is not known for certain. Ask for terms first: they find it out.
///
/// Others list what they have. A kith node has them all, and lists the recommended text (protocol section 6), which is not all of them.
#[derive(Message)]
#[rtype(result = "Option<bool>")]
pub struct HasCall {
    /// The node.
    pub address: SocketAddr,
    /// The call.
    pub call: Call,
}

impl Handler<HasCall> for Negotiator {
    type Result = Option<bool>;

    fn handle(&mut self, HasCall { address, call }: HasCall, _: &mut Context<Self>) -> Option<bool> {
        self.standings.get(&address).and_then(|standing| standing.lists(call).map(|listed| listed || standing.is_kith))
    }
}

/// Somebody is newly there: what was known of the node at their address may be of another one.
#[derive(Message)]
#[rtype(result = "()")]
pub struct AskAnew(pub SocketAddr);

impl Handler<AskAnew> for Negotiator {
    type Result = ();

    fn handle(&mut self, AskAnew(address): AskAnew, _: &mut Context<Self>) {
        if let Some(standing) = self.standings.get_mut(&address) {
            standing.expire(Instant::now());
        }
    }
}
