//! The recorded vectors once more, this time through a node: what came in is posted to it, and what was answered is answered to it. What cannot
//! go over HTTP, or waits for a call that this node does not have, is named with its reason.

use std::collections::HashMap;
use std::rc::Rc;

use kith::protocol::list_api::Offer;
use kith::protocol::reply_code::parse_reply;
use serde_json::{Value, json};

use super::arena::{Arena, until};
use super::runner::{self, Case};
use super::support::{Answer, Habits, PeerReply};
use super::vectors::{key_pair, list, report, section, text};

/// The user whom the vectors are for, and the one who sends them.
const ALICE: &str = "alice01";
const BOB: &str = "bob002";

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A node of alice's with the key pair that the vectors were made for.
async fn node_of_alice() -> Rc<Arena> {
    let arena = Arena::open(ALICE, |settings| {
        settings.relay.copies = 0;
        settings.courier.timeout_ms = 2000;
    })
    .await;
    let keys = key_pair();
    let public = hex::decode(keys.public().to_hex()).unwrap();
    let private = hex::decode(text(&section("keys")["rsa_test_key"], "private_der_hex")).unwrap();
    // With the node's own database, while it runs: SQLite has the next reader see it.
    let database = rusqlite::Connection::open(arena.node.data().join("kith.db")).unwrap();
    let replaced = database.execute("UPDATE keys SET public_key = ?, private_key = ? WHERE username = ?", (public, private, ALICE));
    assert_eq!(replaced.unwrap(), 1, "alice has one key pair");
    arena
}

async fn post(arena: &Arena, call: &str, body: &Value) -> PeerReply {
    arena.call(call, &[JSON], body.to_string().into_bytes()).await
}

async fn texts(arena: &Arena) -> Vec<String> {
    arena.user.texts(BOB).await
}

#[actix_web::test]
async fn every_encryption_vector_is_read_by_a_node() {
    let arena = node_of_alice().await;
    for (n, vector) in list("encryption").iter().enumerate() {
        let mut body =
            json!({ "sender": BOB, "destination": ALICE, "message": vector["ciphertext_hex"], "encryption": vector["standard"] });
        body["decryptionKey"] = vector.get("decryptionKey").cloned().unwrap_or_default();
        let stamp = format!("{}.5", 1_512_345_600 + n);
        // By its stamp, under the same key, a node of 2018 is known.
        body["stamp"] = match vector.get("key_ascii").and_then(Value::as_str) {
            Some(key) => hex::encode(stamp.bytes().zip(key.bytes().cycle()).map(|(byte, key)| byte ^ key).collect::<Vec<u8>>()).into(),
            None => stamp.clone().into(),
        };
        let reply = post(&arena, "/receiveMessage", &body).await;
        assert_eq!(reply.text, "0: Success", "{vector}");
        let hex = vector["decrypts_to_hex"].as_str().unwrap_or_else(|| text(vector, "plaintext_hex"));
        let plain = String::from_utf8(hex::decode(hex).unwrap()).unwrap();
        let newest = arena.user.conversation(BOB).await.pop().unwrap();
        assert_eq!((&newest["text"], &newest["stamp"]), (&json!(plain), &json!(stamp.parse::<f64>().unwrap())), "{}", vector["id"]);
    }
    assert_eq!(texts(&arena).await.len(), list("encryption").len());
    report("encryption, over HTTP", list("encryption").len());
    arena.close().await;
}

#[actix_web::test]
async fn every_hashing_vector_is_checked_by_a_node() {
    let arena = node_of_alice().await;
    for (n, vector) in list("hashing").iter().enumerate() {
        let mut body = json!({ "sender": vector["sender"], "destination": ALICE, "message": vector["text"],
            "stamp": 1_497_225_143 + n, "hashing": vector["standard"], "hash": vector["hash"] });
        assert_eq!(post(&arena, "/receiveMessage", &body).await.text, "0: Success", "{vector}");
        assert_eq!(texts(&arena).await.pop().as_deref(), vector["text"].as_str(), "{vector}");
        body["message"] = json!("another text");
        assert_eq!(post(&arena, "/receiveMessage", &body).await.code(), 7, "{vector}");
    }
    assert_eq!(texts(&arena).await.len(), list("hashing").len());
    report("hashing, over HTTP", list("hashing").len());
    arena.close().await;
}

#[actix_web::test]
async fn every_reply_vector_decides_on_a_receipt() {
    let arena = node_of_alice().await;
    let cases = list("reply_parsing").iter().map(|vector| Case::new(text(vector, "body"), replied(arena.clone(), vector)));
    let summary = runner::run(cases.collect()).await;
    assert_eq!(summary.failures, [] as [String; 0]);
    report("reply parsing, over HTTP", summary.count);
    arena.close().await;
}

async fn replied(arena: Rc<Arena>, vector: &'static Value) {
    let answer = Answer::text(text(vector, "body"));
    let them = arena.meet(Habits { quirks: HashMap::from([("/receiveMessage", answer)]), ..Habits::default() }, true).await;
    let sent = arena.user.send(&them.name, "Have you got it?").await;
    let code = vector["code"].as_i64();
    assert_eq!(parse_reply(text(vector, "body")), code);
    if code == Some(0) {
        them.receipt_is(&sent, "delivered").await;
    } else {
        // Either it is refused for good, or it is tried again; after an 11 not for half a minute.
        until(async || {
            let failed = arena.user.message(&them.name, &sent["id"]).await["receipt"] == "failed";
            let tries = them.node.calls_to("/receiveMessage").len();
            (failed || tries > 1 || (code == Some(11) && tries == 1)).then_some(())
        })
        .await;
        assert_ne!(arena.user.message(&them.name, &sent["id"]).await["receipt"], "delivered");
    }
}

