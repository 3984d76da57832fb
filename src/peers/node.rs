//! Calls to other nodes (application protocol section 3), in clear.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use awc::Client;
use awc::http::Uri;

use super::{Answer, CallError, Timeouts, call, client};
use crate::db::queries::messages::StoredMessage;
use crate::domain::message::Content;
use crate::domain::presence::Status;
use crate::domain::profile::Profile;
use crate::domain::relay::HeldCall;
use crate::domain::username::Username;
use crate::protocol::answer::{ProfileAnswer, read_status};
use crate::protocol::outgoing::{self, Outgoing, SentFile, SentHash};
use crate::protocol::reply_code::{HELD, ReplyCode, parse_reply};

/// Longest answer of a peer that is read: the longest profile that is kept has a few thousand bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Largest picture that is fetched.
const MAX_PICTURE_BYTES: usize = 5 << 20;

/// What became of a try to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The peer says that it has it.
    Taken,
    /// The peer says that it holds it for the addressee, who is not its user.
    Held,
    /// The peer will not have it, whenever it comes. In words for the sender.
    Refused(String),
    /// The peer is away, busy or confused. In words for the sender.
    TryAgain(String),
}

/// What somebody's node tells about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldProfile {
    /// The texts.
    pub profile: Profile,
    /// Where their picture is.
    pub picture: Option<String>,
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

    /// Brings a message to the node at `address`; `bytes` are the content of its file, if it is one.
    pub async fn deliver(&self, address: SocketAddr, message: &StoredMessage, bytes: Option<Vec<u8>>) -> Outcome {
        let (path, body) = match written(message, bytes).await {
            Ok(written) => written,
            Err(reason) => return Outcome::TryAgain(reason),
        };
        match self.post(address, path, body).await {
            Ok(answer) => judge(&answer),
            Err(error) => Outcome::TryAgain(error.to_string()),
        }
    }

    /// Hands over what was held for a user of the node at `address`.
    pub async fn hand_over(&self, address: SocketAddr, call: HeldCall, body: String) -> Outcome {
        match self.post(address, &format!("/{}", call.as_str()), body).await {
            Ok(answer) => judge(&answer),
            Err(error) => Outcome::TryAgain(error.to_string()),
        }
    }

    /// Asks a node to hand over what it holds for `requestor`.
    ///
    /// # Errors
    /// [`AskError`]; not every node has the call.
    pub async fn retrieve(&self, address: SocketAddr, requestor: &Username) -> Result<(), AskError> {
        let answer = self.post(address, "/retrieveMessages", outgoing::retrieve_messages(requestor).to_json()).await?;
        understood(&answer).map(|_| ()).ok_or(AskError::NotUnderstood)
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

/// The call that brings `message`, and its body. A file's is written on a thread for slow work.
async fn written(message: &StoredMessage, bytes: Option<Vec<u8>>) -> Result<(&'static str, String), String> {
    let StoredMessage { sender, destination, stamp, .. } = message;
    let hash = SentHash::default();
    match (&message.content, bytes) {
        (Content::Text { text, markup }, _) => {
            Ok(("/receiveMessage", outgoing::receive_message(sender, destination, text, *markup, *stamp, &hash).to_json()))
        }
        (Content::File(file), Some(bytes)) => {
            let (sender, destination, stamp, file) = (sender.clone(), destination.clone(), *stamp, file.clone());
            let write = move || -> Outgoing {
                let base64 = outgoing::file_base64(&bytes);
                let sent = SentFile { base64: &base64, name: file.name.as_str(), content_type: &file.content_type };
                outgoing::receive_file(&sender, &destination, sent, stamp, &hash)
            };
            let body = actix_web::web::block(move || write().to_json()).await;
            Ok(("/receiveFile", body.map_err(|_| "the file could not be prepared".to_owned())?))
        }
        (Content::File(_), None) => Err("the file could not be read".to_owned()),
    }
}

fn understood(answer: &Answer) -> Option<&[u8]> {
    answer.is_good().then_some(&answer.body)
}

/// What an answer to a delivery means. Only a code 0 under a good status is a yes.
fn judge(answer: &Answer) -> Outcome {
    use ReplyCode as C;
    let code = parse_reply(&String::from_utf8_lossy(&answer.body));
    let Some(code) = code.filter(|code| *code != 0 || answer.is_good()) else {
        return Outcome::TryAgain(format!("their node's answer cannot be understood (HTTP status {})", answer.status));
    };
    let refused = |reason: &str| Outcome::Refused(format!("their node refused it: {reason}"));
    match C::from_number(code) {
        Some(C::Success) if answer.body.ends_with(HELD.as_bytes()) => Outcome::Held,
        Some(C::Success) => Outcome::Taken,
        Some(C::MissingField) => refused("it misses something in the message"),
        Some(C::Unauthenticated) => refused("it does not know you"),
        Some(C::Forbidden) => refused("it does not take that, maybe it is too large"),
        Some(C::HashMismatch | C::EncodingUnsupported | C::EncryptionUnsupported | C::HashingUnsupported) => {
            refused("it cannot read messages as this node writes them")
        }
        Some(C::RateLimited) => Outcome::TryAgain("their node asks to wait, or does not want to hear from you".to_owned()),
        Some(C::Unavailable) => Outcome::TryAgain("they are not at that node at the moment".to_owned()),
        Some(C::Database | C::Timeout) | None => Outcome::TryAgain(format!("their node has trouble of its own (code {code})")),
    }
}

/// How long a peer may take to say what its user's status is; the list of people does not wait for it.
pub const QUESTION_TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(1), total: Duration::from_secs(3) };

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec() }
    }

    /// Lesson 11: a peer that answers an error with status 200 has not taken the message.
    #[test]
    fn only_a_code_0_under_a_good_status_counts_as_delivered() {
        for body in ["0", "0: Success", "\"0\"", "0, text"] {
            assert_eq!(judge(&answer(200, body)), Outcome::Taken, "{body}");
        }
        for (status, body) in [
            (200, ""),
            (200, "<html>0</html>"),
            (500, "0: Success"),
            (404, "0"),
            (302, "0: Success"),
            (200, "11: limited"),
            (200, "-1"),
            (200, "4: db"),
            (503, "4: busy"),
        ] {
            assert!(matches!(judge(&answer(status, body)), Outcome::TryAgain(_)), "{status} {body}");
        }
        for body in ["1: missing", "6: too large", "9: what"] {
            assert!(matches!(judge(&answer(200, body)), Outcome::Refused(_)), "{body}");
            assert!(matches!(judge(&answer(400, body)), Outcome::Refused(_)), "{body}");
        }
    }

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
