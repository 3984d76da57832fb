//! What broke the node of 2017 (S) and its peers, where others have to take part. The other numbered lessons are in `tests/node`, `tests/net`
//! and `tests/login_server`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::arena::{Arena, until};
use super::support::{Answer, FakeServer, Habits, OldNode, Then, message};

/// Functions of nodes S, T, J, A, M and E that were never meant for callers, and files that they gave to anybody.
const INNARDS: [&str; 22] = [
    "requestOfflineMessages?username=ana&hash=00",
    "updateClientProfileDetails?username=ana&fullname=x",
    "sendMessage?sender=ana&destination=cleo&message=x",
    "signout",
    "signin?username=ana&password=x",
    "shutdown",
    "restart",
    "debug",
    "kith.db",
    "kith.db-wal",
    "data/kith.db",
    "files/",
    "Cargo.toml",
    "src/main.rs",
    "main.py",
    "static/../kith.db",
    "static/..%2f..%2fkith.db",
    "static/%2e%2e/%2e%2e/kith.db",
    "static//etc/passwd",
    "..%5c..%5ckith.db",
    ".git/config",
    "config/kith.toml",
];

/// Lesson 29: an inner function could be called from outside; and peers shut down, or gave their database away, for anybody who asked.
#[actix_web::test]
async fn nothing_but_the_calls_of_the_protocol_can_be_called() {
    let arena = Arena::open("ana", |_| {}).await;
    let asked = || arena.node.count("SELECT count(*) FROM messages") + arena.node.count("SELECT count(*) FROM held");
    for path in INNARDS {
        let answer = arena.node.get(&format!("/{path}")).await;
        assert!([400, 401, 403, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.text().contains("SQLite format") && !answer.text().contains("root:"), "{path}");
        let reply = arena.call(&format!("/{path}"), &[("Content-Type", "application/json")], b"{}".to_vec()).await;
        assert!((400..500).contains(&reply.status), "{path}: {reply:?}");
    }
    assert_eq!(asked(), 0);
    // Still running, and ana still signed in.
    arena.is_well().await;
    arena.close().await;
}

/// The commits in the log of a database, which has not been folded into it yet: frames that say how large the database is then.
fn commits(log: &std::path::Path) -> usize {
    let bytes = std::fs::read(log).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let frame = 24 + number(8) as usize;
    (32..bytes.len().saturating_sub(frame - 1))
        .step_by(frame)
        .filter(|at| number(at + 4) != 0 && bytes[at + 8..at + 16] == bytes[16..24])
        .count()
}

/// Lesson 31: each half minute everybody's node was asked in turn, a second for each that was silent, and each person who was away cost a commit.
#[actix_web::test]
async fn looking_around_waits_for_nobody_and_costs_no_commit_for_each_person() {
    const SILENT: usize = 40;
    let arena = Arena::open("ana", |settings| {
        settings.presence.list_every_s = 30;
        settings.presence.concurrency = 16;
    })
    .await;
    // Once for all of them, and it answers none.
    let open = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = open.clone();
    let silent = FakeServer::start(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Answer::raw("", Then::FallSilent)
    })
    .await;
    for _ in 0..SILENT {
        arena.list(&arena.somebody(), silent.address(), None);
    }
    let ben = arena.meet(Habits::default(), false).await;
    // None of them was answered, and yet this many were asked.
    until(async || (open.load(Ordering::SeqCst) >= 16).then_some(())).await;
    let start = Instant::now();
    ben.can_be_written_to().await;
    assert!(start.elapsed() < Duration::from_secs(SILENT as u64 / 2), "the message waited for those who are silent");
    until(async || (ben.shown().await["profile"]["fullname"] == "Ben").then_some(())).await;

    let log = arena.node.data().join("kith.db-wal");
    let before = commits(&log);
    for _ in 0..5 {
        arena.look_around_again().await;
    }
    let after = commits(&log);
    assert!(after - before < SILENT, "{} commits for five looks", after - before);
    arena.close().await;
}

/// Seen at E: a second message with the same stamp was dropped, and answered with 0.
#[actix_web::test]
async fn two_messages_in_the_same_second_are_two() {
    let arena = Arena::open("ana", |_| {}).await;
    for text in ["one", "two"] {
        let body = message("ben", "ana", text, 1_497_225_143.0);
        assert_eq!(arena.node.peer_call("/receiveMessage", &body).await.text, "0: Success");
    }
    let mut texts = arena.user.texts("ben").await;
    texts.sort();
    assert_eq!(texts, ["one", "two"]);
    arena.close().await;
}

/// Seen at E and A: no call worked until somebody had opened the home page, and whoever opened it then was signed in as the user.
#[actix_web::test]
async fn a_node_answers_before_anybody_opens_a_page_and_signs_nobody_in() {
    let login_server = FakeServer::start(|_| Answer::text("0, User and IP logged")).await;
    let node = super::support::TestNode::start(&login_server.url(), |_| {}).await;
    assert_eq!(node.get("/ping").await.text(), "0");
    assert!(node.get("/listAPI").await.ok().text().contains("/receiveMessage"));
    assert_eq!(node.peer_call("/getStatus", &json!({ "profile_username": "ana" })).await.code(), 3);
    let _ana = node.as_user("ana").await;
    assert_eq!(node.get("/api/session").await.status, 401);
    assert_eq!(node.visitor("ana").get("/api/conversations").await.status, 401);
    node.stop().await;
}

/// Seen at S and J: their own retrieveMessages always fails. Ours does not rely on it: who is back gets what waits here.
#[actix_web::test]
async fn a_peer_that_cannot_hand_out_loses_nothing_of_ours() {
    let arena = Arena::open("ana", |settings| settings.relay.copies = 0).await;
    let name = arena.somebody();
    let sent = arena.user.send(&name, "Waiting for you").await;
    let failing = Answer::text("Error: Something Went Wrong");
    let node = OldNode::with(Habits { quirks: [("/retrieveMessages", failing)].into(), ..Habits::default() }).await;
    arena.list(&name, node.address(), None);
    arena.node.look_around().await;
    let receipt = until(async || Some(arena.user.message(&name, &sent["id"]).await).filter(|sent| sent["receipt"] == "delivered")).await;
    assert_eq!(receipt["failure"], Value::Null);
    assert_eq!(node.got().len(), 1);
    arena.close().await;
}
