//! What other nodes ask of this one (protocol section 3, and 9 for events).
//!
//! A call is read in steps, so that the answer to a bad body is the one that S and A give ("A checks 1, 9, 10, 7"):
//! [`Body::parse`], [`require`] its compulsory fields, [`encryption::open`], [`Request::read`], then check the hash where it has one.
//! [`read_with`] does the first four where the keys are at hand.

use std::borrow::Cow;
use std::net::IpAddr;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::body::Body;
use super::encryption;
use super::error::WireError;
use super::hashing::{HashClaim, Hashing};
use super::rsa_key::KeyPair;
use crate::domain::file::{FileName, tidy_content_type};
use crate::domain::message::Markup;
use crate::domain::stamp::Stamp;
use crate::domain::username::Username;

/// A call with a JSON body.
pub trait Request: Sized {
    /// The keys without which there is no such call.
    const COMPULSORY: &'static [&'static str];

    /// Reads a body that is in clear, or was decrypted.
    ///
    /// # Errors
    /// [`WireError`] with the result code for the peer.
    fn read(body: Body) -> Result<Self, WireError>;
}

/// Checks that a body has what `R` cannot do without. What is in the fields may still be encrypted.
///
/// # Errors
/// [`WireError::Missing`] with the first key that is absent.
pub fn require<R: Request>(body: &Body) -> Result<(), WireError> {
    R::COMPULSORY.iter().find(|key| !body.has(key)).map_or(Ok(()), |key| Err(WireError::Missing(key)))
}

/// Reads a call that needs no key of ours.
///
/// # Errors
/// [`WireError`] with the result code for the peer; 9 when the body is encrypted with somebody's own key.
pub fn read<R: Request>(bytes: &[u8]) -> Result<R, WireError> {
    read_with(bytes, None)
}

/// Reads a call, decrypted with the `keys` of the user whom it is for.
///
/// # Errors
/// [`WireError`] with the result code for the peer.
pub fn read_with<R: Request>(bytes: &[u8], keys: Option<&KeyPair>) -> Result<R, WireError> {
    let body = Body::parse(bytes)?;
    require::<R>(&body)?;
    R::read(encryption::open(body, keys)?)
}

/// `/receiveMessage`: a message, for a user of this node or to be kept for somebody else.
#[derive(Clone, Debug)]
pub struct ReceiveMessage {
    /// Who says to have written it.
    pub sender: Username,
    /// Whom it is for.
    pub destination: Username,
    /// The text as sent; may be empty.
    pub text: String,
    /// How the text is meant to be read.
    pub markup: Markup,
    /// When it was written.
    pub stamp: Stamp,
    /// The stamp as its sender wrote it, to be echoed in an acknowledgement.
    pub stamp_text: String,
    /// What the sender says the hash to be.
    pub claim: HashClaim,
}

impl Request for ReceiveMessage {
    const COMPULSORY: &'static [&'static str] = &["sender", "destination", "message", "stamp"];

    fn read(mut body: Body) -> Result<Self, WireError> {
        let sender = body.username(&["sender"])?;
        let destination = body.username(&["destination"])?;
        let (stamp, stamp_text) = body.stamp("stamp")?;
        let markup = markup(&body);
        let text = body.take("message")?;
        Ok(Self { sender, destination, text, markup, stamp, stamp_text, claim: HashClaim::read(&body)? })
    }
}

impl ReceiveMessage {
    /// Checks the hash. The standards from 5 on take long: off the arbiter with them.
    ///
    /// # Errors
    /// [`WireError::HashMismatch`] when the hash is missing or that of another text.
    pub fn check_hash(&self) -> Result<(), WireError> {
        self.claim.check(&self.text)
    }
}

/// Anything but a clear 1 is plain text.
pub(super) fn markup(body: &Body) -> Markup {
    if body.integer("markdown") == Ok(Some(1)) { Markup::Markdown } else { Markup::Plain }
}

