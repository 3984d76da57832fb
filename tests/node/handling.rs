//! What people do with messages that are there, and with those that they have only begun.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::support::{Answer, FakeServer, TestNetwork, User, eventually, message, picture, png};

async fn forward(user: &User, to: &str, id: &Value) -> super::support::Reply {
    user.post(&format!("/api/conversations/{to}/forward"), &json!({ "id": id })).await
}

async fn delete(user: &User, id: &Value) {
    assert_eq!(user.delete(&path_of(id)).await.status, StatusCode::NO_CONTENT);
}

fn path_of(id: &Value) -> String {
    format!("/api/messages/{}", id.as_str().unwrap())
}

#[actix_web::test]
async fn a_message_is_forwarded_as_it_was_written_and_a_file_without_sending_it_again() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let cleo = network.node().await.as_user("cleo").await;
    ben.sees_online("cleo").await;
    ana.send_markdown("ben", "low water is at **12:02**").await;
    ana.send_file("ben", "map.png", "image/png", &png()).await;
    let got = ben.has_messages("ana", 2).await;

    for message in &got {
        let sent = forward(&ben, "cleo", &message["id"]).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        assert_eq!(sent.json()["from"], "ben");
        ben.has_receipt(&sent.json(), "delivered").await;
    }
    let passed_on = cleo.has_messages("ben", 2).await;
    assert_eq!((&passed_on[0]["text"], &passed_on[0]["markdown"]), (&got[0]["text"], &json!(true)));
    assert_eq!(passed_on[1]["file"]["name"], "map.png");
    assert_eq!(cleo.file(&passed_on[1]["id"]).await.ok().body, png());
    // Whoever may not see it may not pass it on either.
    assert_eq!(forward(&cleo, "ana", &got[0]["id"]).await.error(), (404, "not_found".to_owned()));
    assert_eq!(forward(&ben, "cleo", &json!("nonsense")).await.error(), (404, "not_found".to_owned()));
    network.stop().await;
}

#[actix_web::test]
async fn a_message_deleted_for_oneself_is_gone_for_oneself_alone() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let first = ana.send("ben", "the lamp is under the compressor").await;
    let file = ana.send_file("ben", "lamp.png", "image/png", &png()).await;
    ben.has_messages("ana", 2).await;
    let finds = async |user: &User, count: usize| {
        eventually("search finds what there is", async || {
            let found = user.get("/api/search?q=lamp").await.ok().json();
            (found["messages"].as_array().unwrap().len() == count).then_some(())
        })
        .await;
    };
    finds(&ben, 2).await;
    let mut tab = ben.events().await;

    delete(&ben, &file["id"]).await;
    let told = tab.wait_for("deleted", |_| true).await;
    assert_eq!((&told["id"], &told["with"], &told["unread"]), (&file["id"], &json!("ana"), &json!(1)));
    let list = ben.conversations().await;
    assert_eq!((&list[0]["last_message"]["id"], &list[0]["unread"]), (&first["id"], &json!(1)));
    finds(&ben, 1).await;
    delete(&ben, &first["id"]).await;
    assert_eq!((ben.conversation("ana").await, ben.conversations().await), (vec![], vec![]));
    finds(&ben, 0).await;
    assert_eq!(ben.file(&file["id"]).await.error().0, 404);
    assert_eq!(ben.get(&path_of(&first["id"])).await.error().0, 404);
    assert_eq!(ben.delete(&path_of(&first["id"])).await.error().0, 404);

    // She has hers, and is not told that he has read them.
    finds(&ana, 2).await;
    assert_eq!(ana.file(&file["id"]).await.ok().body, png());
    assert_eq!(ana.get(&path_of(&first["id"])).await.ok().json()["receipt"], "delivered");
    delete(&ana, &first["id"]).await;
    assert_eq!(ana.conversation("ben").await.len(), 1);
    network.stop().await;
}

