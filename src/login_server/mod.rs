//! The login server: who has an account, and who is where now. Its rules and storage.

pub mod account_command;
pub mod accounts;
pub mod proof;
