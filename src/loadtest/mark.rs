//! The mark in each text: which message it is, and when it was to be sent. By it a message is known wherever it turns up.

use std::fmt;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const PREFIX: &str = "kith-load-";

/// The moment from which a load test counts. Copies are the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch(Instant);

impl Epoch {
    pub(super) fn now() -> Self {
        Self(Instant::now())
    }

    fn micros(self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.0).as_micros()).unwrap_or(u64::MAX)
    }

    /// How long ago the message of `mark` was to be sent.
    pub(super) fn since(self, mark: Mark) -> Duration {
        Duration::from_micros(self.micros(Instant::now()).saturating_sub(mark.micros))
    }

    /// The mark of message `number`, which is to be sent at `intended`.
    pub(super) fn mark(self, number: u64, intended: Instant) -> Mark {
        Mark { number, micros: self.micros(intended) }
    }
}

/// What a text says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// No two messages of a load test have the same.
    pub(super) number: u64,
    micros: u64,
}

impl Mark {
    /// Finds the first mark in `text`.
    pub(super) fn find(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(PREFIX)?;
        let (number, rest) = rest.split_once('-')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some(Self { number: number.parse().ok()?, micros: rest.get(..digits)?.parse().ok()? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}-{}", self.number, self.micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_texts_and_file_names() {
        let mark = Mark { number: 3_000_000_017, micros: 42 };
        for text in [format!("{mark} The tide turns."), format!("{{\"text\":\"{mark}\"}}"), format!("{mark}.bin"), mark.to_string()] {
            assert_eq!(Mark::find(&text), Some(mark), "{text}");
        }
        for text in ["", "kith-load-", "kith-load-7", "kith-load-x-1", "The tide turns."] {
            assert_eq!(Mark::find(text), None, "{text}");
        }
    }
}
