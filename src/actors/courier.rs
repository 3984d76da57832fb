//! Courier: delivers what users of this node write.
//!
//! Owns      who is being delivered to at the moment, and the client for calls out. What is to be delivered is on disk, in the outbox.
//! Receives  `Wake` (sessions, on a new message, an invitation or an answer to one, and when a message was read that is to be acknowledged); `PeerReturned`,
//!           `PlacesKnown` (presence); its own sweep and timers.
//! Sends     `WhereIs` to presence, `Write` to the database, `Announce` to the node; `Negotiate` and what came of it to the negotiator; posts to
//!           other nodes.
//! Mailbox   `actors.mailbox`; a `Wake` that does not fit is found by the sweep.
//! Restart   goes on from the outbox.
//!
//! Each addressee has a queue of their own, oldest first, worked on by one task at most; `courier.concurrency` bounds the tasks. So a
//! slow peer delays only those who wrote to it.

mod acknowledging;
mod delivery;
mod depositing;
mod inviting;
mod sending;

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture};

use self::delivery::{Deliverer, Pause};
use self::sending::HOLD_OFF;
use super::database::Database;
use super::negotiator::{AskAnew, Negotiator};
use super::node::Node;
use super::presence::Presence;
use super::supervise::Link;
use crate::config::{CourierSettings, RelaySettings};
use crate::db::queries::{acknowledgements, event_outbox, outbox};
use crate::db::{FileStore, Reader};
use crate::domain::clock;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::metrics::Metrics;
use crate::peers::Timeouts;
use crate::peers::node::PeerClient;

/// How often the outbox is looked through for what no message told of.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// What the courier needs of the node.
#[derive(Clone)]
pub struct CourierLinks {
    /// For receipts.
    pub database: Link<Database>,
    /// For addresses.
    pub presence: Link<Presence>,
    /// For how to speak with each peer.
    pub negotiator: Link<Negotiator>,
    /// For telling the sender.
    pub node: Addr<Node>,
    /// For the outbox.
    pub reader: Reader,
    /// For the bytes of files.
    pub files: FileStore,
    /// For how long deliveries take.
    pub metrics: Metrics,
}

/// How much something matters that happens while a queue is being worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// There may be more to send. After a failed try it waits its turn behind what failed.
    InTurn,
    /// They are back: even what has just failed is worth another try.
    AtOnce,
}

/// The owner of deliveries.
pub struct Courier {
    settings: CourierSettings,
    relay: RelaySettings,
    mailbox: usize,
    links: CourierLinks,
    client: Option<PeerClient>,
    at_work: HashSet<Username>,
    woken_meanwhile: HashMap<Username, Urgency>,
    waiting: VecDeque<Username>,
    timers: HashMap<Username, SpawnHandle>,
}

impl Courier {
    /// Will deliver what the outbox holds.
    #[must_use]
    pub fn new(settings: CourierSettings, relay: RelaySettings, mailbox: usize, links: CourierLinks) -> Self {
        Self {
            settings,
            relay,
            mailbox,
            links,
            client: None,
            at_work: HashSet::new(),
            woken_meanwhile: HashMap::new(),
            waiting: VecDeque::new(),
            timers: HashMap::new(),
        }
    }

    /// Works on the queue of `destination` now, or as soon as a task is free. What waits until a later try is left alone unless it is worth one at once.
    fn work_on(&mut self, destination: Username, urgency: Urgency, context: &mut Context<Self>) {
        if self.timers.contains_key(&destination) && urgency < Urgency::AtOnce {
            return;
        }
        if let Some(timer) = self.timers.remove(&destination) {
            context.cancel_future(timer);
        }
        if self.at_work.contains(&destination) {
            let woken = self.woken_meanwhile.entry(destination).or_insert(urgency);
            *woken = urgency.max(*woken);
        } else if self.at_work.len() >= self.settings.concurrency {
            if !self.waiting.contains(&destination) {
                self.waiting.push_back(destination);
            }
        } else if let Some(client) = self.client.clone() {
            self.at_work.insert(destination.clone());
            let deliverer = Deliverer::new(self.links.clone(), client, self.settings.clone(), self.relay.clone());
            let to = destination.clone();
            let work = async move { deliverer.empty_queue_of(&to).await };
            context.spawn(work.into_actor(self).map(move |pause, courier, context| courier.finished(destination, pause, context)));
        }
    }

