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
}

/// The owner of deliveries.
pub struct Courier {
    settings: CourierSettings,
    relay: RelaySettings,
    mailbox: usize,
    links: CourierLinks,
    client: Option<PeerClient>,
    at_work: HashSet<Username>,
    woken_meanwhile: HashSet<Username>,
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
            woken_meanwhile: HashSet::new(),
            waiting: VecDeque::new(),
            timers: HashMap::new(),
        }
    }

    /// Works on the queue of `destination` now, or as soon as a task is free.
    fn work_on(&mut self, destination: Username, context: &mut Context<Self>) {
        if let Some(timer) = self.timers.remove(&destination) {
            context.cancel_future(timer);
        }
        if self.at_work.contains(&destination) {
            self.woken_meanwhile.insert(destination);
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
        if self.woken_meanwhile.remove(&destination) {
            self.waiting.push_back(destination);
        } else if let Pause::For(wait) = pause {
            let to = destination.clone();
            let timer = context.run_later(wait, move |courier, context| {
                courier.timers.remove(&to);
                courier.work_on(to, context);
            });
            self.timers.insert(destination, timer);
        }
        if let Some(next) = self.waiting.pop_front() {
            self.work_on(next, context);
        }
    }

    /// Looks through the outbox for queues that are due and that nobody works on.
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
                    let idle = !courier.at_work.contains(&name) && !courier.timers.contains_key(&name);
                    if idle {
                        courier.work_on(name, context);
                    }
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
        // While a try is due later, a new message waits its turn behind the one that failed.
        if !self.timers.contains_key(&destination) {
            self.work_on(destination, context);
        }
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
        self.work_on(username, context);
    }
}

/// It is known where everybody was last.
#[derive(Message)]
#[rtype(result = "()")]
pub struct PlacesKnown;

impl Handler<PlacesKnown> for Courier {
    type Result = ();

    fn handle(&mut self, _: PlacesKnown, context: &mut Context<Self>) {
        // A first look that is still going on had nowhere to send to: work that finds nobody ends soon, and is begun again after it.
        self.sweep(context);
    }
}
