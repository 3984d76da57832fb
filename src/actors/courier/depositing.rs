//! Leaving messages with other nodes while their addressee is away (protocol section 7).
//!
//! A few nodes are asked, not all: rendezvous hashing over those that are online and list `/retrieveMessages`, so that everybody chooses the
//! same few for one addressee. When holders go offline, others are asked in their place. A holder's yes makes a message *relayed*; it
//! stays in the outbox, and becomes *delivered* only when the addressee's own node has it.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::delivery::Deliverer;
use crate::actors::database::Write;
use crate::actors::event::Event;
use crate::actors::negotiator::{TakeTurn, Turn};
use crate::actors::presence::NodesOnline;
use crate::db::DbError;
use crate::db::queries::messages::StoredMessage;
use crate::db::queries::outbox::{self, Deposited};
use crate::domain::clock;
use crate::domain::message::Content;
use crate::domain::receipt::Receipt;
use crate::domain::relay;
use crate::domain::username::Username;
use crate::peers::verdict::Outcome;
use crate::peers::writing::{self, Manner};
use crate::protocol::list_api::Call;

/// Messages that are looked at in one go; the next sweep goes on.
const AT_ONCE: usize = 200;

impl Deliverer {
    /// Sees to it that what waits for `destination` is held by as many other nodes as the settings say.
    pub(super) async fn deposit_all(&self, destination: &Username) -> Result<(), DbError> {
        let Ok(nodes) = self.links.presence.ask(NodesOnline { besides: destination.clone() }).await else { return Ok(()) };
        let wanted = if self.relay.offer_to_everybody { nodes.len() } else { self.relay.copies.min(nodes.len()) };
        let name = destination.clone();
        let waiting = self.links.reader.read(move |connection| outbox::deposits(connection, &name, AT_ONCE)).await?;
        let ranked = relay::choose(destination, &nodes);
        let mut holders = Holders { known: HashMap::new() };
        for Deposited { message, mut relays } in waiting {
            relays.retain(|holder| nodes.contains(holder));
            if relays.len() < wanted && self.top_up(&message, &mut relays, &ranked, wanted, &mut holders).await? {
                self.note_relayed(&message, &relays).await?;
            }
        }
        Ok(())
    }

    /// Asks more nodes to hold `message`, best first, until enough do. Says whether any took it.
    async fn top_up(
        &self,
        message: &StoredMessage,
        relays: &mut Vec<SocketAddr>,
        ranked: &[SocketAddr],
        wanted: usize,
        holders: &mut Holders,
    ) -> Result<bool, DbError> {
        let before = relays.len();
        for candidate in ranked {
            if relays.len() >= wanted {
                break;
            }
            let is_new = !relays.contains(candidate);
            if is_new && holders.can_hold(self, *candidate).await && self.deposit(message, *candidate).await? {
                relays.push(*candidate);
            }
        }
        Ok(relays.len() > before)
    }

    /// Brings a copy, in clear and without a hash, as every node can hand it on.
    async fn deposit(&self, message: &StoredMessage, with: SocketAddr) -> Result<bool, DbError> {
        let turn = self.links.negotiator.ask(TakeTurn { address: with, call: Call::RetrieveMessages }).await;
        if turn != Ok(Turn::Now) {
            return Ok(false);
        }
        let bytes = match &message.content {
            Content::File(file) => self.read_file(&file.sha256).await?,
            Content::Text { .. } => None,
        };
        let Ok(written) = writing::write(message, bytes, Manner::default()).await else { return Ok(false) };
        Ok(matches!(self.client.deliver(with, written).await, Outcome::Held | Outcome::Taken))
    }

    async fn note_relayed(&self, message: &StoredMessage, relays: &[SocketAddr]) -> Result<(), DbError> {
        let (seq, relays) = (message.seq, relays.to_vec());
        let write = Write::new(move |connection| outbox::relayed(connection, seq, &relays, clock::now()));
        let noted = self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        if let Some(message) = noted {
            self.links.metrics.came_to(Receipt::Relayed, clock::now().seconds() - message.stamp.seconds());
            self.tell(&message.sender, Event::receipt(&message));
        }
        Ok(())
    }
}

/// Which nodes hold messages for others, as far as it was found out in this run.
struct Holders {
    known: HashMap<SocketAddr, bool>,
}

impl Holders {
    async fn can_hold(&mut self, deliverer: &Deliverer, node: SocketAddr) -> bool {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let told = deliverer.client.offer(node).await;
        let can_hold = told.is_ok_and(|told| told.offer.calls.contains(&Call::RetrieveMessages));
        self.known.insert(node, can_hold);
        can_hold
    }
}