    fn finished(&mut self, destination: Username, pause: Pause, context: &mut Context<Self>) {
        self.at_work.remove(&destination);
        match (self.woken_meanwhile.remove(&destination), pause) {
            (Some(Urgency::AtOnce), _) | (Some(Urgency::InTurn), Pause::UntilWoken) => self.waiting.push_back(destination),
            (None, Pause::UntilWoken) => {}
            (_, Pause::For(wait)) => {
                let to = destination.clone();
                let timer = context.run_later(wait, move |courier, context| {
                    courier.timers.remove(&to);
                    courier.work_on(to, Urgency::InTurn, context);
                });
                self.timers.insert(destination, timer);
            }
        }
        while self.at_work.len() < self.settings.concurrency {
            let Some(next) = self.waiting.pop_front() else { break };
            self.work_on(next, Urgency::InTurn, context);
        }
    }

    /// Looks through the outbox for queues that are due.
    fn sweep(&mut self, context: &mut Context<Self>) {
        let reader = self.links.reader.clone();
        let look = async move {
            let read = reader.read(|connection| {
                let courtesies = [acknowledgements::authors(connection)?, event_outbox::destinations(connection)?].concat();
                Ok((outbox::destinations(connection)?, courtesies))
            });
            read.await
        };
        context.spawn(look.into_actor(self).map(|found, courier, context| match found {
            Ok((destinations, courtesies)) => {
                let now = clock::now().seconds();
                #[expect(clippy::cast_precision_loss, reason = "a setting of at most a day fits a float exactly")]
                let longest_s = (courier.settings.retry_longest_s as f64).max(HOLD_OFF.as_secs_f64());
                // No try is put off for longer than that; what seems to be was written before the clock was set back.
                let is_due = |next: Stamp| next.seconds() <= now || next.seconds() > now + longest_s;
                let due = destinations.into_iter().filter(|(_, next)| is_due(*next)).map(|(name, _)| name);
                for name in due.chain(courtesies) {
                    courier.work_on(name, Urgency::InTurn, context);
                }
            }
            Err(error) => tracing::warn!(%error, "could not look through the outbox; the next sweep will"),
        }));
    }
}

impl Actor for Courier {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Context<Self>) {
        context.set_mailbox_capacity(self.mailbox);
        let milliseconds = Duration::from_millis;
        let timeouts = Timeouts { connect: milliseconds(self.settings.connect_timeout_ms), total: milliseconds(self.settings.timeout_ms) };
        self.client = Some(PeerClient::new(timeouts));
        self.sweep(context);
        context.run_interval(SWEEP_EVERY, Self::sweep);
    }
}

/// There is something new for somebody.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Wake(pub Username);

impl Handler<Wake> for Courier {
    type Result = ();

    fn handle(&mut self, Wake(destination): Wake, context: &mut Context<Self>) {
        self.work_on(destination, Urgency::InTurn, context);
    }
}

/// Somebody is there who was not: what waits for them is worth a try at once.
#[derive(Message)]
#[rtype(result = "()")]
pub struct PeerReturned {
    /// Who.
    pub username: Username,
    /// Where, if that is another node.
    pub address: Option<SocketAddr>,
}

impl Handler<PeerReturned> for Courier {
    type Result = ();

    fn handle(&mut self, PeerReturned { username, address }: PeerReturned, context: &mut Context<Self>) {
        if let Some(Err(error)) = address.map(|address| self.links.negotiator.tell(AskAnew(address))) {
            tracing::debug!(%error, "the node of {username} is taken for what it was until its offer is old");
        }
        self.work_on(username, Urgency::AtOnce, context);
    }
}

/// It is known where everybody was last.
#[derive(Message)]
#[rtype(result = "()")]
pub struct PlacesKnown;

impl Handler<PlacesKnown> for Courier {
    type Result = ();

    fn handle(&mut self, _: PlacesKnown, context: &mut Context<Self>) {
        // Work that is going on may have found nobody, since nothing was known: it is begun again after that.
        self.sweep(context);
    }
}
