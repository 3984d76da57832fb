//! Rate limits: who is limited, who is not, and what they are told. And callers that hold a connection open.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kith::config::Settings;
use serde_json::json;

use super::support::{RawConnection, TestNetwork, TestNode, file, message, password_of};

/// Limits that are reached within a test; a minute is longer than one takes.
fn tight(settings: &mut Settings) {
    let limits = &mut settings.limits;
    limits.enabled = true;
    (limits.peer_calls_per_minute, limits.peer_messages_per_minute, limits.peer_files_per_minute) = (5, 5, 5);
    (limits.log_ins_per_minute, limits.user_calls_per_minute) = (3, 30);
}

/// A node that budgets calls but gives none back while a test lasts: at five a minute, one comes back each 12 s, so what is tested is
/// that the sixth of a burst is refused, and nothing that depends on when.
async fn limited_node(network: &TestNetwork) -> std::rc::Rc<TestNode> {
    network.node_with(tight).await
}

/// Lesson 19: the limiter went by the sender that a caller named, so that another name was another budget.
#[actix_web::test]
async fn a_caller_that_changes_names_stays_limited() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    let _ben = node.as_user("ben").await;
    let mut codes = Vec::new();
    for n in 0..12 {
        let reply = node.peer_call("/receiveMessage", &message(&format!("name-{n}"), "ben", "hi", 1_700_000_000.0)).await;
        if reply.code() == 11 {
            assert_eq!(reply.status, 429);
        }
        codes.push(reply.code());
    }
    assert_eq!(codes[..5], [0; 5]);
    assert!(codes.iter().filter(|code| **code == 11).count() >= 5, "{codes:?}");
    network.stop().await;
}

/// Lesson 19: a caller that used a victim's name silenced the victim.
#[actix_web::test]
async fn a_caller_that_uses_anothers_name_spends_only_its_own_budget() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    let _ben = node.as_user("ben").await;
    let attack = join_all((0..20).map(|n| {
        let body = message("ana", "ben", "spam", 1_700_000_000.0 + f64::from(n));
        let node = &node;
        async move { node.peer_call_from([127, 0, 0, 66], "/receiveMessage", &body).await.code() }
    }))
    .await;
    assert!(attack.contains(&11), "{attack:?}");
    for n in 0..3 {
        let body = message("ana", "ben", "it is me", 1_700_001_000.0 + f64::from(n));
        assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 0);
    }
    network.stop().await;
}

#[actix_web::test]
async fn each_kind_of_call_has_its_own_budget_and_says_when_to_come_back() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    let _ben = node.as_user("ben").await;
    for n in 0..6 {
        node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0 + f64::from(n))).await;
    }
    let content = file("ana", "ben", "x", "text/plain", b"hi", 1_700_000_000.0);
    assert_eq!(node.peer_call("/receiveFile", &content).await.code(), 0);
    assert_eq!(node.get("/ping").await.text(), "0");
    let mut last = node.get("/ping").await;
    for _ in 0..10 {
        last = node.get("/ping").await;
    }
    assert_eq!((last.status, last.text().starts_with("11: ")), (429, true), "{}", last.text());
    let wait: u64 = last.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    network.stop().await;
}

/// Lesson 20: ten pings with a name locked its owner out of the log-in, for good.
#[actix_web::test]
async fn nobody_is_locked_out_by_what_others_do() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    for _ in 0..15 {
        node.get("/ping?sender=ana").await;
        node.visitor_at("ana", [127, 0, 0, 66]).try_log_in("a guess").await;
    }
    let attacker = node.visitor_at("ana", [127, 0, 0, 66]).try_log_in(&password_of("ana")).await;
    assert_eq!(attacker.error(), (429, "rate_limited".to_owned()));
    assert!(!attacker.header("retry-after").is_empty());
    node.as_user("ana").await;
    network.stop().await;
}

#[actix_web::test]
async fn guesses_from_one_address_are_limited_name_by_name_and_in_all() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    let mut refused = 0;
    for n in 0..50 {
        let answer = node.visitor(&format!("name-{n}")).try_log_in("a guess").await;
        refused += u32::from(answer.status == 429);
        assert!([401, 429].contains(&answer.status), "{}", answer.text());
    }
    assert!(refused >= 10, "{refused}");
    network.stop().await;
}

