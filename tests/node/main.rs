//! One real node, spoken to as browsers, scripts and other nodes do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod api;
mod bad_input;
mod blacklist;
mod events;
mod handling;
mod lessons;
mod limits;
mod metrics;
mod pages;
mod peer;
mod routes;
mod settings;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
