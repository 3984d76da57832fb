//! The bodies that we send and the answers that we give, spelt so that most nodes can read them (protocol sections 3 and 4).
//!
//! "send a JSON number with at most 2 decimals" as a stamp; "null in `encryption` or `hashing` breaks A (-1), T (1)"; M "answers 500" when
//! `markdown` is absent: so every optional field is sent, and none is null.

use serde_json::{Map, Number, Value, json};

use super::encryption::{CLEAR_KEYS, Encryption, Sealer};
use super::event::Attendance;
use super::hashing::Hashing;
use super::rsa_key::PublicKey;
use crate::domain::message::Markup;
use crate::domain::presence::Status;
use crate::domain::profile::Profile;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// A body in clear, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    fields: Map<String, Value>,
}

impl Outgoing {
    fn new<const N: usize>(fields: [(&str, Value); N]) -> Self {
        Self { fields: fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
    }

    /// The body under `encryption`, for the node that has `key`: "**every key except `sender`, `destination`, `encryption`,
    /// `decryptionKey`**, [...] each turned into a string first". Encrypt last: the hash is that of the plain text.
    ///
    /// # Errors
    /// [`SealError`] when the standard takes a key and there is none, or takes no field as long as one of these.
    pub fn sealed(mut self, encryption: Encryption, key: Option<&PublicKey>) -> Result<Self, SealError> {
        if encryption == Encryption::None {
            return Ok(self);
        }
        let (sealer, decryption_key) = Sealer::new(encryption, key).ok_or(SealError::NoKey)?;
        // "T fails on any clear or null extra key in an encrypted body": what is not needed stays out.
        self.fields.remove("decryptionKey");
        for (name, value) in self.fields.iter_mut().filter(|(name, _)| !CLEAR_KEYS.contains(&name.as_str())) {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            *value = sealer.seal(&plain).ok_or_else(|| SealError::TooLong(name.clone()))?.into();
        }
        self.fields.insert("encryption".to_owned(), encryption.number().into());
        self.fields.extend(decryption_key.map(|key| ("decryptionKey".to_owned(), key.into())));
        Ok(self)
    }

    /// The body as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }
}

/// Why a body cannot be encrypted. Choose a lower standard that the peer lists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The standard takes the receiver's key, and it is not known or too short.
    #[error("the receiver has no key")]
    NoKey,
    /// A field is longer than the standard takes.
    #[error("too long for raw RSA: {0}")]
    TooLong(String),
}

/// The hash that goes along, if any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentHash {
    /// The standard.
    pub hashing: Hashing,
    /// The hash; empty without hashing.
    pub hash: String,
}

impl SentHash {
    /// The hash of `text` (of a file: its base64). From [`Hashing::Bcrypt`] on it takes long: off the arbiter with it.
    #[must_use]
    pub fn of(hashing: Hashing, text: &str, sender: &Username) -> Self {
        hashing.hash(text, sender.as_str()).map_or_else(Self::default, |hash| Self { hashing, hash })
    }
}

/// The body of `/receiveMessage`. A message that is relayed keeps its author and stamp, and goes in clear and without a hash.
///
/// The stamp is sent as it is; ours have two decimals from [`Stamp::next`].
#[must_use]
pub fn receive_message(sender: &Username, destination: &Username, text: &str, markup: Markup, stamp: Stamp, hash: &SentHash) -> Outgoing {
    Outgoing::new([
        ("sender", json!(sender)),
        ("destination", json!(destination)),
        ("message", json!(text)),
        ("stamp", json!(stamp)),
        ("markdown", json!(i32::from(markup == Markup::Markdown))),
        ("encryption", json!(0)),
        ("hashing", json!(hash.hashing.number())),
        ("hash", json!(hash.hash)),
        ("decryptionKey", json!("")),
    ])
}

/// A file as it is sent.
#[derive(Clone, Copy, Debug)]
pub struct SentFile<'a> {
    /// The content in standard base64, without line breaks. See [`file_base64`].
    pub base64: &'a str,
    /// The name to show.
    pub name: &'a str,
    /// A plain `type/subtype`.
    pub content_type: &'a str,
}