#[actix_web::test]
async fn what_was_deleted_stays_away_when_it_comes_again_and_after_a_restart() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    let (gone, stays) = (message("ana", "ben", "once", 1_700_000_000.0), message("ana", "ben", "twice", 1_700_000_001.0));
    for body in [&gone, &stays] {
        assert_eq!(node.peer_call("/receiveMessage", body).await.code(), 0);
    }
    delete(&ben, &ben.conversation("ana").await[0]["id"]).await;
    assert_eq!(node.peer_call("/receiveMessage", &gone).await.code(), 0);
    assert_eq!(ben.texts("ana").await, ["twice"]);
    node.stop().await;
    node.start_again().await;
    let ben = node.as_user("ben").await;
    assert_eq!(ben.texts("ana").await, ["twice"]);
    assert_eq!(ben.conversations().await[0]["unread"], 1);
    network.stop().await;
}

#[actix_web::test]
async fn deleting_a_message_that_failed_leaves_nothing_of_it() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let peer = FakeServer::start(|call| Answer::text(if call.path() == "/receiveMessage" { "2: Unauthenticated" } else { "0" })).await;
    network.login_server.report("ben", peer.address()).await;
    let ana = node.as_user("ana").await;
    ana.sees_online("ben").await;
    let sent = ana.send("ben", "never mind").await;
    ana.has_receipt(&sent, "failed").await;
    delete(&ana, &sent["id"]).await;
    assert_eq!(ana.conversation("ben").await, [] as [Value; 0]);
    assert_eq!(node.count("SELECT count(*) FROM messages"), 0);
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_message_says_when_it_was_stored_and_since_when_its_receipt_holds() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let mut tab = ana.events().await;
    let sent = ana.send("ben", "hi").await;
    assert!(sent["arrived_at"].as_f64() >= sent["stamp"].as_f64() && sent["receipt_at"].is_null(), "{sent}");
    let told = tab.wait_for("receipt", |event| event["receipt"] == "delivered").await;
    let now = ana.message("ben", &sent["id"]).await;
    assert_eq!(now["receipt_at"], told["receipt_at"]);
    assert!(now["receipt_at"].as_f64() >= sent["stamp"].as_f64(), "{now}");
    // How far it has come is its sender's to know.
    let got = &ben.has_messages("ana", 1).await[0];
    assert!(got["receipt_at"].is_null() && got["arrived_at"].is_f64(), "{got}");
    network.stop().await;
}

async fn write(user: &User, to: &str, text: &str) {
    user.put(&format!("/api/drafts/{to}"), &json!({ "text": text, "tab": "one" })).await.ok();
}

/// The drafts of somebody, `(with, text)`, the newest first.
async fn drafts(user: &User) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let drafts = user.get("/api/drafts").await.ok().json();
    drafts.as_array().unwrap().iter().map(|draft| (text(&draft["with"]), text(&draft["text"]))).collect()
}

#[actix_web::test]
async fn a_draft_is_kept_for_its_writer_until_it_is_sent() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.limits.drafts = 2).await;
    let (ana, ben) = (node.as_user("ana").await, node.as_user("ben").await);
    let mut tab = ana.events().await;
    let asked = ana.send("ben", "when?").await;
    write(&ana, "ben", "low wat").await;
    let body = json!({ "text": "low water", "reply_to": asked["id"], "tab": "one" });
    ana.put("/api/drafts/ben", &body).await.ok();
    let told = tab.wait_for("draft", |event| event["draft"]["text"] == "low water").await;
    assert_eq!(told["draft"], json!({ "with": "ben", "text": "low water", "reply_to": asked["id"] }));
    assert_eq!(told["tab"], "one");
    assert_eq!(drafts(&ben).await, []);

    node.stop().await;
    node.start_again().await;
    let ana = node.as_user("ana").await;
    assert_eq!(ana.get("/api/drafts").await.ok().json(), json!([told["draft"]]));
    // Of three the oldest goes.
    write(&ana, "cleo", "second").await;
    write(&ana, "dan", "third").await;
    assert_eq!(drafts(&ana).await, [("dan".to_owned(), "third".to_owned()), ("cleo".to_owned(), "second".to_owned())]);
    write(&ana, "dan", "").await;
    assert_eq!(drafts(&ana).await, [("cleo".to_owned(), "second".to_owned())]);

    let too_long = json!({ "text": "x".repeat(65_537) });
    assert_eq!(ana.put("/api/drafts/ben", &too_long).await.error().0, 413);
    assert_eq!(ana.put("/api/drafts/ben", &json!({ "text": "x", "tab": "x".repeat(65) })).await.error().0, 413);
    assert_eq!(ana.put("/api/drafts/ben", &json!({ "text": "x", "reply_to": "x" })).await.error().0, 404);
    network.stop().await;
}