#[actix_web::test]
async fn a_signed_in_user_is_limited_and_others_are_not() {
    let network = TestNetwork::start().await;
    let node = limited_node(&network).await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let mut last = ana.get("/api/session").await;
    for _ in 0..60 {
        last = ana.get("/api/session").await;
    }
    assert_eq!(last.error(), (429, "rate_limited".to_owned()));
    assert_eq!(ana.get("/chats").await.status, 429);
    ben.get("/api/session").await.ok();
    network.stop().await;
}

#[actix_web::test]
async fn a_setting_lifts_the_rates_and_leaves_the_sizes() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            tight(settings);
            settings.limits.enabled = false;
        })
        .await;
    let ben = node.as_user("ben").await;
    for n in 0..40 {
        assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0 + f64::from(n))).await.code(), 0);
        ben.get("/api/session").await.ok();
    }
    assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", &"x".repeat(65_537), 1.0)).await.code(), 6);
    network.stop().await;
}

#[actix_web::test]
async fn an_unverified_sender_has_a_smaller_quota_that_does_not_touch_the_real_one() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            let limits = &mut settings.limits;
            limits.enabled = true;
            (limits.unverified_messages_per_minute, limits.sender_messages_per_minute) = (3, 6);
        })
        .await;
    let ben = node.as_user("ben").await;
    network.login_server.report("ana", ([127, 0, 0, 66], 9).into()).await;
    ben.sees_online("ana").await;
    let mut forged = Vec::new();
    for n in 0..8_u8 {
        let body = message("ana", "ben", "not me", 1_700_000_000.0 + f64::from(n));
        // Other addresses are no other budget.
        forged.push(node.peer_call_from([127, 0, 0, 70 + n], "/receiveMessage", &body).await.code());
    }
    assert_eq!(forged, [0, 0, 0, 11, 11, 11, 11, 11]);
    let mut real = Vec::new();
    for n in 0..8 {
        let body = message("ana", "ben", "me", 1_700_001_000.0 + f64::from(n));
        real.push(node.peer_call_from([127, 0, 0, 66], "/receiveMessage", &body).await.code());
    }
    assert_eq!(real, [0, 0, 0, 0, 0, 0, 11, 11]);
    let kept = ben.conversation("ana").await;
    assert_eq!(kept.iter().filter(|message| message["verified"] == true).count(), 6);
    let told = node.figures().await;
    assert_eq!((told.limiter("claimed_message", "allowed"), told.limiter("claimed_message", "refused_sender")), (9, 7));
    network.stop().await;
}

#[actix_web::test]
async fn an_addressee_who_is_flooded_by_strangers_still_hears_from_friends() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            settings.limits.enabled = true;
            settings.limits.addressee_messages_per_minute = 8;
            settings.limits.addressee_files_per_minute = 2;
        })
        .await;
    let ben = node.as_user("ben").await;
    network.login_server.report("ana", ([127, 0, 0, 66], 9).into()).await;
    ben.sees_online("ana").await;
    let mut codes = Vec::new();
    for n in 0..8 {
        codes.push(node.peer_call("/receiveMessage", &message(&format!("name-{n}"), "ben", "spam", 1_700_000_000.0)).await.code());
    }
    assert_eq!(codes, [0, 0, 0, 0, 11, 11, 11, 11]);
    let content = |sender: &str, stamp| file(sender, "ben", "x", "text/plain", b"hi", stamp);
    assert_eq!(node.peer_call("/receiveFile", &content("name-1", 1.0)).await.code(), 0);
    assert_eq!(node.peer_call("/receiveFile", &content("name-2", 2.0)).await.code(), 11);
    for n in 0..4 {
        let body = message("ana", "ben", "hi", 1_700_000_000.0 + f64::from(n));
        assert_eq!(node.peer_call_from([127, 0, 0, 66], "/receiveMessage", &body).await.code(), 0);
    }
    // Others on the node have budgets of their own.
    let _cleo = node.as_user("cleo").await;
    assert_eq!(node.peer_call("/receiveMessage", &message("name-1", "cleo", "hi", 1.0)).await.code(), 0);
    network.stop().await;
}

