//! What a user wants of the pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The switches of the page of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Preferences {
    /// Whether Enter sends a message and Shift+Enter breaks the line, or the other way round.
    pub enter_sends: bool,
    /// Whether new messages are told of, in the page or by the browser.
    pub notifications: bool,
    /// Whether they make a sound.
    pub sound: bool,
    /// After how many minutes without a touch the user is shown as Idle; 0 for never.
    pub idle_after_min: u16,
}

/// Longest wait before somebody is shown as Idle, in minutes: a day.
pub const MAX_IDLE_AFTER_MIN: u16 = 1440;

impl Default for Preferences {
    fn default() -> Self {
        Self { enter_sends: true, notifications: true, sound: false, idle_after_min: 10 }
    }
}
