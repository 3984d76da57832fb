//! A message: who wrote what to whom, and what makes two of them the same.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::file::FileName;
use super::stamp::Stamp;
use super::username::Username;

/// How the text is meant to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Markup {
    /// As it stands.
    #[default]
    Plain,
    /// As Markdown.
    Markdown,
}

/// A file's bytes are kept by their SHA-256; this is all that a message knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Lower-case hex of the SHA-256 of the content: the name in the store.
    pub sha256: String,
    /// The last component of the name that the sender gave: only ever shown.
    pub name: FileName,
    /// What the sender, or its ending, says that it is. Not trusted when it is served.
    pub content_type: String,
    /// Length in bytes.
    pub size: u64,
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, stored as sent.
    Text {
        /// The text itself.
        text: String,
        /// How to read it.
        markup: Markup,
    },
    /// A file.
    File(Attachment),
}

/// A message's id, by which a repeat is known: equal when sender, destination, stamp and content are. Its text is 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId([u8; 16]);

/// What is no message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message id has 32 hex digits")]
pub struct InvalidMessageId;

impl MessageId {
    /// Takes an id back, as it was handed out.
    ///
    /// # Errors
    /// [`InvalidMessageId`] when it is not 32 hex digits.
    pub fn parse(text: &str) -> Result<Self, InvalidMessageId> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidMessageId)?;
        Ok(Self(bytes))
    }

    /// Takes an id from its sixteen bytes in a row.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes that are kept.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id of what `sender` wrote to `destination` at `stamp`.
    ///
    /// It is the second of the stamp, then 96 bits of a SHA-256: nobody can make a message that counts as somebody else's, and messages of one
    /// time lie side by side in the index, so that a commit of many touches few pages.
    #[must_use]
    pub fn of(sender: &Username, destination: &Username, stamp: Stamp, content: &Content) -> Self {
        let (kind, body) = match content {
            Content::Text { text, .. } => ("text", text.as_str()),
            Content::File(attachment) => ("file", attachment.sha256.as_str()),
        };
        let mut hasher = Sha256::new();
        // A NUL ends each part: no name has one, so that no two lists of parts run together alike.
        for part in [sender.as_str(), destination.as_str(), kind] {
            hasher.update(part);
            hasher.update([0]);
        }
        hasher.update(stamp.seconds().to_be_bytes());
        hasher.update(body);
        let digest = hasher.finalize();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, after the year 2106; order is all it is for"
        )]
        let second = stamp.seconds() as u32;
        let mut id = [0; 16];
        id[..4].copy_from_slice(&second.to_be_bytes());
        id[4..].copy_from_slice(&digest[..12]);
        Self(id)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl TryFrom<String> for MessageId {
    type Error = InvalidMessageId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(sender: &str, destination: &str, seconds: f64, text: &str) -> MessageId {
        let content = Content::Text { text: text.to_owned(), markup: Markup::Plain };
        let stamp = Stamp::from_seconds(seconds).unwrap();
        MessageId::of(&Username::parse(sender).unwrap(), &Username::parse(destination).unwrap(), stamp, &content)
    }

    #[test]
    fn a_message_is_the_same_when_sender_destination_stamp_and_content_agree() {
        let first = id("ana", "ben", 1.5, "hi");
        assert_eq!(first, id("ana", "ben", 1.5, "hi"));
        assert_eq!(MessageId::parse(&first.to_string()), Ok(first));
        for other in [id("ben", "ana", 1.5, "hi"), id("ana", "be", 1.5, "nhi"), id("ana", "ben", 1.51, "hi"), id("ana", "ben", 1.5, "hi!")]
        {
            assert_ne!(first, other);
        }
    }
}
