//! Bytes to domain values and back, for the 2017 protocols. Pure: no I/O, no actors.

pub mod aes_text;
pub mod login_server;
pub mod reply_code;
