//! Whom the operator of a node wants nothing to do with.

use kith::config::Settings;
use kith::domain::blacklist::Blacklist;
use kith::domain::network::AddressRange;
use kith::domain::username::Username;
use serde_json::{Value, json};

use super::support::{Answer, FakeServer, PeerReply, TestNetwork, TestNode, eventually, file, message};

fn bar(addresses: &'static [&str], users: &'static [&str]) -> impl FnOnce(&mut Settings) {
    let addresses = addresses.iter().map(|text| AddressRange::parse(text).unwrap()).collect();
    let users = users.iter().map(|name| Username::parse(name).unwrap());
    let blacklist = Blacklist::new(addresses, users);
    move |settings| settings.blacklist = blacklist
}

/// Each call that names its caller in its body, with the body.
fn calls(caller: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("/receiveMessage", message(caller, "ben", "hi", 1_700_000_000.0)),
        ("/receiveFile", file(caller, "ben", "x", "text/plain", b"hi", 1_700_000_000.0)),
        ("/acknowledge", json!({ "sender": caller, "destination": "ben", "stamp": 1, "hashing": 1, "hash": "00" })),
        ("/getPublicKey", json!({ "sender": caller, "profile_username": "ben" })),
        ("/handshake", json!({ "sender": caller, "destination": "ben", "message": "test", "encryption": 0 })),
        ("/getProfile", json!({ "sender": caller, "profile_username": "ben" })),
        ("/retrieveMessages", json!({ "requestor": caller })),
        ("/retrieveMessages", json!({ "username": caller })),
        ("/report", json!({ "username": caller, "passphrase": "x", "signature": "1", "location": 2, "ip": "127.0.0.1", "port": 1 })),
    ]
}

/// What was asked for comes without a code.
fn code_of(reply: &PeerReply) -> i64 {
    if reply.status == 200 && reply.text.starts_with('{') { 0 } else { reply.code() }
}

async fn post_from(node: &TestNode, from: [u8; 4], caller: &str) -> Vec<(String, i64)> {
    let mut codes = Vec::new();
    for (path, body) in calls(caller) {
        codes.push((path.to_owned(), code_of(&node.peer_call_from(from, path, &body).await)));
    }
    let status = node.peer_call_from(from, "/getStatus", &json!({ "profile_username": "ben" })).await;
    codes.push(("/getStatus".to_owned(), code_of(&status)));
    codes
}

#[actix_web::test]
async fn every_call_from_a_barred_address_gets_11() {
    let network = TestNetwork::start().await;
    let node = network.node_with(bar(&["127.0.0.64/30"], &[])).await;
    let ben = node.as_user("ben").await;
    for (path, code) in post_from(&node, [127, 0, 0, 66], "cleo").await {
        assert_eq!(code, 11, "{path}");
    }
    for path in ["/ping", "/listAPI", "/pictures/ben", "/getList?username=cleo"] {
        let answer = node.visitor_at("cleo", [127, 0, 0, 66]).get(path).await;
        assert_eq!((answer.status, answer.text().as_str()), (429, "11: Blacklisted or Rate Limited"), "{path}");
    }
    assert!(ben.conversation("cleo").await.is_empty());
    // From beside the network all is well.
    assert!(post_from(&node, [127, 0, 0, 68], "cleo").await.iter().any(|(_, code)| *code == 0));
    assert_eq!(ben.texts("cleo").await[0], "hi");
    assert_eq!(node.figures().await.count("kith_blacklisted_calls_total"), 14);
    network.stop().await;
}

/// The body of a barred address is not waited for: there need not be one.
#[actix_web::test]
async fn a_barred_address_is_refused_before_its_body_is_read() {
    let network = TestNetwork::start().await;
    let node = network.node_with(bar(&["127.0.0.1"], &[])).await;
    let mut connection = super::support::RawConnection::open(node.address()).await;
    connection.write("POST /receiveMessage HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n").await;
    let answer = connection.answer().await;
    assert!(answer.starts_with("HTTP/1.1 429 ") && answer.ends_with("11: Blacklisted or Rate Limited"), "{answer}");
    network.stop().await;
}

#[actix_web::test]
async fn every_call_in_a_barred_name_gets_11() {
    let network = TestNetwork::start().await;
    let node = network.node_with(bar(&[], &["cleo"])).await;
    let ben = node.as_user("ben").await;
    for (path, code) in post_from(&node, [127, 0, 0, 1], "Cleo").await {
        // Nobody is named in this one.
        assert_eq!(code, if path == "/getStatus" { 0 } else { 11 }, "{path}");
    }
    for path in ["/ping?sender=cleo", "/getList?username=cleo"] {
        assert_eq!(node.get(path).await.status, 429, "{path}");
    }
    assert_eq!(node.peer_post([127, 0, 0, 1], "/ping", b"sender=cleo".to_vec()).await.code(), 11);
    assert_eq!(node.peer_post([127, 0, 0, 1], "/ping", b"sender=dan".to_vec()).await.code(), 0);
    assert_eq!(node.get("/ping").await.text(), "0");
    assert!(ben.conversation("cleo").await.is_empty());
    assert!(post_from(&node, [127, 0, 0, 1], "dan").await.iter().any(|(_, code)| *code == 0));
    network.stop().await;
}

/// A peer that answers everything as it should.
async fn good_peer() -> FakeServer {
    FakeServer::start(|call| match call.path() {
        "/getStatus" => Answer::text("{\"status\": \"Online\"}"),
        "/listAPI" => Answer::text(&kith::protocol::list_api::recommended_text()),
        _ => Answer::text("0: Success"),
    })
    .await
}

#[actix_web::test]
async fn nothing_is_sent_to_whoever_is_barred() {
    let network = TestNetwork::start().await;
    let (barred, welcome) = (good_peer().await, good_peer().await);
    network.login_server.report("ben", barred.address()).await;
    network.login_server.report("cleo", welcome.address()).await;
    let node = network.node_with(bar(&[], &["ben"])).await;
    let ana = node.as_user("ana").await;
    ana.sees_online("cleo").await;
    let (to_ben, to_cleo) = (ana.send("ben", "hi").await, ana.send("cleo", "hi").await);
    let failed = ana.has_receipt(&to_ben, "failed").await;
    assert!(failed["failure"].as_str().unwrap().contains("operator"), "{failed}");
    ana.has_receipt(&to_cleo, "delivered").await;
    eventually("cleo's node was asked three times", async || (welcome.calls_to("/getStatus").len() >= 3).then_some(())).await;
    assert!(barred.calls().is_empty(), "{:?}", barred.calls());
    network.stop().await;
}

#[actix_web::test]
async fn nothing_is_sent_to_a_barred_address() {
    let network = TestNetwork::start().await;
    let barred = good_peer().await;
    network.login_server.report("ben", barred.address()).await;
    let node = network.node_with(bar(&["127.0.0.1"], &[])).await;
    let ana = node.as_user("ana").await;
    ana.sees("ben", "was listed", |user| user["last_seen"].is_number()).await;
    let sent = ana.send("ben", "hi").await;
    ana.has_receipt(&sent, "failed").await;
    assert!(barred.calls().is_empty(), "{:?}", barred.calls());
    network.stop().await;
}
