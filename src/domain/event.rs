//! An event: what happens, when and where; and whether somebody comes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::message::Markup;
use super::stamp::Stamp;
use super::username::Username;

/// Whether somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Attendance {
    /// 0
    #[serde(rename = "not")]
    NotGoing = 0,
    /// 1
    Going = 1,
    /// 2
    Maybe = 2,
}

impl Attendance {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::NotGoing, Self::Going, Self::Maybe];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The answer of this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| i64::from(answer.number()) == number)
    }
}

/// How far an invitation, or the answer to it, has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// On disk here, to be brought to the other node.
    Pending,
    /// The other node has it.
    Delivered,
    /// It was given up, for a stated reason.
    Failed,
}

impl Progress {
    /// The word in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of [`Progress::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Failed].into_iter().find(|progress| progress.as_str() == word)
    }
}

/// What its host says of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDetails {
    /// What it is called.
    pub name: String,
    /// More about it; may be empty.
    pub description: String,
    /// Where; may be empty.
    pub location: String,
    /// The address of a picture, unchecked and never fetched; may be empty.
    pub picture: String,
    /// When it begins.
    pub start: Stamp,
    /// When it ends: not before it begins.
    pub end: Stamp,
    /// How the description is meant to be read.
    pub markup: Markup,
}

/// How long the texts of an event may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct EventSizes {
    /// Of its name and of its place.
    pub name_bytes: usize,
    /// Of its description.
    pub text_bytes: usize,
}

/// Details that make no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvent {
    /// It has no name.
    #[error("an event needs a name")]
    NoName,
    /// One of its texts is longer than this node keeps.
    #[error("{what} may have at most {limit} bytes")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// The most, in bytes.
        limit: usize,
    },
    /// It is over before it begins.
    #[error("an event cannot end before it begins")]
    EndsFirst,
}

impl EventDetails {
    /// Checks the details. The address of a picture that is too long is dropped.
    ///
    /// # Errors
    /// [`InvalidEvent`] with the first thing that is wrong.
    pub fn check(mut self, sizes: EventSizes) -> Result<Self, InvalidEvent> {
        if self.name.trim().is_empty() {
            return Err(InvalidEvent::NoName);
        }
        let texts = [
            ("the name of an event", &self.name, sizes.name_bytes),
            ("the place of an event", &self.location, sizes.name_bytes),
            ("the description of an event", &self.description, sizes.text_bytes),
        ];
        if let Some((what, _, limit)) = texts.into_iter().find(|(_, text, limit)| text.len() > *limit) {
            return Err(InvalidEvent::TooLong { what, limit });
        }
        if self.end < self.start {
            return Err(InvalidEvent::EndsFirst);
        }
        if self.picture.len() > sizes.text_bytes {
            self.picture.clear();
        }
        Ok(self)
    }

    /// The length in bytes of its longest text, as it decides on the encryption.
    #[must_use]
    pub fn longest_text(&self) -> usize {
        [&self.name, &self.description, &self.location, &self.picture].into_iter().map(String::len).max().unwrap_or_default()
    }
}

/// An event's id in the API and on disk. Its text is 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId([u8; 16]);

/// What is no id of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of an event has 32 hex digits")]
pub struct InvalidEventId;

impl EventId {
    /// Takes an id back, as it was handed out.
    ///
    /// # Errors
    /// [`InvalidEventId`] when it is not 32 hex digits.
    pub fn parse(text: &str) -> Result<Self, InvalidEventId> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidEventId)?;
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

    /// The id of an event: "identified by name and `start_time` [...] and host" (protocol section 9). An invitation that came from another
    /// node is a copy of its own for each `invited` user, so that nobody changes what another one was told.
    #[must_use]
    pub fn of(host: &Username, name: &str, start: Stamp, invited: Option<&Username>) -> Self {
        let mut hasher = Sha256::new();
        // No user name has a NUL in it, and the name of the event comes last: no two lists of parts run together alike.
        for part in [host.as_str(), invited.map_or("", Username::as_str)] {
            hasher.update(part);
            hasher.update([0]);
        }
        hasher.update(start.seconds().to_be_bytes());
        hasher.update(name);
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize()[..16]);
        Self(id)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: EventSizes = EventSizes { name_bytes: 10, text_bytes: 20 };

    fn stamp(seconds: f64) -> Stamp {
        Stamp::from_seconds(seconds).unwrap()
    }

    fn details(name: &str, end: f64) -> EventDetails {
        let text = |text: &str| text.to_owned();
        EventDetails {
            name: text(name),
            description: text(""),
            location: text(""),
            picture: text(""),
            start: stamp(100.0),
            end: stamp(end),
            markup: Markup::Plain,
        }
    }

    #[test]
    fn what_makes_no_event_is_refused_with_a_reason() {
        assert!(details("Meet", 100.0).check(SIZES).is_ok());
        assert_eq!(details(" \n", 200.0).check(SIZES), Err(InvalidEvent::NoName));
        assert_eq!(details("Meet", 99.9).check(SIZES), Err(InvalidEvent::EndsFirst));
        let long = details("Meet me there", 200.0).check(SIZES).unwrap_err();
        assert_eq!(long.to_string(), "the name of an event may have at most 10 bytes");
        let picture = EventDetails { picture: "x".repeat(21), ..details("Meet", 200.0) };
        assert_eq!(picture.check(SIZES).unwrap().picture, "");
    }

    #[test]
    fn an_event_is_the_same_when_host_name_and_start_agree() {
        let name = |name| Username::parse(name).unwrap();
        let first = EventId::of(&name("ana"), "Meet", stamp(1.5), None);
        assert_eq!(first, EventId::of(&name("ana"), "Meet", stamp(1.50), None));
        assert_eq!(EventId::parse(&first.to_string()), Ok(first));
        for other in [
            EventId::of(&name("ben"), "Meet", stamp(1.5), None),
            EventId::of(&name("ana"), "Meet2", stamp(1.5), None),
            EventId::of(&name("ana"), "Meet", stamp(1.51), None),
            EventId::of(&name("ana"), "Meet", stamp(1.5), Some(&name("ben"))),
        ] {
            assert_ne!(first, other);
        }
    }
}
