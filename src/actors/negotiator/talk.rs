//! The calls that find out how to speak with a node: its offer, a key that is not listed, and a handshake under the strongest standard, then the
//! next lower one, until one works.

use std::time::{Duration, Instant};

use super::Negotiate;
use super::standing::{Standing, Step, Way};
use crate::peers::CallError;
use crate::peers::node::{AskError, PeerClient, ToldOffer};
use crate::protocol::encryption::Encryption;
use crate::protocol::rsa_key::PublicKey;

/// A key, unless it is none.
pub(super) fn usable(key: Option<&str>) -> Option<&str> {
    key.filter(|key| PublicKey::parse(key).is_ok())
}

/// What talking with a node has led to.
pub(super) struct Found {
    pub(super) standing: Standing,
    pub(super) encryption: Encryption,
    pub(super) key: Option<String>,
}

/// The calls that find out how to speak with a node.
pub(super) struct Talk {
    client: PeerClient,
    request: Negotiate,
    age: Duration,
    /// Calls made so far.
    pub(super) calls: usize,
}

impl Talk {
    pub(super) fn new(client: PeerClient, request: Negotiate, age: Duration) -> Self {
        Self { client, request, age, calls: 0 }
    }

    /// Asks for the offer where it is due, and proves the strongest standard that works.
    pub(super) async fn find_out(&mut self, known: Option<Standing>) -> Result<Found, AskError> {
        let mut standing = match known {
            Some(standing) if !standing.is_due(Instant::now()) => standing,
            before => self.ask_for_offer(before).await?,
        };
        let destination = self.request.destination.clone();
        let listed = usable(self.request.key.as_deref());
        if listed.is_none() && standing.lacks_key_of(&destination) {
            let key = self.ask_for_key().await?;
            standing.note_key(destination.clone(), key);
        }
        let listed = usable(self.request.key.as_deref());
        let key = listed.or_else(|| standing.told_key(&destination)).map(str::to_owned);
        loop {
            match standing.next_step(self.request.load, key.as_deref()) {
                Step::Write(encryption) => return Ok(Found { standing, encryption, key }),
                Step::Prove(way) => self.prove(&mut standing, way).await?,
            }
        }
    }

    async fn ask_for_offer(&mut self, before: Option<Standing>) -> Result<Standing, AskError> {
        self.calls += 1;
        match self.client.offer(self.request.address).await {
            Ok(ToldOffer { offer, is_kith }) => Ok(Standing::told(offer, is_kith, Instant::now(), self.age)),
            Err(error) => {
                if_there(error)?;
                Ok(Standing::untold(before, Instant::now()))
            }
        }
    }

    async fn ask_for_key(&mut self) -> Result<Option<String>, AskError> {
        self.calls += 1;
        match self.client.public_key(self.request.address, &self.request.destination, &self.request.sender).await {
            Ok(key) => Ok(Some(key).filter(|key| PublicKey::parse(key).is_ok())),
            Err(error) => if_there(error).map(|()| None),
        }
    }

    async fn prove(&mut self, standing: &mut Standing, way: Way) -> Result<(), AskError> {
        self.calls += 1;
        let key = way.key.as_deref().and_then(|key| PublicKey::parse(key).ok());
        let Negotiate { address, sender, destination, .. } = &self.request;
        match self.client.handshake(*address, (sender, destination), (way.encryption, key)).await {
            Ok(works) => {
                if !works {
                    let standard = way.encryption.number();
                    tracing::info!(peer = %address, standard, "{address} lists encryption {standard} and failed a handshake under it; doing without");
                }
                standing.note(way, works);
            }
            Err(AskError::NotNow) => return Err(AskError::NotNow),
            Err(error) => {
                if_there(error)?;
                standing.note_unanswered(way, Instant::now());
            }
        }
        Ok(())
    }
}

/// Of a node that is not there nothing can be said; one that is there and does not answer is a node without that call.
fn if_there(error: AskError) -> Result<(), AskError> {
    if matches!(error, AskError::Call(CallError::Unreachable(..))) { Err(error) } else { Ok(()) }
}
