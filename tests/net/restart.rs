//! Stopping and starting again: nothing that was acknowledged is missing afterwards.

use futures_util::future::join_all;
use serde_json::json;

use super::support::{TestNetwork, eventually, message, png, sha256};

#[actix_web::test]
async fn a_node_that_starts_again_goes_on_with_what_it_had_to_deliver() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    drop(ben);
    second.stop().await;
    let text = ana.send("ben", "written before").await;
    let file = ana.send_file("ben", "map.png", "image/png", &png()).await;
    first.stop().await;
    assert_eq!(first.count("SELECT count(*) FROM outbox"), 2);

    first.start_again().await;
    let ana = first.as_user("ana").await;
    assert_eq!(ana.message("ben", &text["id"]).await["receipt"], "pending");
    second.start_again().await;
    let ben = second.as_user("ben").await;
    let got = ben.has_messages("ana", 2).await;
    assert_eq!((&got[0]["id"], &got[1]["id"]), (&text["id"], &file["id"]));
    assert_eq!(sha256(&ben.file(&got[1]["id"]).await.ok().body), sha256(&png()));
    ana.has_receipt(&file, "delivered").await;
    assert_eq!(first.count("SELECT count(*) FROM outbox"), 0);
    network.stop().await;
}

#[actix_web::test]
async fn a_node_that_starts_again_delivers_before_anybody_logs_in() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    ben.sign_out().await;
    ana.sees("ben", "has left", |user| user["online"] == false).await;
    let sent = ana.send("ben", "for later").await;
    assert_eq!(ana.message("ben", &sent["id"]).await["receipt"], "pending");
    // Nobody is there to ask the login server; the last known place is worth a try.
    first.stop().await;
    first.start_again().await;
    eventually("the message is out", async || (first.count("SELECT count(*) FROM outbox") == 0).then_some(())).await;
    ben.log_in().await;
    assert_eq!(ben.texts("ana").await, ["for later"]);
    network.stop().await;
}

#[actix_web::test]
async fn a_restart_signs_out_and_keeps_everything_else() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    ana.put("/api/profile", &json!({ "fullname": "Ana" })).await.ok();
    ana.set_status("Away").await;
    ana.put("/api/blocks/dan", &json!({})).await.ok();
    let sent = ana.send_file("ana", "shell.png", "image/png", &png()).await;
    ana.has_receipt(&sent, "delivered").await;
    let before = ana.conversation("ana").await;
    let cookie = ana.cookie();
    let mut tab = ana.events().await;
    node.stop().await;
    tab.wait_for("signed_out", |_| true).await;
    assert!(!network.login_server.has("ben", "ana").await);

    node.start_again().await;
    let thief = node.visitor("ana");
    thief.steal_cookie(&cookie);
    assert_eq!(thief.get("/api/session").await.status, 401);
    let ana = node.visitor("ana");
    let view = ana.log_in().await;
    assert_eq!((&view["profile"]["fullname"], &view["status"]), (&json!("Ana"), &json!("Away")));
    assert_eq!(ana.get("/api/blocks").await.ok().json(), json!(["dan"]));
    assert_eq!(ana.conversation("ana").await, before);
    assert_eq!(sha256(&ana.file(&sent["id"]).await.ok().body), sha256(&png()));
    network.stop().await;
}

#[actix_web::test]
async fn a_stop_in_full_traffic_loses_nothing_that_was_acknowledged() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let _ben = node.as_user("ben").await;
    let ana = node.as_user("ana").await;
    let http = reqwest::Client::new();
    let url = format!("{}/receiveMessage", node.url());
    let acknowledged = std::cell::RefCell::new(Vec::new());
    let started = tokio::sync::Notify::new();
    let senders = join_all((0..16).map(|sender| {
        let (http, url, acknowledged, started) = (&http, &url, &acknowledged, &started);
        async move {
            for n in 0.. {
                let text = format!("{sender} {n}");
                let body = message("cleo", "ben", &text, 1_700_000_000.0 + f64::from(n));
                let Ok(answer) = http.post(url).json(&body).send().await else { return };
                match answer.text().await {
                    Ok(reply) if reply == "0: Success" => acknowledged.borrow_mut().push(text),
                    // What is refused or broken off at the end was not acknowledged.
                    _ => return,
                }
                if n == 5 {
                    started.notify_one();
                }
            }
        }
    }));
    let stop = async {
        started.notified().await;
        node.stop().await;
    };
    let ((), _) = tokio::join!(stop, senders);
    let acknowledged = acknowledged.into_inner();
    assert!(acknowledged.len() >= 6);
    assert!(!network.login_server.has("dan", "ana").await && !network.login_server.has("dan", "ben").await);
    drop(ana);

    node.start_again().await;
    let ben = node.as_user("ben").await;
    let (mut stored, mut cursor) = (std::collections::HashSet::new(), String::new());
    loop {
        let page = ben.get(&format!("/api/conversations/cleo/messages?limit=200{cursor}")).await.ok().json();
        stored.extend(page["messages"].as_array().unwrap().iter().map(|message| message["text"].as_str().unwrap().to_owned()));
        let Some(before) = page["before"].as_str() else { break };
        cursor = format!("&before={before}");
    }
    let missing: Vec<_> = acknowledged.iter().filter(|text| !stored.contains(*text)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    network.stop().await;
}
