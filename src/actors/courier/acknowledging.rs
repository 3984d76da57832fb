//! Telling the author's node that a message has been read here.
//!
//! That is a courtesy: it is tried while the node is there, left out where the node has no such call, and never keeps a message waiting. What
//! does not go now is tried at the courier's next sweep.

use std::net::SocketAddr;

use super::delivery::Deliverer;
use crate::actors::database::Write;
use crate::actors::negotiator::{HoldOff, TakeTurn, Turn};
use crate::actors::presence::{Place, WhereIs};
use crate::db::DbError;
use crate::db::queries::acknowledgements::{self, Owed};
use crate::domain::username::Username;
use crate::peers::verdict::Outcome;
use crate::protocol::hashing::Hashing;
use crate::protocol::list_api::Call;
use crate::protocol::outgoing::SentHash;

/// Whether there is more to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// The acknowledgement is out of the queue; there may be another one.
    MayBeMore,
    /// None is left, or none can go now.
    Later,
}

impl Deliverer {
    /// Sends the oldest acknowledgement that is owed to `author`.
    pub(super) async fn acknowledge_oldest(&self, author: &Username) -> Result<Rest, DbError> {
        let name = author.clone();
        let Some(owed) = self.links.reader.read(move |connection| acknowledgements::oldest(connection, &name)).await? else {
            return Ok(Rest::Later);
        };
        if self.is_too_old(owed.queued_at) {
            return self.forget(&owed).await;
        }
        match self.links.presence.ask(WhereIs(author.clone())).await {
            Ok(Place::Here | Place::Barred) => self.forget(&owed).await,
            Ok(Place::At { address, .. }) => self.acknowledge(author, &owed, address).await,
            Ok(Place::Away) | Err(_) => Ok(Rest::Later),
        }
    }

    async fn acknowledge(&self, author: &Username, owed: &Owed, address: SocketAddr) -> Result<Rest, DbError> {
        match self.links.negotiator.ask(TakeTurn { address, call: Call::Acknowledge }).await {
            Ok(Turn::Now) => {}
            Ok(Turn::NotOffered) => return self.forget(owed).await,
            Ok(Turn::Later) | Err(_) => return Ok(Rest::Later),
        }
        let hashing = Hashing::from_number(owed.hashing.into()).unwrap_or_default();
        let hash = SentHash { hashing, hash: owed.hash.clone() };
        match self.client.acknowledge(address, author, &owed.stamp_text, &hash).await {
            Outcome::HoldOff(_) => {
                self.tell_negotiator(HoldOff(address));
                Ok(Rest::Later)
            }
            Outcome::TryAgain(reason) => {
                tracing::debug!(to = %author, reason, "could not tell {author} that a message was read: {reason}");
                Ok(Rest::Later)
            }
            // Whatever else was answered, it would be answered again.
            _ => self.forget(owed).await,
        }
    }

    async fn forget(&self, owed: &Owed) -> Result<Rest, DbError> {
        let seq = owed.seq;
        let write = Write::new(move |connection| acknowledgements::remove(connection, seq));
        self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        Ok(Rest::MayBeMore)
    }
}
