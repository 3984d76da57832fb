//! HTTP in, grouped by who calls.

pub mod login_server;