#[actix_web::test]
async fn when_the_node_has_had_enough_of_peers_its_own_users_go_on() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            let limits = &mut settings.limits;
            limits.enabled = true;
            (limits.node_messages_per_minute, limits.node_files_per_minute) = (6, 2);
        })
        .await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let mut codes = Vec::new();
    for n in 0..20_u8 {
        // From an address of its own each, in a name of its own each.
        let body = message(&format!("name-{n}"), "ben", "spam", 1_700_000_000.0);
        codes.push(node.peer_call_from([127, 0, 1, n + 1], "/receiveMessage", &body).await.code());
    }
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 3, "half of the node's budget, and no more: {codes:?}");
    assert_eq!(node.figures().await.limiter("peer_message", "refused_node"), 17);
    for n in 0..10 {
        let sent = ana.send("ben", &format!("number {n}")).await;
        ana.has_receipt(&sent, "delivered").await;
    }
    assert_eq!(ben.conversation("ana").await.len(), 10);
    // Cheap calls have a budget of their own, too.
    assert_eq!(node.get("/ping").await.text(), "0");
    network.stop().await;
}

/// How long this many calls take.
async fn time_of_calls(node: &TestNode, ben: &super::support::User) -> Duration {
    let start = Instant::now();
    for n in 0..25 {
        assert_eq!(node.peer_call("/receiveMessage", &message("ana", "ben", "hi", 1_700_000_000.0 + f64::from(n))).await.code(), 0);
        ben.conversation("ana").await;
    }
    start.elapsed()
}

/// Lesson 18: ten half-open requests delayed every caller by 8.8 s, a hundred by 87 s.
#[actix_web::test]
async fn a_hundred_half_open_connections_hold_nobody_up() {
    let network = TestNetwork::start().await;
    let node = network
        .node_with(|settings| {
            settings.http.request_timeout_ms = 600_000;
            settings.http.body_timeout_ms = 600_000;
        })
        .await;
    let ben = node.as_user("ben").await;
    time_of_calls(&node, &ben).await;
    let alone = time_of_calls(&node, &ben).await;

    let mut half_open = Vec::new();
    for n in 0..100 {
        let mut connection = RawConnection::open(node.address()).await;
        let start = match n % 4 {
            0 => String::new(),
            1 => "GET /ping HTTP/1.1\r\nhost: x\r\n".to_owned(),
            2 => "POST /receiveMessage HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"sender\": \"ana\"".to_owned(),
            _ => "POST /api/session HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"us".to_owned(),
        };
        assert!(connection.write(start).await);
        half_open.push(connection);
    }
    let beside = time_of_calls(&node, &ben).await;
    // Ten times as long would still be no wait for the hundred, whose patience has no end here.
    assert!(beside < alone * 10, "{beside:?} rather than {alone:?}");
    drop(half_open);
    network.stop().await;
}

#[actix_web::test]
async fn whoever_never_finishes_a_request_is_cut_off() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.http.request_timeout_ms = 300).await;
    let mut head = RawConnection::open(node.address()).await;
    head.write("GET /ping HTTP/1.1\r\nhost: x\r\n").await;
    let answer = head.answer().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let node = network.node_with(|settings| settings.http.body_timeout_ms = 300).await;
    for (path, told) in [("/receiveMessage", "1: "), ("/api/session", "\"too_slow\"")] {
        let mut body = RawConnection::open(node.address()).await;
        body.write(format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"sender\""))
            .await;
        let answer = body.answer().await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains(told), "{path}: {answer}");
    }
    network.stop().await;
}

/// Lesson 24: each request without a cookie took memory for a session.
#[actix_web::test]
async fn strangers_get_no_session() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    for path in ["/", "/login", "/chats", "/people", "/ping", "/listAPI", "/healthz", "/api/session", "/api/users", "/static/css/app.css"] {
        for _ in 0..5 {
            let answer = node.get(path).await;
            assert_eq!(answer.header("set-cookie"), "", "{path}");
        }
    }
    node.visitor("ana").try_log_in("a guess").await;
    let forged = node.visitor("ana");
    forged.steal_cookie(&format!("kith-{}=made-up", node.address().port()));
    assert_eq!(forged.get("/api/session").await.status, 401);
    node.peer_call("/receiveMessage", &json!({})).await;
    assert_eq!(node.count("SELECT count(*) FROM sessions"), 0);
    network.stop().await;
}
