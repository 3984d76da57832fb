//! Calls to other nodes (application protocol section 3). Only what brings a message is encrypted: a question has nothing to hide, and its
//! answer comes in clear whatever the question came in.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use awc::Client;
use awc::http::Uri;

use super::verdict::{Outcome, Sent, judge};
use super::writing::Written;
use super::{Answer, CallError, Timeouts, call, client};
use crate::domain::presence::Status;
use crate::domain::profile::Profile;
use crate::domain::relay::HeldCall;
use crate::domain::username::Username;
use crate::protocol::answer::{ProfileAnswer, handshake_proves, read_public_key, read_status};
use crate::protocol::encryption::Encryption;
use crate::protocol::hashing::Hashing;
use crate::protocol::list_api::{Call, Offer};
use crate::protocol::login_server::ListedUser;
use crate::protocol::login_server::list::read_list;
use crate::protocol::outgoing::{self, SentHash};
use crate::protocol::reply_code::{ReplyCode, parse_reply};
use crate::protocol::rsa_key::PublicKey;

/// Longest answer of a peer that is read: the longest profile that is kept has a few thousand bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Longest list of who is online that is taken from a node which is not the login server: a thousand people with keys.
const MAX_TOLD_LIST_BYTES: usize = 512 << 10;

/// Largest picture that is fetched.
const MAX_PICTURE_BYTES: usize = 5 << 20;

/// What somebody's node tells about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldProfile {
    /// The texts.
    pub profile: Profile,
    /// Where their picture is.
    pub picture: Option<String>,
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldOffer {
    /// The calls and standards that it lists.
    pub offer: Offer,
    /// Whether it is of our make.
    pub is_kith: bool,
}

/// A call that brought nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// There was no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// There was one, but not of the protocol.
    #[error("the answer cannot be understood")]
    NotUnderstood,
    /// The node wants no more calls for the moment.
    #[error("their node asks to wait")]
    NotNow,
    /// The picture is somewhere that must not be asked for it.
    #[error("the picture is not on the peer's own node")]
    ForbiddenPlace,
}

/// The client for other nodes.
#[derive(Clone)]
pub struct PeerClient {
    client: Client,
    timeouts: Timeouts,
}

impl PeerClient {
    /// A client that waits no longer than `timeouts`.
    #[must_use]
    pub fn new(timeouts: Timeouts) -> Self {
        Self { client: client(timeouts), timeouts }
    }

    /// Brings a message to the node at `address`.
    pub async fn deliver(&self, address: SocketAddr, written: Written) -> Outcome {
        let sent = Sent { encrypted: written.encryption != Encryption::None, hashed: written.hash.hashing != Hashing::None };
        judge(self.post(address, written.path, written.body).await, sent)
    }

    /// Tells the node of `author` that their message with this stamp and hash has been read.
    pub async fn acknowledge(&self, address: SocketAddr, author: &Username, stamp_text: &str, hash: &SentHash) -> Outcome {
        let body = outgoing::acknowledge(author, stamp_text, hash).to_json();
        judge(self.post(address, "/acknowledge", body).await, Sent::default())
    }

    /// Brings an invitation, or the answer to one, that is written under `encryption`.
    pub async fn tell_of_event(&self, address: SocketAddr, call: Call, body: String, encryption: Encryption) -> Outcome {
        let sent = Sent { encrypted: encryption != Encryption::None, hashed: false };
        judge(self.post(address, &format!("/{}", call.name()), body).await, sent)
    }

    /// Asks what a node offers. A node that answers, but not with a list, offers nothing.
    ///
    /// # Errors
    /// [`AskError`]; [`AskError::NotUnderstood`] when the node has trouble, and may tell another time.
    pub async fn offer(&self, address: SocketAddr) -> Result<ToldOffer, AskError> {
        let request = self.client.get(format!("http://{address}/listAPI"));
        let answer = call(request, Vec::new(), "their node", self.timeouts, MAX_ANSWER_BYTES).await?;
        match answer.status {
            429 | 500.. => Err(AskError::NotUnderstood),
            200..300 => Ok(ToldOffer { offer: Offer::read(&String::from_utf8_lossy(&answer.body)), is_kith: answer.is_kith }),
            // A redirection is no list either.
            _ => Ok(ToldOffer { offer: Offer::default(), is_kith: answer.is_kith }),
        }
    }

    /// Asks who is online, as `asker` (protocol section 10).
    ///
    /// # Errors
    /// [`AskError`]; few nodes have the call.
    pub async fn list(&self, address: SocketAddr, asker: &Username) -> Result<Vec<ListedUser>, AskError> {
        let request = self.client.get(format!("http://{address}/getList?username={asker}&json_format=1"));
        let answer = call(request, Vec::new(), "their node", self.timeouts, MAX_TOLD_LIST_BYTES).await?;
        if answer.status == 429 {
            return Err(AskError::NotNow);
        }
        if !answer.is_good() {
            return Err(AskError::NotUnderstood);
        }
        // Each row may have a key to be checked.
        let list = actix_web::web::block(move || read_list(&answer.body)).await;
        list.map_err(|_| AskError::NotUnderstood)?.map_err(|_| AskError::NotUnderstood)
    }