/// `/receiveFile`: a file, for a user of this node or to be kept for somebody else.
#[derive(Clone, Debug)]
pub struct ReceiveFile {
    /// Who says to have sent it.
    pub sender: Username,
    /// Whom it is for.
    pub destination: Username,
    /// The content as sent; see [`ReceiveFile::decode`].
    pub base64: String,
    /// The last component of the name that was sent.
    pub name: FileName,
    /// A plain `type/subtype`, not to be trusted.
    pub content_type: String,
    /// When it was sent.
    pub stamp: Stamp,
    /// The stamp as its sender wrote it.
    pub stamp_text: String,
    /// What the sender says the hash of the base64 text to be.
    pub claim: HashClaim,
}

impl Request for ReceiveFile {
    const COMPULSORY: &'static [&'static str] = &["sender", "destination", "file", "filename", "content_type", "stamp"];

    fn read(mut body: Body) -> Result<Self, WireError> {
        let sender = body.username(&["sender"])?;
        let destination = body.username(&["destination"])?;
        let (stamp, stamp_text) = body.stamp("stamp")?;
        let name = FileName::from_sent(&body.take("filename")?);
        // A null type is what Python's guess gives for an ending that it does not know.
        let content_type = tidy_content_type(body.text("content_type").unwrap_or_default());
        let base64 = body.take("file")?;
        Ok(Self { sender, destination, base64, name, content_type, stamp, stamp_text, claim: HashClaim::read(&body)? })
    }
}

/// Base64 with or without its padding, and with whatever bits are left over in its last character: Python takes both.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

impl ReceiveFile {
    /// Decodes the content, of which at most `max_bytes` are taken. Line breaks inside are skipped (E, N, and A when relaying).
    ///
    /// # Errors
    /// [`WireError::FileTooLarge`], known from the length before anything is decoded; [`WireError::Invalid`] when it is not base64.
    pub fn decode(&self, max_bytes: usize) -> Result<Vec<u8>, WireError> {
        let is_digit = |byte: &u8| !byte.is_ascii_whitespace() && *byte != b'=';
        let digit_count = self.base64.as_bytes().iter().filter(|byte| is_digit(byte)).count();
        // Four digits are three bytes, and the two or three that may be left over are one or two.
        if digit_count * 3 / 4 > max_bytes {
            return Err(WireError::FileTooLarge);
        }
        let one_line = if self.base64.contains(|c: char| c.is_ascii_whitespace()) {
            Cow::Owned(self.base64.split_ascii_whitespace().collect())
        } else {
            Cow::Borrowed(&self.base64)
        };
        LENIENT_BASE64.decode(one_line.as_bytes()).map_err(|_| WireError::Invalid("file"))
    }

    /// Checks the hash, which is that of the base64 text. The standards from 5 on take long: off the arbiter with them.
    ///
    /// # Errors
    /// [`WireError::HashMismatch`] when the hash is missing or that of another text.
    pub fn check_hash(&self) -> Result<(), WireError> {
        self.claim.check(&self.base64)
    }
}

/// `/getProfile`: what a user of this node tells of themselves.
#[derive(Clone, Debug)]
pub struct GetProfile {
    /// Whose.
    pub profile_username: Username,
    /// Who asks.
    pub sender: Username,
}

impl Request for GetProfile {
    // Not `profile_username`, which some call `username`; reading says what is missing.
    const COMPULSORY: &'static [&'static str] = &["sender"];

    fn read(body: Body) -> Result<Self, WireError> {
        Ok(Self { profile_username: body.username(&["profile_username", "username"])?, sender: body.username(&["sender"])? })
    }
}

/// `/getStatus`: whether a user of this node is here.
#[derive(Clone, Debug)]
pub struct GetStatus {
    /// Whose.
    pub profile_username: Username,
}

impl Request for GetStatus {
    const COMPULSORY: &'static [&'static str] = &[];

    fn read(body: Body) -> Result<Self, WireError> {
        Ok(Self { profile_username: body.username(&["profile_username", "username"])? })
    }
}

