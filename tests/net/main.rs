//! Several real nodes under a real login server, spoken to as browsers and other nodes do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod about_node;
mod cables;
mod delivery;
mod events;
mod login_server_down;
mod presence;
mod relay;
mod restart;
mod serverless;
mod sloppy_peers;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
mod trials;
mod writer_failure;