    /// Hands over what was held for a user of the node at `address`.
    pub async fn hand_over(&self, address: SocketAddr, call: HeldCall, body: String) -> Outcome {
        judge(self.post(address, &format!("/{}", call.as_str()), body).await, Sent::default())
    }

    /// Asks a node to hand over what it holds for `requestor`.
    ///
    /// # Errors
    /// [`AskError`]; not every node has the call.
    pub async fn retrieve(&self, address: SocketAddr, requestor: &Username) -> Result<(), AskError> {
        let answer = self.post(address, "/retrieveMessages", outgoing::retrieve_messages(requestor).to_json()).await?;
        understood(&answer).map(|_| ()).ok_or(AskError::NotUnderstood)
    }

    /// Asks whether the node of `destination` can read what is written under `encryption`, by having it decrypt a word that it cannot guess.
    ///
    /// # Errors
    /// [`AskError`]; [`AskError::NotNow`] when the node wants no more calls for the moment.
    pub async fn handshake(
        &self,
        address: SocketAddr,
        (sender, destination): (&Username, &Username),
        (encryption, key): (Encryption, Option<PublicKey>),
    ) -> Result<bool, AskError> {
        // A short word of letters and digits: that is what nodes hand back.
        let word = hex::encode(rand::random::<[u8; 6]>());
        let body = outgoing::handshake(sender, destination, &word);
        let sealed = actix_web::web::block(move || body.sealed(encryption, key.as_ref()).map(|body| body.to_json())).await;
        let Ok(Ok(sealed)) = sealed else { return Ok(false) };
        let answer = self.post(address, "/handshake", sealed).await?;
        if answer.status == 429 || parse_reply(&String::from_utf8_lossy(&answer.body)) == Some(ReplyCode::RateLimited.number()) {
            return Err(AskError::NotNow);
        }
        Ok(understood(&answer).is_some_and(|body| handshake_proves(body, &word)))
    }

    /// Asks for somebody's public key.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn public_key(&self, address: SocketAddr, about: &Username, asker: &Username) -> Result<String, AskError> {
        let answer = self.post(address, "/getPublicKey", outgoing::get_public_key(asker, about).to_json()).await?;
        understood(&answer).and_then(read_public_key).ok_or(AskError::NotUnderstood)
    }

    /// Asks for somebody's status.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn status(&self, address: SocketAddr, about: &Username) -> Result<Status, AskError> {
        let answer = self.post(address, "/getStatus", outgoing::get_status(about).to_json()).await?;
        understood(&answer).and_then(read_status).ok_or(AskError::NotUnderstood)
    }

    /// Asks for somebody's profile.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn profile(&self, address: SocketAddr, about: &Username, asker: &Username) -> Result<ToldProfile, AskError> {
        let answer = self.post(address, "/getProfile", outgoing::get_profile(asker, about).to_json()).await?;
        let told = understood(&answer).and_then(ProfileAnswer::read).ok_or(AskError::NotUnderstood)?;
        Ok(ToldProfile { profile: told.profile, picture: Some(told.picture).filter(|url| !url.is_empty()) })
    }

    /// Fetches the picture that the node at `peer` named.
    ///
    /// # Errors
    /// [`AskError::ForbiddenPlace`] for an URL on another host: a peer must not choose whom we call.
    pub async fn picture(&self, peer: SocketAddr, url: &str) -> Result<Vec<u8>, AskError> {
        let uri: Uri = url.parse().map_err(|_| AskError::ForbiddenPlace)?;
        let host = uri.host().map(|host| host.trim_matches(['[', ']']));
        let same_host = host.and_then(|host| host.parse().ok()).is_some_and(|host: IpAddr| host == peer.ip());
        if uri.scheme_str() != Some("http") || !same_host {
            return Err(AskError::ForbiddenPlace);
        }
        let answer = call(self.client.get(uri), Vec::new(), "the picture's node", self.timeouts, MAX_PICTURE_BYTES).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(AskError::NotUnderstood) }
    }

    async fn post(&self, address: SocketAddr, path: &str, body: String) -> Result<Answer, CallError> {
        let request = self.client.post(format!("http://{address}{path}")).insert_header(("Content-Type", "application/json"));
        call(request, body.into_bytes(), "their node", self.timeouts, MAX_ANSWER_BYTES).await
    }
}

fn understood(answer: &Answer) -> Option<&[u8]> {
    answer.is_good().then_some(&answer.body)
}

/// How long a peer may take to say what its user's status is; the list of people does not wait for it.
pub const QUESTION_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(1), total: Duration::from_secs(3) };

#[cfg(test)]
mod tests {
    use super::*;

    #[actix::test]
    async fn a_peer_cannot_send_us_elsewhere_for_a_picture() {
        let client = PeerClient::new(QUESTION_TIMEOUTS);
        let peer = "127.0.0.1:9".parse().unwrap();
        for url in ["http://10.0.0.1/x.png", "https://127.0.0.1/x.png", "file:///etc/passwd", "http://localhost/x", "not an url", "/x.png"]
        {
            assert_eq!(client.picture(peer, url).await, Err(AskError::ForbiddenPlace), "{url}");
        }
    }
}
