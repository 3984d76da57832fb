//! The codec against the recorded vectors of 2017, kind by kind, each with its number printed; one test for each row of "where nodes
//! disagree" that reading decides; and whatever else may arrive.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod bodies;
mod deviations;
mod encryption;
mod hashing;
mod hostile;
mod list_api;
mod replies;
mod vectors;
