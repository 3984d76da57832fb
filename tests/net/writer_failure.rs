//! A database that another program holds: clear errors, and then on as before.

use std::rc::Rc;

use rusqlite::Connection;
use serde_json::json;

use super::support::{TestNetwork, TestNode, message, password_of, png};

async fn impatient_node(network: &TestNetwork) -> Rc<TestNode> {
    network.node_with(|settings| settings.database.lock_timeout_ms = 50).await
}

fn hold(node: &TestNode) -> Connection {
    let other_program = Connection::open(node.data().join("kith.db")).unwrap();
    other_program.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    other_program.execute_batch("BEGIN EXCLUSIVE").unwrap();
    other_program
}

#[actix_web::test]
async fn callers_are_told_and_the_node_recovers() {
    let network = TestNetwork::start().await;
    let node = impatient_node(&network).await;
    let ana = node.as_user("ana").await;
    let before = ana.send("ana", "before").await;
    ana.has_receipt(&before, "delivered").await;

    let other_program = hold(&node);
    let refused = ana.try_send("ana", "during").await;
    assert_eq!((refused.error(), refused.header("retry-after")), ((503, "busy".to_owned()), "1"));
    let refused = ana.try_send_file("ana", "x.png", "image/png", &png()).await;
    assert_eq!(refused.error(), (503, "busy".to_owned()));
    for (path, body) in
        [("/api/status", json!({ "status": "Away" })), ("/api/profile", json!({ "fullname": "Ana" })), ("/api/blocks/ben", json!({}))]
    {
        assert_eq!(ana.put(path, &body).await.error(), (503, "busy".to_owned()), "{path}");
    }
    let reply = node.peer_call("/receiveMessage", &message("cleo", "ana", "during", 1_700_000_000.0)).await;
    assert_eq!((reply.status, reply.code()), (503, 4));
    let file = super::support::file("cleo", "ana", "x.png", "image/png", &png(), 1_700_000_000.0);
    assert_eq!(node.peer_call("/receiveFile", &file).await.code(), 4);
    assert_eq!(node.visitor("ben").try_log_in(&password_of("ben")).await.error().0, 503);
    let health = node.get("/healthz").await;
    assert_eq!((health.status, &health.json()["database"]), (503, &json!(false)));
    // Reading goes on.
    assert_eq!(ana.texts("ana").await, ["before"]);
    assert_eq!(ana.get("/api/session").await.ok().json()["status"], "Online");

    other_program.execute_batch("ROLLBACK").unwrap();
    // As their senders would: again.
    ana.send("ana", "after").await;
    assert_eq!(node.peer_call("/receiveMessage", &message("cleo", "ana", "during", 1_700_000_000.0)).await.code(), 0);
    assert_eq!(node.peer_call("/receiveFile", &file).await.code(), 0);
    ana.set_status("Away").await;
    assert_eq!(node.get("/healthz").await.status, 200);
    assert_eq!(
        (ana.texts("ana").await, ana.texts("cleo").await),
        (vec!["before".into(), "after".into()], vec!["during".into(), String::new()])
    );
    node.as_user("ben").await;
    network.stop().await;
}

#[actix_web::test]
async fn nothing_acknowledged_is_missing_though_the_lock_comes_and_goes() {
    let network = TestNetwork::start().await;
    let node = impatient_node(&network).await;
    let ben = node.as_user("ben").await;
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for round in 0..4 {
        let other_program = (round % 2 == 1).then(|| hold(&node));
        let calls = (0..20).map(|n| {
            let (node, text) = (&node, format!("{round} {n}"));
            async move {
                let reply = node.peer_call("/receiveMessage", &message("cleo", "ben", &text, 1_700_000_000.0 + f64::from(n))).await;
                (text, reply)
            }
        });
        for (text, reply) in futures_util::future::join_all(calls).await {
            match reply.code() {
                0 => acknowledged.push(text),
                4 => refused += 1,
                code => panic!("{code}: {reply:?}"),
            }
        }
        drop(other_program);
    }
    assert_eq!((acknowledged.len(), refused), (40, 40));
    let mut stored = ben.texts("cleo").await;
    stored.sort();
    acknowledged.sort();
    assert_eq!(stored, acknowledged);
    network.stop().await;
}

#[actix_web::test]
async fn a_delivery_whose_receipt_could_not_be_written_is_not_doubled() {
    let network = TestNetwork::start().await;
    let first = impatient_node(&network).await;
    let second = network.node().await;
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees("ben", "is known", |user| user["username"] == "ben").await;
    ben.sign_out().await;
    ana.sees("ben", "is away", |user| user["online"] == false).await;
    let sent = ana.send("ben", "once").await;
    let other_program = hold(&first);
    let ben = second.as_user("ben").await;
    ben.has_messages("ana", 1).await;
    other_program.execute_batch("ROLLBACK").unwrap();
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(ben.texts("ana").await, ["once"]);
    network.stop().await;
}

/// Lesson 21: when the limiter could not write its count, it let everybody through.
#[actix_web::test]
async fn the_rate_limits_hold_while_nothing_can_be_written() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            settings.database.lock_timeout_ms = 50;
            settings.limits.enabled = true;
            settings.limits.peer_messages_per_minute = 4;
        })
        .await;
    let _ana = node.as_user("ana").await;
    let other_program = hold(&node);
    let mut codes = Vec::new();
    for n in 0..8 {
        let body = message("ben", "ana", "hi", 1_700_000_000.0 + f64::from(n));
        codes.push(node.peer_call("/receiveMessage", &body).await.code());
    }
    // Four may come, of which none could be kept; the budget gives one back each quarter of a minute.
    assert_eq!(codes[..4], [4; 4]);
    assert!(codes[4..].iter().filter(|code| **code == 11).count() >= 3, "{codes:?}");
    other_program.execute_batch("ROLLBACK").unwrap();
    assert_eq!(node.peer_call("/receiveMessage", &message("ben", "ana", "hi", 1_700_000_100.0)).await.code(), 11);
    network.stop().await;
}
