//! The program, as it is run at a terminal or by a script.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod accounts;
mod backup;
mod demo;
mod loadtest;
mod node;
mod program;
mod settings;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