#[actix_web::test]
async fn every_list_of_calls_decides_on_the_standards() {
    let arena = node_of_alice().await;
    let samples = list("listapi_samples").iter().map(|sample| text(sample, "text"));
    // The last of these is a description, and no list.
    let choices = list("listapi_peer_choice").iter().map(|choice| text(choice, "text_tail"));
    let lists: Vec<&'static str> = samples.chain(choices).collect();
    let cases = lists.iter().map(|list| Case::new(*list, listed(arena.clone(), list))).collect();
    let summary = runner::run(cases).await;
    assert_eq!(summary.failures, [] as [String; 0]);
    assert_eq!(arena.node.get("/listAPI").await.text(), section("listapi_recommended").as_str().unwrap());
    report("listAPI texts, over HTTP", summary.count);
    arena.close().await;
}

/// A message and a file go under standards that the list has, and arrive.
async fn listed(arena: Rc<Arena>, list: &'static str) {
    // The handshake is another matter, and these fakes have none.
    let them = arena.meet(Habits { list_api: list.replace("/handshake", "/nothing"), ..Habits::default() }, true).await;
    them.can_be_written_to().await;
    let file = arena.user.send_file(&them.name, "a.txt", "text/plain", b"content").await;
    them.receipt_is(&file, "delivered").await;
    let (offer, got) = (Offer::read(list), them.node.got());
    let ours = kith::protocol::encryption::Encryption::ALL;
    let expected = [offer.message_encryption(&ours, 60), offer.file_encryption(&ours)];
    assert_eq!(got.iter().map(|got| got.encryption).collect::<Vec<_>>(), expected, "{list}");
    assert!(got.iter().all(|got| offer.hashing.iter().any(|hashing| i64::from(hashing.number()) == got.hashing)), "{list}");
    assert_eq!(got[1].payload.as_deref(), Some("Y29udGVudA=="));
}

/// The body of a vector; in a file `B64:<n>` stands for the base64 of n zero bytes.
fn body_of(vector: &Value) -> Option<Vec<u8>> {
    if let Some(raw) = vector.get("raw_body") {
        return Some(raw.as_str().unwrap().as_bytes().to_vec());
    }
    let mut json = vector.get("json")?.clone();
    if let Some(count) = json["file"].as_str().and_then(|file| file.strip_prefix("B64:")) {
        json["file"] = kith::protocol::outgoing::file_base64(&vec![0; count.parse().unwrap()]).into();
    }
    Some(json.to_string().into_bytes())
}

/// The answer of the node to a vector.
async fn answer_to(arena: &Arena, vector: &Value) -> PeerReply {
    let query = vector["query"].as_str().unwrap_or_default();
    let path = format!("{}{}{query}", text(vector, "call"), if query.is_empty() || query.starts_with('?') { "" } else { "?" });
    if vector["method"] == "GET" {
        let reply = arena.node.get(&path).await;
        return PeerReply { status: reply.status, text: reply.text() };
    }
    let content_type = vector["content_type"].as_str().unwrap_or("application/json");
    arena.call(&path, &[("Content-Type", content_type)], body_of(vector).unwrap_or_default()).await
}

/// Whether an answer is what a complete node answers.
fn fits(vector: &Value, reply: &PeerReply) -> bool {
    match (text(vector, "id"), text(vector, "expect")) {
        // "answer 0 or 1; never fail" (section 11), and "honour it" (section 3).
        ("ping-no-sender" | "retrieve-username", _) => [0, 1].contains(&reply.code()),
        (_, "http415") => reply.status == 415,
        (_, "json") => reply.status == 200 && serde_json::from_str::<Value>(&reply.text).is_ok_and(|answer| answer.is_object()),
        (_, "text") => reply.status == 200 && !reply.text.is_empty() && !reply.text.starts_with('<'),
        (_, code) => code.parse() == Ok(reply.code()) && (reply.status == 200) == (code == "0"),
    }
}

#[actix_web::test]
async fn every_body_vector_is_answered_by_a_node() {
    let arena = node_of_alice().await;
    // Bob is at this very machine, as whoever calls here.
    arena.list(BOB, ([127, 0, 0, 1], 1).into(), None);
    until(async || {
        arena.node.look_around().await;
        (arena.user.user(BOB).await["online"] == true).then_some(())
    })
    .await;
    // What an answer is about.
    let event = serde_json::json!({ "name": "Meet", "start": 1_497_300_000.0, "end": 1_497_303_600.0, "guests": [BOB] });
    arena.user.post("/api/events", &event).await.ok();
    let mut count = 0;
    for vector in list("bodies") {
        let call = text(vector, "call");
        let before = texts(&arena).await.len();
        let reply = answer_to(&arena, vector).await;
        assert!(fits(vector, &reply), "{reply:?} for {vector}");
        let news = texts(&arena).await.len() - before;
        let brings = ["/receiveMessage", "/receiveFile"].contains(&call) && reply.status == 200;
        let is_for_alice = vector["json"]["destination"] == ALICE;
        let is_repeat = text(vector, "id") == "msg-dup-2";
        assert_eq!(news, usize::from(brings && is_for_alice && !is_repeat), "{vector}");
        count += 1;
    }
    report("bodies, over HTTP", count);
    arena.close().await;
}
