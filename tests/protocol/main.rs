//! The codec against the recorded vectors of 2017, kind by kind, each with its number printed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod bodies;
mod list_api;
mod replies;
mod vectors;
