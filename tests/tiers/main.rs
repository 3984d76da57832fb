//! How nodes agree on encryption and hashing: kith with kith, and kith with nodes of 2017 as they are, in both directions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod events;
mod fake;
mod incoming;
mod kith;
mod lowering;
mod outgoing;
mod receipts;
mod sparing;
mod support;
