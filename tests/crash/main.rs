//! What is acknowledged is kept: real node processes that are killed, stopped for a while, and given a disk that fails. docs/reliability.md
//! tells the whole story.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on stops; a long one says how far it is"
)]

mod asleep;
mod books;
mod clients;
mod comparing;
mod disk;
mod faults;
mod kills;
mod model;
mod process;
mod report;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
mod town;
