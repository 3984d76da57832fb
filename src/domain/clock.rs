//! The wall clock, as the values of this module want it.

use std::time::{SystemTime, UNIX_EPOCH};

use super::stamp::Stamp;

/// The time now. A clock before 1970 counts as 1970.
#[must_use]
pub fn now() -> Stamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
    Stamp::from_seconds(seconds).unwrap_or_else(|_| Stamp::from_seconds(0.0).unwrap_or_else(|_| unreachable!("0 is a time")))
}
