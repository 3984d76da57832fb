//! People's journeys through the pages, in real browsers, on real nodes under a real login server.
//!
//! Each test has a town of its own (`town`), and each person in it a node and a browser (`person`, `browser`). Chromium, Firefox and
//! their drivers have to be installed, and axe-core fetched: scripts/test does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod about_node;
mod access;
mod browser;
mod chatting;
mod composing;
mod events;
mod handling;
mod hostile;
mod hostile_peer;
mod keyboard;
mod languages;
mod notifications;
mod person;
mod phone;
mod pictures;
mod profiles;
mod screenshots;
mod scrolling;
mod settings;
mod signing_in;
mod speed;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
mod town;
mod walk;
