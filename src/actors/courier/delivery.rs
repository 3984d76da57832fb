//! One task of the courier: empties the queue of one addressee, oldest message first, then what is to be acknowledged to them, then invitations
//! and answers to theirs.

use std::sync::Arc;
use std::time::Duration;

use super::CourierLinks;
use super::acknowledging::Rest;
use crate::actors::database::Write;
use crate::actors::event::Event;
use crate::actors::negotiator::Negotiator;
use crate::actors::node::{Announce, Arrived};
use crate::actors::presence::{Place, WhereIs};
use crate::config::{CourierSettings, RelaySettings};
use crate::crash::{self, Point};
use crate::db::DbError;
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::outbox::{self, Waiting};
use crate::domain::clock;
use crate::domain::receipt::Receipt;
use crate::domain::retry::Backoff;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::peers::node::PeerClient;

/// How long to leave a queue alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// It is empty, or its addressee is away: until something happens.
    UntilWoken,
    /// The peer failed: this long.
    For(Duration),
}

/// A pause after trouble of our own, such as a full disk.
pub(super) const OWN_TROUBLE: Pause = Pause::For(Duration::from_secs(5));

/// Failed tries at a node that should be there, after which others are asked to hold what is for it.
const TRIES_BEFORE_RELAY: u32 = 2;

pub(super) struct Deliverer {
    pub(super) links: CourierLinks,
    pub(super) client: PeerClient,
    pub(super) relay: RelaySettings,
    settings: CourierSettings,
}

impl Deliverer {
    pub(super) fn new(links: CourierLinks, client: PeerClient, settings: CourierSettings, relay: RelaySettings) -> Self {
        Self { links, client, relay, settings }
    }

    /// Delivers, acknowledges what was read, and tells of events, until nothing waits, or until something stands in the way.
    pub(super) async fn empty_queue_of(&self, destination: &Username) -> Pause {
        loop {
            let step = match self.deliver_oldest(destination).await {
                Ok(Some(Pause::UntilWoken)) => match self.acknowledge_oldest(destination).await {
                    Ok(Rest::MayBeMore) => Ok(None),
                    Ok(Rest::Later) => self.tell_of_events(destination).await.map(|()| Some(Pause::UntilWoken)),
                    Err(error) => Err(error),
                },
                step => step,
            };
            match step {
                Ok(None) => {}
                Ok(Some(pause)) => return pause,
                Err(error) => {
                    tracing::warn!(user = %destination, %error, "could not work on the outbox for {destination}, will again");
                    return OWN_TROUBLE;
                }
            }
        }
    }

    /// Tries the oldest message. `None` when it is out of the queue, so that the next can go.
    async fn deliver_oldest(&self, destination: &Username) -> Result<Option<Pause>, DbError> {
        let name = destination.clone();
        let Some(waiting) = self.links.reader.read(move |connection| outbox::oldest(connection, &name)).await? else {
            return Ok(Some(Pause::UntilWoken));
        };
        let Ok(place) = self.links.presence.ask(WhereIs(destination.clone())).await else { return Ok(Some(OWN_TROUBLE)) };
        match place {
            Place::Here => self.hand_over(&waiting.message).await.map(|()| None),
            Place::At { address, public_key } => {
                let sent = self.send(&waiting, address, public_key).await?;
                if matches!(sent, Some(Pause::For(_))) && waiting.attempts >= TRIES_BEFORE_RELAY {
                    self.deposit_all(destination).await?;
                }
                Ok(sent)
            }
            Place::Barred => {
                let reason = "the operator of this node wants nothing to do with them or their node";
                self.give_up(&waiting.message, reason).await.map(|()| None)
            }
            Place::Away if self.is_too_old(waiting.queued_at) => {
                self.give_up(&waiting.message, "they were not there for too long").await.map(|()| None)
            }
            Place::Away => self.deposit_all(destination).await.map(|()| Some(Pause::UntilWoken)),
        }
    }

    /// The addressee is logged in on this very node, whose disk has the message already.
    async fn hand_over(&self, message: &StoredMessage) -> Result<(), DbError> {
        if self.links.node.try_send(Arrived(vec![Arc::new(message.clone())])).is_err() {
            tracing::warn!(user = %message.destination, "the node is too busy for a message; pages show it at their next load");
        }
        self.settle(message, Receipt::Delivered, None).await
    }

    /// Leaves a message for another time, at the earliest after `at_least`, or gives it up when it is too old.
    pub(super) async fn try_later(&self, waiting: &Waiting, reason: &str, at_least: Duration) -> Result<Option<Pause>, DbError> {
        if self.is_too_old(waiting.queued_at) {
            return self.give_up(&waiting.message, reason).await.map(|()| None);
        }
        self.postpone(waiting, reason, at_least).await.map(Some)
    }

    pub(super) fn is_too_old(&self, since: Stamp) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "hours fit a float exactly")]
        let longest_s = self.settings.give_up_after_h as f64 * 3600.0;
        clock::now().seconds() - since.seconds() > longest_s
    }

    pub(super) async fn give_up(&self, message: &StoredMessage, reason: &str) -> Result<(), DbError> {
        tracing::info!(message = %message.id, to = %message.destination, reason, "gave up on a message: {reason}");
        self.settle(message, Receipt::Failed, Some(reason.to_owned())).await
    }

    /// Takes a message out of the outbox with its receipt, on disk first, then tells the sender.
    pub(super) async fn settle(&self, message: &StoredMessage, receipt: Receipt, failure: Option<String>) -> Result<(), DbError> {
        let seq = message.seq;
        let write = Write::new(move |connection| outbox::settle(connection, seq, receipt, failure.as_deref(), clock::now()));
        let settled = self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        crash::reach(Point::BeforePush);
        if let Some(message) = settled {
            self.links.metrics.came_to(receipt, clock::now().seconds() - message.stamp.seconds());
            self.tell(&message.sender, Event::receipt(&message));
        }
        Ok(())
    }

    async fn postpone(&self, waiting: &Waiting, reason: &str, at_least: Duration) -> Result<Pause, DbError> {
        let backoff = Backoff {
            first: Duration::from_millis(self.settings.retry_first_ms),
            longest: Duration::from_secs(self.settings.retry_longest_s),
        };
        let wait = backoff.wait(waiting.attempts + 1, rand::random()).max(at_least);
        let (seq, to, reason) = (waiting.message.seq, &waiting.message.destination, reason.to_owned());
        tracing::info!(%to, attempt = waiting.attempts + 1, retry_in_ms = wait.as_millis(), reason, "could not reach {to}, will retry: {reason}");
        let next = Stamp::from_seconds(clock::now().seconds() + wait.as_secs_f64()).unwrap_or_else(|_| clock::now());
        let write = Write::new(move |connection| outbox::postpone(connection, seq, next, &reason));
        self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        Ok(Pause::For(wait))
    }

    /// Lets the negotiator know what came of its terms. If it is too busy to listen, it learns the same from the next try.
    pub(super) fn tell_negotiator<M>(&self, message: M)
    where
        M: actix::Message + Send + 'static,
        M::Result: Send,
        Negotiator: actix::Handler<M>,
        actix::Context<Negotiator>: actix::dev::ToEnvelope<Negotiator, M>,
    {
        if let Err(error) = self.links.negotiator.tell(message) {
            tracing::debug!(%error, "could not tell what came of a try; the next one will");
        }
    }

    pub(super) fn tell(&self, user: &Username, event: Event) {
        if self.links.node.try_send(Announce { to: user.clone(), event }).is_err() {
            tracing::warn!(%user, "the node is too busy for news of a delivery; pages show it at their next load");
        }
    }
}