/// The content of a file as it is sent, and hashed.
#[must_use]
pub fn file_base64(content: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(content)
}

/// The body of `/receiveFile`.
#[must_use]
pub fn receive_file(sender: &Username, destination: &Username, file: SentFile<'_>, stamp: Stamp, hash: &SentHash) -> Outgoing {
    Outgoing::new([
        ("sender", json!(sender)),
        ("destination", json!(destination)),
        ("file", json!(file.base64)),
        ("filename", json!(file.name)),
        ("content_type", json!(file.content_type)),
        ("stamp", json!(stamp)),
        ("encryption", json!(0)),
        ("hashing", json!(hash.hashing.number())),
        ("hash", json!(hash.hash)),
        ("decryptionKey", json!("")),
    ])
}

/// The body of `/getProfile`.
#[must_use]
pub fn get_profile(sender: &Username, profile_username: &Username) -> Outgoing {
    Outgoing::new([("sender", json!(sender)), ("profile_username", json!(profile_username))])
}

/// The body of `/getStatus`.
#[must_use]
pub fn get_status(profile_username: &Username) -> Outgoing {
    Outgoing::new([("profile_username", json!(profile_username))])
}

/// The body of `/retrieveMessages`.
#[must_use]
pub fn retrieve_messages(requestor: &Username) -> Outgoing {
    Outgoing::new([("requestor", json!(requestor))])
}

/// The body of `/acknowledge`: that the message of `author` was read. The stamp goes as text, as its author wrote it: A shortens a
/// number to 12 digits before it compares, and leaves text alone.
#[must_use]
pub fn acknowledge(author: &Username, stamp_text: &str, hash: &SentHash) -> Outgoing {
    Outgoing::new([
        ("sender", json!(author)),
        ("stamp", json!(stamp_text)),
        ("hashing", json!(hash.hashing.number())),
        ("hash", json!(hash.hash)),
    ])
}

/// The body of `/getPublicKey`.
#[must_use]
pub fn get_public_key(sender: &Username, profile_username: &Username) -> Outgoing {
    Outgoing::new([("sender", json!(sender)), ("profile_username", json!(profile_username))])
}

/// The body of `/handshake`: `message` is the text that the peer is to answer with.
#[must_use]
pub fn handshake(sender: &Username, destination: &Username, message: &str) -> Outgoing {
    Outgoing::new([
        ("sender", json!(sender)),
        ("destination", json!(destination)),
        ("message", json!(message)),
        ("encryption", json!(0)),
        ("decryptionKey", json!("")),
    ])
}

/// An event as its host sends it.
#[derive(Clone, Copy, Debug)]
pub struct SentEvent<'a> {
    /// What it is called.
    pub name: &'a str,
    /// More about it; may be empty.
    pub description: &'a str,
    /// Where; may be empty.
    pub location: &'a str,
    /// The address of a picture; may be empty.
    pub picture: &'a str,
    /// When it begins.
    pub start: Stamp,
    /// When it ends.
    pub end: Stamp,
    /// How the description is meant to be read.
    pub markup: Markup,
}

/// The body of `/receiveEvent`. "E refuses (1) without description and location: always send them, empty if need be."
#[must_use]
pub fn receive_event(host: &Username, guest: &Username, event: SentEvent<'_>) -> Outgoing {
    Outgoing::new([
        ("sender", json!(host)),
        ("destination", json!(guest)),
        ("event_name", json!(event.name)),
        ("event_description", json!(event.description)),
        ("event_location", json!(event.location)),
        ("event_picture", json!(event.picture)),
        ("start_time", json!(event.start)),
        ("end_time", json!(event.end)),
        ("markdown", json!(i32::from(event.markup == Markup::Markdown))),
        ("encryption", json!(0)),
        ("decryptionKey", json!("")),
    ])
}

