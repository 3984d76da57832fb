//! Who is there, and what they say of themselves.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user shows of themselves (protocol section 3, `/getStatus`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Status {
    /// Here.
    #[default]
    Online,
    /// Here, but has not touched anything for a while.
    Idle,
    /// Gone for a moment.
    Away,
    /// Here, and wants no interruptions.
    #[serde(rename = "Do Not Disturb")]
    DoNotDisturb,
    /// Wants to be seen as not here.
    Offline,
}

impl Status {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Online, Self::Idle, Self::Away, Self::DoNotDisturb, Self::Offline];

    /// The word on the wire and on the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Idle => "Idle",
            Self::Away => "Away",
            Self::DoNotDisturb => "Do Not Disturb",
            Self::Offline => "Offline",
        }
    }

    /// Reads the word in any case; `None` for another word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(word.trim()))
    }
}

/// Whether somebody can be reached now, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The login server's list has them, or their node just spoke to us.
    Online,
    /// A current list does not have them.
    Offline,
    /// There is no current list.
    Unknown,
}

impl Reach {
    /// `true`, `false`, or `None` for unknown: the form of the node's own API.
    #[must_use]
    pub fn as_option(self) -> Option<bool> {
        match self {
            Self::Online => Some(true),
            Self::Offline => Some(false),
            Self::Unknown => None,
        }
    }
}
