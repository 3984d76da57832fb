//! Sending one message to another node, in the manner that is agreed with it.
//!
//! A refusal for its manner is not the end of a message: it goes again at once with the next lower encryption (9, or 1 with a word about
//! a key), another hashing (10), or no hash (7: some nodes hash what they have made of the text). Each of these happens at most once for
//! each standard, so it ends.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::web::Bytes;

use super::delivery::{Deliverer, OWN_TROUBLE, Pause};
use crate::actors::database::Write;
use crate::actors::negotiator::{HoldOff, Load, Lower, LowerHashing, Negotiate, Terms};
use crate::crash::{self, Point};
use crate::db::DbError;
use crate::db::queries::messages::{self, StoredMessage};
use crate::db::queries::outbox::Waiting;
use crate::domain::message::Content;
use crate::domain::receipt::Receipt;
use crate::peers::verdict::Outcome;
use crate::peers::writing::{self, Manner, WriteError, Written};
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;

/// Tries in a row, at most: each standard of encryption and of hashing once, and once without a hash.
const MOST_TRIES: usize = 11;

/// How long a node is left alone that says that it has had too many calls (11): the nodes of 2017 that count do so for half a minute.
pub(super) const HOLD_OFF: Duration = Duration::from_secs(30);

/// What is remembered between the tries.
struct Attempt {
    /// The content of the file, once it is read.
    bytes: Option<Bytes>,
    /// Whether to send a hash along.
    hashed: bool,
    /// Whether another manner than clear text without a hash is noted on the message.
    noted: bool,
}

/// What one try has led to.
enum Tried {
    /// The message is out of the queue, or the queue rests.
    Done(Option<Pause>),
    /// It can go again in another manner.
    Again,
}

impl Deliverer {
    /// Sends a message. `None` when it is out of the queue.
    pub(super) async fn send(&self, waiting: &Waiting, address: SocketAddr, key: Option<String>) -> Result<Option<Pause>, DbError> {
        let message = &waiting.message;
        let mut attempt = Attempt { bytes: None, hashed: true, noted: message.encryption != 0 };
        for _ in 0..MOST_TRIES {
            let mut manner = match self.terms(message, address, key.clone()).await {
                Some(Terms::Agreed(manner)) => manner,
                Some(Terms::Wait(wait)) => return Ok(Some(Pause::For(wait))),
                Some(Terms::NotNow(reason)) => return self.try_later(waiting, &reason, Duration::ZERO).await,
                Some(Terms::TooWeak(reason)) => return self.give_up(message, &reason).await.map(|()| None),
                None => return Ok(Some(OWN_TROUBLE)),
            };
            if !attempt.hashed {
                manner.hashing = Hashing::None;
            }
            if let (Content::File(file), None) = (&message.content, &attempt.bytes) {
                let Some(read) = self.read_file(&file.sha256).await? else {
                    return self.give_up(message, "the file is no longer on this node").await.map(|()| None);
                };
                attempt.bytes = Some(read);
            }
            match self.try_in(waiting, address, manner, &mut attempt).await? {
                Tried::Done(pause) => return Ok(pause),
                Tried::Again => {}
            }
        }
        self.try_later(waiting, "their node takes no manner of writing that it lists", Duration::ZERO).await
    }

    async fn terms(&self, message: &StoredMessage, address: SocketAddr, key: Option<String>) -> Option<Terms> {
        let load = match &message.content {
            Content::Text { text, .. } => Load::Text(text.len()),
            Content::File(_) => Load::File,
        };
        let (sender, destination) = (message.sender.clone(), message.destination.clone());
        self.links.negotiator.ask(Negotiate { address, key, sender, destination, load }).await.ok()
    }

    /// The content of a file; `None` when it is no longer there.
    pub(super) async fn read_file(&self, sha256: &str) -> Result<Option<Bytes>, DbError> {
        let (files, sha256) = (self.links.files.clone(), sha256.to_owned());
        match actix_web::web::block(move || files.read(&sha256)).await.map_err(|_| DbError::Panicked)? {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(DbError::File(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn try_in(&self, waiting: &Waiting, address: SocketAddr, manner: Manner, attempt: &mut Attempt) -> Result<Tried, DbError> {
        let message = &waiting.message;
        let written = match writing::write(message, attempt.bytes.clone(), manner.clone()).await {
            Ok(written) => written,
            Err(WriteError::Seal(_)) => {
                self.lower(address, &manner);
                return Ok(Tried::Again);
            }
            Err(error) => return self.try_later(waiting, &error.to_string(), Duration::ZERO).await.map(Tried::Done),
        };
        self.note_way(message, &written, attempt);
        let outcome = self.client.deliver(address, written).await;
        crash::reach(Point::AfterSend);
        Ok(Tried::Done(match outcome {
            Outcome::Taken => self.settle(message, Receipt::Delivered, None).await.map(|()| None)?,
            Outcome::Held => {
                let reason = "they have left that node, which holds the message for them";
                self.try_later(waiting, reason, Duration::ZERO).await?
            }
            Outcome::Refused(reason) => self.give_up(message, &reason).await.map(|()| None)?,
            Outcome::TryAgain(reason) => self.try_later(waiting, &reason, Duration::ZERO).await?,
            Outcome::HoldOff(reason) => {
                self.tell_negotiator(HoldOff(address));
                self.try_later(waiting, &reason, HOLD_OFF).await?
            }
            Outcome::OtherEncryption => {
                self.lower(address, &manner);
                return Ok(Tried::Again);
            }
            Outcome::OtherHashing => {
                self.tell_negotiator(LowerHashing { address, hashing: manner.hashing });
                return Ok(Tried::Again);
            }
            Outcome::WithoutHash => {
                attempt.hashed = false;
                return Ok(Tried::Again);
            }
        }))
    }

    fn lower(&self, address: SocketAddr, manner: &Manner) {
        let standard = manner.encryption.number();
        tracing::info!(peer = %address, standard, "{address} does not take encryption {standard}; doing without");
        self.tell_negotiator(Lower { address, encryption: manner.encryption, key: manner.key.clone() });
    }

    /// Notes on the message how it is about to go, so that it can be acknowledged even before its delivery is answered. Nobody waits for the
    /// disk here: the writer works in order, so whatever comes of the call comes after this.
    fn note_way(&self, message: &StoredMessage, written: &Written, attempt: &mut Attempt) {
        let Written { encryption, hash, .. } = written;
        if *encryption == Encryption::None && hash.hashing == Hashing::None && !attempt.noted {
            return;
        }
        attempt.noted = true;
        let (seq, encryption, hash) = (message.seq, encryption.number(), hash.clone());
        let note = Write::new(move |connection| messages::note_way(connection, seq, encryption, hash.hashing.number(), &hash.hash));
        if let Err(error) = self.links.database.tell(note) {
            tracing::warn!(message = %message.id, %error, "could not note how a message went; it may not be shown as read");
        }
    }
}