/// The body of `/acknowledgeEvent`. "E,N hash both as text, so echo `start_time` unchanged". `sender` is the guest for E and N, and the host
/// for T; `host` goes along as the destination, by which a node of several users knows whose key the rest is encrypted with.
#[must_use]
pub fn acknowledge_event(sender: &Username, host: &Username, event_name: &str, start_text: &str, attendance: Attendance) -> Outgoing {
    Outgoing::new([
        ("sender", json!(sender)),
        ("destination", json!(host)),
        ("event_name", json!(event_name)),
        ("attendance", json!(attendance.number())),
        ("start_time", echoed(start_text)),
    ])
}

/// A number in the digits of its first sender: as text where JSON would write it otherwise.
fn echoed(digits: &str) -> Value {
    match serde_json::from_str::<Number>(digits) {
        Ok(number) if number.to_string().as_str() == digits => Value::Number(number),
        _ => json!(digits),
    }
}

/// The answer to `/getProfile`. Of the eight keys of S and V none is null: the texts are empty when unset, and the standard is the number
/// that E sends, since `"0"` is true in Python.
#[must_use]
pub fn profile_answer(profile: &Profile, picture: &str) -> String {
    Outgoing::new([
        ("fullname", json!(profile.fullname)),
        ("position", json!(profile.position)),
        ("description", json!(profile.description)),
        ("location", json!(profile.location)),
        ("picture", json!(picture)),
        ("encoding", json!(0)),
        ("encryption", json!(0)),
        ("decryptionKey", json!("")),
    ])
    .to_json()
}

/// The answer to `/getStatus`.
#[must_use]
pub fn status_answer(status: Status) -> String {
    Outgoing::new([("status", json!(status.as_str()))]).to_json()
}

/// The answer to `/getPublicKey`, under both spellings (J: `pubKey`, T: `pubkey`).
#[must_use]
pub fn public_key_answer(public_key: &str) -> String {
    Outgoing::new([("error", json!("0: Success")), ("pubKey", json!(public_key)), ("pubkey", json!(public_key))]).to_json()
}

