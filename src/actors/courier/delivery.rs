//! One task of the courier: empties the queue of one addressee, oldest message first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::CourierLinks;
use crate::actors::database::Write;
use crate::actors::event::Event;
use crate::actors::node::{Announce, Arrived};
use crate::actors::presence::{Place, WhereIs};
use crate::config::CourierSettings;
use crate::db::DbError;
use crate::db::queries::messages::{self, StoredMessage};
use crate::db::queries::outbox::{self, Waiting};
use crate::domain::clock;
use crate::domain::message::Content;
use crate::domain::receipt::Receipt;
use crate::domain::retry::Backoff;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;
use crate::peers::node::{Outcome, PeerClient};

/// How long to leave a queue alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// It is empty, or its addressee is away: until something happens.
    UntilWoken,
    /// The peer failed: this long.
    For(Duration),
}

/// A pause after trouble of our own, such as a full disk.
const OWN_TROUBLE: Pause = Pause::For(Duration::from_secs(5));

pub(super) struct Deliverer {
    links: CourierLinks,
    client: PeerClient,
    settings: CourierSettings,
}

impl Deliverer {
    pub(super) fn new(links: CourierLinks, client: PeerClient, settings: CourierSettings) -> Self {
        Self { links, client, settings }
    }

    /// Delivers until nothing waits, or until something stands in the way.
    pub(super) async fn empty_queue_of(&self, destination: &Username) -> Pause {
        loop {
            match self.deliver_oldest(destination).await {
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
            Place::At { address, .. } => self.send(&waiting, address).await,
            Place::Away if self.is_too_old(&waiting) => {
                self.give_up(&waiting.message, "they were not there for too long").await.map(|()| None)
            }
            Place::Away => Ok(Some(Pause::UntilWoken)),
        }
    }

    /// The addressee is logged in on this very node, whose disk has the message already.
    async fn hand_over(&self, message: &StoredMessage) -> Result<(), DbError> {
        if self.links.node.try_send(Arrived(Arc::new(message.clone()))).is_err() {
            tracing::warn!(user = %message.destination, "the node is too busy for a message; pages show it at their next load");
        }
        self.settle(message, Receipt::Delivered, None).await
    }

    async fn send(&self, waiting: &Waiting, address: SocketAddr) -> Result<Option<Pause>, DbError> {
        let message = &waiting.message;
        let bytes = match &message.content {
            Content::File(file) => {
                let (files, sha256) = (self.links.files.clone(), file.sha256.clone());
                let read = actix_web::web::block(move || files.read(&sha256)).await.map_err(|_| DbError::Panicked)?;
                match read {
                    Ok(bytes) => Some(bytes),
                    Err(DbError::File(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                        return self.give_up(message, "the file is no longer on this node").await.map(|()| None);
                    }
                    Err(error) => return Err(error),
                }
            }
            Content::Text { .. } => None,
        };
        match self.client.deliver(address, message, bytes).await {
            Outcome::Taken => self.settle(message, Receipt::Delivered, None).await.map(|()| None),
            Outcome::Held => self.postpone(waiting, "they have left that node, which holds the message for them").await.map(Some),
            Outcome::Refused(reason) => self.give_up(message, &reason).await.map(|()| None),
            Outcome::TryAgain(reason) if self.is_too_old(waiting) => self.give_up(message, &reason).await.map(|()| None),
            Outcome::TryAgain(reason) => self.postpone(waiting, &reason).await.map(Some),
        }
    }

    fn is_too_old(&self, waiting: &Waiting) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "hours fit a float exactly")]
        let longest_s = self.settings.give_up_after_h as f64 * 3600.0;
        clock::now().seconds() - waiting.queued_at.seconds() > longest_s
    }

    async fn give_up(&self, message: &StoredMessage, reason: &str) -> Result<(), DbError> {
        tracing::info!(message = %message.id, to = %message.destination, reason, "gave up on a message: {reason}");
        self.settle(message, Receipt::Failed, Some(reason.to_owned())).await
    }

    /// Takes a message out of the outbox with its receipt, on disk first, then tells the sender.
    async fn settle(&self, message: &StoredMessage, receipt: Receipt, failure: Option<String>) -> Result<(), DbError> {
        let seq = message.seq;
        let write = Write::new(move |connection| {
            outbox::remove(connection, seq)?;
            messages::advance_receipt(connection, seq, receipt, failure.as_deref(), clock::now())
        });
        let settled = self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        if let Some(message) = settled {
            self.tell(&message.sender, Event::receipt(&message));
        }
        Ok(())
    }

    async fn postpone(&self, waiting: &Waiting, reason: &str) -> Result<Pause, DbError> {
        let backoff = Backoff {
            first: Duration::from_millis(self.settings.retry_first_ms),
            longest: Duration::from_secs(self.settings.retry_longest_s),
        };
        let wait = backoff.wait(waiting.attempts + 1, rand::random());
        let (seq, to, reason) = (waiting.message.seq, &waiting.message.destination, reason.to_owned());
        tracing::info!(%to, attempt = waiting.attempts + 1, retry_in_ms = wait.as_millis(), reason, "could not reach {to}, will retry: {reason}");
        let next = Stamp::from_seconds(clock::now().seconds() + wait.as_secs_f64()).unwrap_or_else(|_| clock::now());
        let write = Write::new(move |connection| outbox::postpone(connection, seq, next, &reason));
        self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        Ok(Pause::For(wait))
    }

    fn tell(&self, user: &Username, event: Event) {
        if self.links.node.try_send(Announce { to: user.clone(), event }).is_err() {
            tracing::warn!(%user, "the node is too busy for news of a delivery; pages show it at their next load");
        }
    }
}
