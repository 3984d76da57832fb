//! Plain values and rules, parsed once at the edge. No I/O, no actors, no SQL.

pub mod blacklist;
pub mod browser;
pub mod clock;
pub mod event;
pub mod file;
pub mod highlight;
mod letters;
pub mod markup;
pub mod message;
pub mod network;
pub mod picture;
pub mod preferences;
pub mod presence;
pub mod profile;
pub mod receipt;
pub mod relay;
pub mod retry;
pub mod search;
pub mod stamp;
pub mod username;