/// The answer to `/handshake`: the text that was decrypted.
#[must_use]
pub fn handshake_answer(message: &str) -> String {
    Outgoing::new([("error", json!("0: Success")), ("message", json!(message))]).to_json()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::event::{AcknowledgeEvent, ReceiveEvent};
    use super::super::peer::{self, ReceiveFile, ReceiveMessage};
    use super::super::rsa_key::KeyPair;
    use super::*;

    fn name(raw: &str) -> Username {
        Username::parse(raw).unwrap()
    }

    #[test]
    fn a_message_is_spelt_as_most_nodes_can_read_it() {
        let stamp = Stamp::from_seconds(1_497_225_143.59).unwrap();
        let body = receive_message(&name("ana"), &name("ben"), "hi", Markup::Plain, stamp, &SentHash::default());
        let json = body.to_json();
        assert!(json.contains("\"stamp\":1497225143.59") && json.contains("\"markdown\":0"), "{json}");
        assert!(json.contains("\"encryption\":0") && json.contains("\"hashing\":0") && !json.contains("null"), "{json}");
    }

    #[test]
    fn the_beginning_of_an_event_is_echoed_digit_for_digit() {
        for (digits, json) in [("1497300000.0", "1497300000.0"), ("1497300000", "1497300000"), ("1497300000.500", "\"1497300000.500\"")] {
            let body = acknowledge_event(&name("ana"), &name("ben"), "Meet", digits, Attendance::Maybe).to_json();
            assert!(body.contains(&format!("\"start_time\":{json}")), "{body}");
            assert_eq!(peer::read::<AcknowledgeEvent>(body.as_bytes()).unwrap().start_text, digits);
        }
    }

    #[test]
    fn an_event_reads_back_as_it_was_sent() {
        let (start, end) = (Stamp::from_seconds(1_497_300_000.0).unwrap(), Stamp::from_seconds(1_497_303_600.5).unwrap());
        let event = SentEvent { name: "Meet", description: "", location: "", picture: "", start, end, markup: Markup::Markdown };
        let json = receive_event(&name("ana"), &name("ben"), event).to_json();
        let read: ReceiveEvent = peer::read(json.as_bytes()).unwrap();
        assert_eq!((read.name.as_str(), read.start, read.end, read.markup), ("Meet", start, end, Markup::Markdown));
        assert!(json.contains("\"event_description\":\"\"") && json.contains("\"event_location\":\"\""), "{json}");
    }

    #[test]
    fn no_answer_holds_a_null() {
        let answers =
            [profile_answer(&Profile::default(), ""), status_answer(Status::DoNotDisturb), public_key_answer("30"), handshake_answer("x")];
        assert!(answers.iter().all(|answer| !answer.contains("null")), "{answers:?}");
        assert_eq!(answers[1], r#"{"status":"Do Not Disturb"}"#);
    }

    #[test]
    fn a_body_is_sealed_under_each_standard_and_opens_again() {
        let (keys, stamp) = (KeyPair::generate().unwrap(), Stamp::from_seconds(1_497_225_143.59).unwrap());
        let hash = SentHash { hashing: Hashing::Sha256, hash: "ab".to_owned() };
        let body = receive_message(&name("ana"), &name("ben"), "a < b & é", Markup::Markdown, stamp, &hash);
        for encryption in Encryption::ALL {
            let json = body.clone().sealed(encryption, Some(keys.public())).unwrap().to_json();
            assert_eq!(json.contains("decryptionKey"), matches!(encryption, Encryption::None | Encryption::Hybrid), "{json}");
            let read: ReceiveMessage = peer::read_with(json.as_bytes(), Some(&keys)).unwrap();
            assert_eq!((read.text.as_str(), read.stamp, read.markup), ("a < b & é", stamp, Markup::Markdown));
            assert_eq!((read.claim.hashing, read.claim.hash.as_deref()), (Hashing::Sha256, Some("ab")));
        }
    }

    #[test]
    fn what_does_not_fit_is_not_sealed() {
        let (keys, stamp) = (KeyPair::generate().unwrap(), Stamp::from_seconds(1.5).unwrap());
        let long = receive_message(&name("ana"), &name("ben"), &"x".repeat(129), Markup::Plain, stamp, &SentHash::default());
        let too_long = SealError::TooLong("message".to_owned());
        assert_eq!(long.clone().sealed(Encryption::Rsa, Some(keys.public())), Err(too_long));
        assert_eq!(long.sealed(Encryption::Hybrid, None), Err(SealError::NoKey));
    }

    proptest! {
        #[test]
        fn a_message_reads_back_as_it_was_sent(text in any::<String>(), seconds in 1.0e9..2.0e9_f64, markdown in any::<bool>()) {
            let stamp = Stamp::next(Stamp::from_seconds(seconds).unwrap(), None);
            let markup = if markdown { Markup::Markdown } else { Markup::Plain };
            let json = receive_message(&name("ana"), &name("ben"), &text, markup, stamp, &SentHash::default()).to_json();
            let read: ReceiveMessage = peer::read(json.as_bytes()).unwrap();
            prop_assert_eq!((read.text, read.stamp, read.markup), (text, stamp, markup));
        }

        #[test]
        fn a_file_reads_back_as_it_was_sent(content in any::<Vec<u8>>()) {
            let (stamp, base64) = (Stamp::from_seconds(1.5).unwrap(), file_base64(&content));
            let file = SentFile { base64: &base64, name: "a b.bin", content_type: "text/plain" };
            let json = receive_file(&name("ana"), &name("ben"), file, stamp, &SentHash::default()).to_json();
            let read: ReceiveFile = peer::read(json.as_bytes()).unwrap();
            prop_assert_eq!(read.decode(content.len()).unwrap(), content);
            prop_assert_eq!((read.name.as_str(), read.content_type.as_str()), ("a b.bin", "text/plain"));
        }
    }
}