/// `/retrieveMessages`: somebody is back and asks for what was kept.
#[derive(Clone, Debug)]
pub struct RetrieveMessages {
    /// Who. J calls the field `username` (section 3: "honour it").
    pub requestor: Username,
}

impl Request for RetrieveMessages {
    const COMPULSORY: &'static [&'static str] = &[];

    fn read(body: Body) -> Result<Self, WireError> {
        Ok(Self { requestor: body.username(&["requestor", "username"])? })
    }
}

/// `/report` (section 10): somebody says where they are.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who.
    pub username: Username,
    /// What they signed.
    pub passphrase: String,
    /// The signature, a number in decimal or hex.
    pub signature: String,
    /// 0, 1 or 2; anything else is taken for 2, the rest of the world.
    pub location: u8,
    /// The address of their node.
    pub ip: IpAddr,
    /// Its port, not 0.
    pub port: u16,
}

impl Request for Report {
    const COMPULSORY: &'static [&'static str] = &["username", "passphrase", "signature", "location", "ip", "port"];

    fn read(mut body: Body) -> Result<Self, WireError> {
        let ip = body.text("ip").and_then(|ip| ip.trim().parse::<IpAddr>().ok()).ok_or(WireError::Invalid("ip"))?.to_canonical();
        let port = body.integer("port").ok().flatten().and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
        let location = body.integer("location").ok().flatten().and_then(|location| u8::try_from(location).ok());
        Ok(Self {
            username: body.username(&["username"])?,
            passphrase: body.take("passphrase")?,
            signature: body.take("signature")?,
            location: location.filter(|location| *location <= 2).unwrap_or(2),
            ip,
            port: port.ok_or(WireError::Invalid("port"))?,
        })
    }
}

/// `/acknowledge`: a message was read.
#[derive(Clone, Debug)]
pub struct Acknowledge {
    /// The author of the message (2017); with a `destination`, who read it (2018).
    pub sender: Username,
    /// The author of the message, as nodes of 2018 say it.
    pub destination: Option<Username>,
    /// The stamp of the message. "Match stamps numerically and as text".
    pub stamp: Stamp,
    /// The stamp as it came.
    pub stamp_text: String,
    /// The standard under which the message was hashed.
    pub hashing: Hashing,
    /// Its hash; compare without regard to case.
    pub hash: Option<String>,
}

impl Request for Acknowledge {
    const COMPULSORY: &'static [&'static str] = &["sender", "stamp", "hashing", "hash"];

    fn read(body: Body) -> Result<Self, WireError> {
        let (stamp, stamp_text) = body.stamp("stamp")?;
        let claim = HashClaim::read(&body)?;
        Ok(Self {
            sender: body.username(&["sender"])?,
            destination: body.username(&["destination"]).ok(),
            stamp,
            stamp_text,
            hashing: claim.hashing,
            hash: claim.hash,
        })
    }
}

/// `/getPublicKey`: the RSA key of a user of this node.
#[derive(Clone, Debug)]
pub struct GetPublicKey {
    /// Whose. Nodes of 2018 call the field `username`.
    pub profile_username: Username,
    /// Who asks, where they say so.
    pub sender: Option<Username>,
}

impl Request for GetPublicKey {
    const COMPULSORY: &'static [&'static str] = &[];

    fn read(body: Body) -> Result<Self, WireError> {
        Ok(Self { profile_username: body.username(&["profile_username", "username"])?, sender: body.username(&["sender"]).ok() })
    }
}

/// `/handshake`: can this node decrypt that? It proves it by answering with the text.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// Who asks.
    pub sender: Username,
    /// Whose key it is to be.
    pub destination: Username,
    /// The text, decrypted.
    pub message: String,
}

impl Request for Handshake {
    const COMPULSORY: &'static [&'static str] = &["message", "sender", "destination", "encryption"];

    fn read(mut body: Body) -> Result<Self, WireError> {
        let (sender, destination) = (body.username(&["sender"])?, body.username(&["destination"])?);
        Ok(Self { sender, destination, message: body.take("message")? })
    }
}
