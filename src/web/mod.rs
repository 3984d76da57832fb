//! HTTP in, grouped by who calls: people with a browser ([`pages`]), scripts ([`api`]), other nodes ([`peer`]), and nodes that ask the
//! login server ([`login_server`]). What two of them need is in [`error`], [`auth`], [`body`] and [`state`].

pub mod api;
pub mod auth;
pub mod body;
pub mod error;
pub mod login_server;
pub mod pages;
pub mod peer;
pub mod request_span;
pub mod session_store;
pub mod state;
pub mod stored_file;
