//! What is fuzzed: one module a target, each with a plain `target(data)` that panics when something is not as it has to be.
//!
//! `fuzz_targets/` gives them to libFuzzer, and `tests/fuzz_corpus` of the main package runs what is in `corpus/` through them on stable.

pub mod login_server;
pub mod markdown;
pub mod names;
pub mod peer_answer;
pub mod peer_body;
pub mod range;
pub mod search;
pub mod upload;
