//! The owners of everything that changes. Others ask them by message, so there is no lock to forget.
//!
//! ```text
//!            web (pages, api, peer)
//!              |         |        \
//!            Node ---> Session     RateLimiter
//!           /    \      /   |
//!   Presence <- Courier -> Negotiator
//!           \      |       /
//!            -> Database <-
//! ```
//!
//! [`database`] owns the writer, [`presence`] who is where, [`courier`] what is to be delivered, [`negotiator`] how each peer takes it,
//! [`relay`] what is held for others, [`rate_limiter`] the budgets, [`session`] (one a logged-in user) that user's tabs and rights,
//! [`node`] the sessions, [`indexer`] the index of search, [`history`] how all of it has fared. [`supervise`] rebuilds those that fail.

pub mod courier;
pub mod database;
pub mod event;
pub mod history;
pub mod indexer;
pub mod negotiator;
pub mod node;
pub mod presence;
pub mod rate_limiter;
pub mod relay;
pub mod session;
pub mod supervise;
