//! Telling other nodes of events: invitations to the guests' nodes, and answers to the hosts'.
//!
//! As with acknowledgements, what does not go now is tried at the courier's next sweep, and when its addressee returns; none of it keeps a
//! message waiting. It goes under the same standard as a message would, and only to nodes that list the call.

use std::net::SocketAddr;

use super::delivery::Deliverer;
use crate::actors::database::Write;
use crate::actors::event::Event;
use crate::actors::negotiator::{HasCall, HoldOff, Load, Lower, Negotiate, Terms};
use crate::actors::presence::{Place, WhereIs};
use crate::db::DbError;
use crate::db::queries::event_outbox::{self, Waiting};
use crate::domain::clock;
use crate::domain::event::Progress;
use crate::domain::username::Username;
use crate::peers::verdict::Outcome;
use crate::peers::writing;
use crate::protocol::encryption::Encryption;
use crate::protocol::list_api::Call;
use crate::protocol::outgoing::{self, Outgoing, SentEvent};

/// Tries in a row, at most: each standard of encryption once.
const MOST_TRIES: usize = Encryption::ALL.len();

/// Things of one addressee, at most, that may be put off before the rest is left for another time as well: a node that is slow to say no is not
/// to be asked again and again.
const MOST_SKIPPED: usize = 3;

/// What became of a try.
enum Tried {
    /// It is out of the queue.
    Settled(Progress, Option<String>),
    /// It stays for another time; there is no use in going on with the rest.
    Later,
    /// It stays for another time, for a reason that is its own.
    Skipped,
}

/// Who is named as the sender of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The guest, as E and N have it.
    Guest,
    /// The host, as T has it.
    Host,
}

impl Deliverer {
    /// Brings what there is to say of events to the node of `destination`, oldest first, as long as it can be reached.
    pub(super) async fn tell_of_events(&self, destination: &Username) -> Result<(), DbError> {
        let (mut after, mut skipped) = (0, 0);
        while skipped < MOST_SKIPPED {
            let name = destination.clone();
            let Some(waiting) = self.links.reader.read(move |connection| event_outbox::next(connection, &name, after)).await? else {
                return Ok(());
            };
            after = waiting.seq;
            match self.tell_of_event(destination, &waiting).await {
                Tried::Settled(progress, failure) => self.settle_event(&waiting, progress, failure).await?,
                Tried::Skipped => skipped += 1,
                Tried::Later => return Ok(()),
            }
        }
        Ok(())
    }

    async fn tell_of_event(&self, destination: &Username, waiting: &Waiting) -> Tried {
        match self.links.presence.ask(WhereIs(destination.clone())).await {
            // They have come to this node since, and see here what they are invited to.
            Ok(Place::Here) if waiting.event.made_here => Tried::Settled(Progress::Delivered, None),
            _ if waiting.event.made_here && waiting.event.details.end < clock::now() && waiting.event.details.end > waiting.queued_at => {
                failed("the event was over before their node could be reached")
            }
            _ if self.is_too_old(waiting.queued_at) => failed("their node could not be reached for too long"),
            Ok(Place::At { address, public_key }) => self.bring(waiting, address, public_key).await,
            Ok(Place::Barred) => failed("the operator of this node wants nothing to do with them or their node"),
            Ok(Place::Here | Place::Away) | Err(_) => Tried::Later,
        }
    }

    async fn bring(&self, waiting: &Waiting, address: SocketAddr, key: Option<String>) -> Tried {
        let call = if waiting.event.made_here { Call::ReceiveEvent } else { Call::AcknowledgeEvent };
        let mut reading = Reading::Guest;
        for _ in 0..=MOST_TRIES {
            let manner = match self.event_terms(waiting, address, key.clone()).await {
                Some(Terms::Agreed(manner)) => manner,
                Some(Terms::TooWeak(reason)) => return Tried::Settled(Progress::Failed, Some(reason)),
                Some(Terms::Wait(_) | Terms::NotNow(_)) | None => return Tried::Later,
            };
            match self.links.negotiator.ask(HasCall { address, call }).await {
                Ok(Some(true)) => {}
                Ok(Some(false)) => return failed("their node knows no events"),
                Ok(None) | Err(_) => return Tried::Later,
            }
            let Some(body) = body(waiting, reading) else { return failed("there is no answer to bring") };
            let outcome = match writing::seal(body, &manner).await {
                Ok(body) => self.client.tell_of_event(address, call, body, manner.encryption).await,
                Err(writing::WriteError::Seal(_)) => Outcome::OtherEncryption,
                Err(error) => Outcome::TryAgain(error.to_string()),
            };
            match outcome {
                Outcome::Taken => return Tried::Settled(Progress::Delivered, None),
                Outcome::OtherEncryption => {
                    self.tell_negotiator(Lower { address, encryption: manner.encryption, key: manner.key });
                }
                // T takes the host for the sender of an answer, and knows of no event of the guest.
                Outcome::Refused(_) if call == Call::AcknowledgeEvent && reading == Reading::Guest => reading = Reading::Host,
                Outcome::Refused(reason) => return Tried::Settled(Progress::Failed, Some(reason)),
                Outcome::HoldOff(_) => {
                    self.tell_negotiator(HoldOff(address));
                    return Tried::Later;
                }
                Outcome::Held | Outcome::TryAgain(_) | Outcome::OtherHashing | Outcome::WithoutHash => return Tried::Skipped,
            }
        }
        Tried::Skipped
    }

    async fn event_terms(&self, waiting: &Waiting, address: SocketAddr, key: Option<String>) -> Option<Terms> {
        let (host, guest) = (waiting.event.host.clone(), waiting.guest.username.clone());
        let (sender, destination) = if waiting.event.made_here { (host, guest) } else { (guest, host) };
        let load = Load::Text(waiting.event.details.longest_text());
        self.links.negotiator.ask(Negotiate { address, key, sender, destination, load }).await.ok()
    }

    /// Takes it out of the queue, on disk first, then tells the user here whose it is.
    async fn settle_event(&self, waiting: &Waiting, progress: Progress, failure: Option<String>) -> Result<(), DbError> {
        let seq = waiting.seq;
        let write = Write::new(move |connection| event_outbox::settle(connection, seq, progress, failure.as_deref()));
        let settled = self.links.database.ask(write).await.map_err(|_| DbError::NotRunning)??;
        if let Some(id) = settled {
            let whose = if waiting.event.made_here { &waiting.event.host } else { &waiting.guest.username };
            self.tell(whose, Event::Event { id: id.to_string() });
        }
        Ok(())
    }
}

fn failed(reason: &str) -> Tried {
    Tried::Settled(Progress::Failed, Some(reason.to_owned()))
}

/// The body of the call; `None` for an answer that was never given.
fn body(waiting: &Waiting, reading: Reading) -> Option<Outgoing> {
    let Waiting { event, guest, .. } = waiting;
    let details = &event.details;
    if event.made_here {
        let sent = SentEvent {
            name: &details.name,
            description: &details.description,
            location: &details.location,
            picture: &details.picture,
            start: details.start,
            end: details.end,
            markup: details.markup,
        };
        return Some(outgoing::receive_event(&event.host, &guest.username, sent));
    }
    let sender = if reading == Reading::Host { &event.host } else { &guest.username };
    Some(outgoing::acknowledge_event(sender, &event.host, &details.name, &event.start_text, guest.attendance?))
}
