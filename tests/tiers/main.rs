//! How nodes agree on encryption and hashing: kith with kith, and kith with nodes of 2017 as they are, in both directions.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod events;
mod incoming;
mod kith;
mod lowering;
mod matrix;
mod outgoing;
mod receipts;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod shared;
mod sparing;
mod support;
