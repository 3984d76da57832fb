//! How long the pieces of kith take, one by one: `cargo bench`, or `cargo bench -- writer` for some of them.
//!
//! What a user notices is measured by `kith loadtest`; this is for whoever wants to make a piece faster.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on stops")]

mod fan_out;
mod floor;
mod markdown;
mod network;
mod search;
mod tiers;
mod writer;

fn main() {
    divan::main();
}
