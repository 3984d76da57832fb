//! Peers as ragged as they really are: each deviation from the protocol, at each call, in both directions, as real HTTP with one real node.
//!
//! `they_call` has what others send us, `they_answer` what they answer us, `runner` bounds and counts the cases. `conformance` puts the
//! recorded vectors through a node, and `crowd` ten thousand senders.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on stops")]

mod arena;
mod conformance;
mod crowd;
mod lessons;
#[path = "../cli/program.rs"]
#[allow(dead_code, reason = "each test binary uses a part")]
mod program;
mod runner;
#[path = "../support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each test binary uses a part")]
mod support;
mod they_answer;
mod they_call;
#[path = "../protocol/vectors.rs"]
mod vectors;

use std::time::Duration;

use self::arena::Arena;

/// Fewer cases than this would mean that some are lost.
const LEAST_CASES: usize = 200;

#[actix_web::test]
async fn no_deviation_of_a_peer_does_harm() {
    let panics = runner::count_panics();
    let arena = Arena::open("ana", |settings| {
        settings.presence.status_every_s = 3600;
        settings.presence.profile_every_s = 3600;
        settings.presence.concurrency = 64;
        settings.courier.timeout_ms = 800;
        settings.courier.connect_timeout_ms = 500;
        settings.http.body_timeout_ms = 1500;
        settings.http.request_timeout_ms = 1500;
        // What cannot be delivered stays with its sender, so that each fake sees only what is for its own user.
        settings.relay.copies = 0;
    })
    .await;
    let cases = they_call::cases(&arena).into_iter().chain(they_answer::cases(&arena)).collect::<Vec<_>>();
    let summary = runner::run(cases).await;
    arena.is_well().await;
    summary.print(panics());
    assert_eq!(summary.failures, Vec::<String>::new());
    assert_eq!(panics(), 0, "the node panicked");
    assert!(summary.count >= LEAST_CASES, "only {} cases ran", summary.count);
    assert!(summary.slowest.0 < Duration::from_secs(5), "{:?}", summary.slowest);
    arena.close().await;
}
