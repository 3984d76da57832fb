//! What the sender learns about a message: the ticks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a sent message has come. It moves forward only; see [`Receipt::advance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Receipt {
    /// On the sender's disk, to be delivered.
    Pending,
    /// Held by other nodes for the addressee.
    Relayed,
    /// Not delivered, for a stated reason; the sender may try again. It outdoes *relayed*: nobody tries any more.
    Failed,
    /// On the disk of the addressee's own node.
    Delivered,
    /// Seen by the addressee.
    Read,
}

impl Receipt {
    /// The word in the database and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Relayed => "relayed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// Reads the word of [`Receipt::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Failed, Self::Relayed, Self::Delivered, Self::Read].into_iter().find(|receipt| receipt.as_str() == word)
    }

    /// The receipt after news of `next`: a late or repeated receipt never moves a message backwards.
    #[must_use]
    pub fn advance(self, next: Self) -> Self {
        self.max(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_failure_does_not_undo_a_delivery() {
        assert_eq!(Receipt::Delivered.advance(Receipt::Failed), Receipt::Delivered);
        assert_eq!(Receipt::Pending.advance(Receipt::Failed), Receipt::Failed);
        assert_eq!(Receipt::Failed.advance(Receipt::Delivered), Receipt::Delivered);
        assert_eq!(Receipt::Relayed.advance(Receipt::Failed), Receipt::Failed);
        assert_eq!(Receipt::Failed.advance(Receipt::Relayed), Receipt::Failed);
        assert_eq!(Receipt::Read.advance(Receipt::Delivered), Receipt::Read);
    }

    #[test]
    fn each_word_reads_back() {
        for receipt in [Receipt::Pending, Receipt::Failed, Receipt::Relayed, Receipt::Delivered, Receipt::Read] {
            assert_eq!(Receipt::parse(receipt.as_str()), Some(receipt));
        }
        assert_eq!(Receipt::parse("seen"), None);
    }
}