#[actix_web::test]
async fn a_preview_shows_what_would_be_sent() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let text = "**low** water <script>alert(1)</script>\n\n- [chart](https://example.org)";
    let shown = ana.post("/api/preview", &json!({ "text": text })).await.ok().json();
    assert_eq!(shown["html"], ana.send_markdown("ben", text).await["html"]);
    assert!(shown["html"].as_str().unwrap().contains("<strong>low</strong>"), "{shown}");
    assert_eq!(ana.post("/api/preview", &json!({ "text": "x".repeat(65_537) })).await.error().0, 413);
    network.stop().await;
}

#[actix_web::test]
async fn a_page_begins_at_any_message_and_at_the_first_that_was_not_read() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ben = node.as_user("ben").await;
    for n in 0..30 {
        let body = message("ana", "ben", &format!("number {n}"), 1_700_000_000.0 + f64::from(n));
        assert_eq!(node.peer_call("/receiveMessage", &body).await.code(), 0);
    }
    let all = ben.conversation("ana").await;
    let page = async |query: String| {
        let page = ben.get(&format!("/api/conversations/ana/messages?{query}")).await.ok().json();
        let texts = page["messages"].as_array().unwrap().iter().rev().map(|message| message["text"].as_str().unwrap().to_owned());
        (texts.collect::<Vec<_>>(), page["around"].clone())
    };
    let numbers = |from: usize, to: usize| (from..to).map(|n| format!("number {n}")).collect::<Vec<_>>();
    let id = |n: usize| all[n]["id"].as_str().unwrap();
    assert_eq!(page(format!("before={}&limit=5", id(10))).await.0, numbers(5, 10));
    assert_eq!(page(format!("after={}&limit=5", id(10))).await.0, numbers(11, 16));

    ben.post("/api/conversations/ana/read", &json!({ "up_to": id(9) })).await.ok();
    assert_eq!(page("around=unread&limit=6".to_owned()).await, (numbers(7, 14), json!(id(10))));
    // Also when it is not there any more, a message says where it was.
    delete(&ben, &all[10]["id"]).await;
    assert_eq!(page(format!("before={}&limit=5", id(10))).await.0, numbers(5, 10));
    assert_eq!(page("around=unread&limit=6".to_owned()).await.1, json!(id(11)));
    ben.post("/api/conversations/ana/read", &json!({ "up_to": id(29) })).await.ok();
    assert_eq!(page("around=unread&limit=5".to_owned()).await, (numbers(25, 30), Value::Null));
    // Between others it is no place.
    let sent = ben.send("cleo", "hi").await;
    let elsewhere = format!("/api/conversations/ana/messages?before={}", sent["id"].as_str().unwrap());
    assert_eq!(ben.get(&elsewhere).await.error().0, 404);
    network.stop().await;
}

#[actix_web::test]
async fn a_picture_says_how_large_it_is_also_one_from_before_pictures_were_measured() {
    let network = TestNetwork::start().await;
    let node = network.node().await;
    let ana = node.as_user("ana").await;
    let sent = ana.send_file("ben", "wide.png", "image/png", &picture(60, 20)).await;
    assert_eq!((&sent["file"]["width"], &sent["file"]["height"]), (&json!(60), &json!(20)));
    let broken = ana.send_file("ben", "broken.png", "image/png", b"\x89PNG\r\n\x1a\n and no more").await;
    assert_eq!((&broken["file"]["width"], &broken["file"]["height"]), (&Value::Null, &Value::Null));
    let text = ana.send_file("ben", "notes.txt", "text/plain", b"no picture").await;
    assert!(text["file"]["width"].is_null(), "{text}");

    node.stop().await;
    let database = rusqlite::Connection::open(node.data().join("kith.db")).unwrap();
    database.execute("DELETE FROM pictures", []).unwrap();
    drop(database);
    node.start_again().await;
    let ana = node.as_user("ana").await;
    assert_eq!(ana.message("ben", &sent["id"]).await["file"], sent["file"]);
    assert_eq!(node.count("SELECT count(*) FROM pictures"), 2);
    assert_eq!(ana.message("ben", &sent["id"]).await["file"], sent["file"]);
    network.stop().await;
}
