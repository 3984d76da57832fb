//! Bytes to domain values and back, for the 2017 protocols. Pure: no I/O, no actors.

pub mod aes_text;
pub mod answer;
pub mod body;
pub mod encryption;
pub mod error;
pub mod event;
pub mod hashing;
pub mod list_api;
pub mod login_server;
pub mod outgoing;
mod passlib;
pub mod peer;
pub mod reply_code;
pub mod rsa_key;
