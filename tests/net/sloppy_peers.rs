//! Peers that do not quite keep to the protocol, or at all. Nodes of 2017 go by their letters.

use std::net::SocketAddr;

use serde_json::json;

use super::support::{Answer, FakeServer, Mode, TestNetwork, User, eventually};

/// Ana on a real node, and ben listed at `peer`.
async fn ana_and_ben_at(network: &TestNetwork, peer: SocketAddr) -> User {
    let ana = network.node().await.as_user("ana").await;
    network.login_server.report("ben", peer).await;
    ana.sees_online("ben").await;
    ana
}

/// A peer that says this to messages and files, and little to anything else.
async fn peer_that_says(status: u16, body: &str) -> FakeServer {
    let body = body.to_owned();
    FakeServer::start(move |call| match call.path() {
        "/receiveMessage" | "/receiveFile" => Answer::status(status, &body),
        _ => Answer::status(404, "<html>not here</html>"),
    })
    .await
}

#[actix_web::test]
async fn every_spelling_of_a_yes_counts_as_delivered() {
    let network = TestNetwork::start().await;
    let peer = peer_that_says(200, "0").await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    for yes in ["0", "0: Success", "0: Message received", "0, text", "\"0\"", "{\"error\": 0}", "0: Success\r\n"] {
        peer.now(move |_| Answer::text(yes));
        let sent = ana.send("ben", yes).await;
        ana.has_receipt(&sent, "delivered").await;
    }
    network.stop().await;
    peer.stop().await;
}

/// Lesson 11: a peer that answered an error with status 200 counted as delivered.
#[actix_web::test]
async fn a_peer_that_says_anything_but_yes_has_not_taken_the_message() {
    let network = TestNetwork::start().await;
    let peer = peer_that_says(200, "0").await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    let not_now = [
        (200, "11: Blacklisted or Rate Limited"),
        (200, "4: Database Error"),
        (200, "3: Client Currently Unavailable"),
        (200, "Error: Something Went Wrong"),
        (200, ""),
        (200, "<html>0</html>"),
        (500, "0: Success"),
        (404, "0"),
        (503, "0"),
        (200, "-1"),
        (302, "0: Success"),
    ];
    for (status, body) in not_now {
        peer.now(move |_| Answer::status(status, body));
        let earlier = peer.calls_to("/receiveMessage").len();
        let sent = ana.send("ben", &format!("{status} {body}")).await;
        eventually("the peer was asked twice", async || (peer.calls_to("/receiveMessage").len() >= earlier + 2).then_some(())).await;
        assert_eq!(ana.message("ben", &sent["id"]).await["receipt"], "pending", "{status} {body}");
        // The same message again, letter for letter, and then it is through.
        let calls = peer.calls_to("/receiveMessage");
        assert_eq!(calls[earlier].body, calls[earlier + 1].body);
        peer.now(|_| Answer::text("0: Success"));
        ana.has_receipt(&sent, "delivered").await;
    }
    network.stop().await;
    peer.stop().await;
}

/// Lesson 11: the sender is told why, and may try again.
#[actix_web::test]
async fn a_refusal_for_good_is_shown_with_its_reason_and_can_be_tried_again() {
    let network = TestNetwork::start().await;
    let peer = peer_that_says(200, "0").await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    let mut tab = ana.events().await;
    for refusal in ["1: Missing Compulsory Field", "2: Unauthenticated", "6, text", "7: Hash does not match", "9", "10: no"] {
        peer.now(move |_| Answer::text(refusal));
        let sent = ana.send("ben", refusal).await;
        let event = tab.receipt(&sent, "failed").await;
        assert!(event["failure"].as_str().unwrap().contains("refused"), "{event}");
        assert_eq!(ana.message("ben", &sent["id"]).await["failure"], event["failure"]);

        peer.now(|_| Answer::text("0: Success"));
        let again = ana.post(&format!("/api/messages/{}/retry", sent["id"].as_str().unwrap()), &json!({})).await.ok().json();
        assert_eq!((&again["receipt"], &again["id"], &again["stamp"]), (&json!("pending"), &sent["id"], &sent["stamp"]));
        tab.receipt(&sent, "delivered").await;
        assert_eq!(ana.message("ben", &sent["id"]).await["failure"], json!(null));
    }
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_failed_message_can_be_deleted_by_its_author_and_no_other_can() {
    let network = TestNetwork::start().await;
    let peer = peer_that_says(200, "0").await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    let path = |message: &serde_json::Value| format!("/api/messages/{}", message["id"].as_str().unwrap());
    let delivered = ana.send("ben", "stays").await;
    ana.has_receipt(&delivered, "delivered").await;
    peer.now(|_| Answer::text("2: Unauthenticated"));
    let failed = ana.send("ben", "goes").await;
    ana.has_receipt(&failed, "failed").await;

    let dan = network.node().await.as_user("dan").await;
    let mut tab = ana.events().await;
    assert_eq!(dan.delete(&path(&failed)).await.error().0, 404);
    assert_eq!(ana.delete(&path(&failed)).await.status, 204);
    let event = tab.wait_for("deleted", |event| event["id"] == failed["id"]).await;
    assert_eq!(event["with"], "ben");
    assert_eq!(ana.delete(&path(&failed)).await.error().0, 404);
    assert_eq!(ana.texts("ben").await, ["stays"]);
    assert_eq!(ana.conversations().await[0]["last_message"]["id"], delivered["id"]);
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn what_is_sent_has_every_field_in_the_form_that_most_nodes_read() {
    let network = TestNetwork::start().await;
    let peer = peer_that_says(200, "0").await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    let sent = ana.send_markdown("ben", "*so* <b>\"&\"</b> 🐚").await;
    let file = ana.send_file("ben", "two words.png", "image/png", b"\x89PNG\r\n\x1a\n...").await;
    ana.has_receipt(&file, "delivered").await;

    let message = peer.calls_to("/receiveMessage").remove(0);
    let body = message.json();
    assert_eq!((&body["sender"], &body["destination"], &body["message"]), (&json!("ana"), &json!("ben"), &sent["text"]));
    assert_eq!((&body["markdown"], &body["encryption"], &body["hashing"]), (&json!(1), &json!(0), &json!(0)));
    assert_eq!(body["stamp"], sent["stamp"]);
    let decimals = body["stamp"].to_string();
    assert!(decimals.split('.').nth(1).is_none_or(|decimals| decimals.len() <= 2), "{decimals}");
    assert!(!message.uri.contains('?'));

    let body = peer.calls_to("/receiveFile").remove(0).json();
    assert_eq!((&body["filename"], &body["content_type"]), (&json!("two words.png"), &json!("image/png")));
    assert_eq!(body["file"], "iVBORw0KGgouLi4=");
    assert_eq!((&body["encryption"], &body["hashing"], &body["stamp"]), (&json!(0), &json!(0), &file["stamp"]));
    network.stop().await;
    peer.stop().await;
}

/// Lesson 3: what a peer says of its user is text, and its pictures are pixels.
#[actix_web::test]
async fn a_hostile_profile_is_only_text() {
    let network = TestNetwork::start().await;
    let script = "<script>alert(1)</script>";
    let profile = json!({
        "fullname": script, "position": format!("x\u{0}\u{7}{script}"), "description": "y".repeat(100_000).get(..20_000), "location": null,
        "picture": "javascript:alert(1)", "password": "and more",
    });
    let peer = FakeServer::start(move |call| match call.path() {
        "/getProfile" => Answer::text(&profile.to_string()),
        "/getStatus" => Answer::text("{\"status\": \"<img src=x onerror=alert(1)>\"}"),
        _ => Answer::text("0"),
    })
    .await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    let seen = ana.sees("ben", "has a profile", |user| user["profile"]["fullname"] == script).await;
    assert_eq!(seen["profile"]["position"], format!("x{script}"));
    assert_eq!(seen["profile"]["description"].as_str().unwrap().len(), 1000);
    assert_eq!((&seen["profile"]["location"], &seen["profile"]["picture"]), (&json!(""), &json!(null)));
    assert_eq!(seen["status"], "Online");
    let page = ana.get("/people/ben").await.ok().text();
    assert!(!page.contains("alert(1)"), "{page}");
    network.stop().await;
    peer.stop().await;
}

#[actix_web::test]
async fn a_picture_is_fetched_from_the_peer_alone_and_only_if_it_is_one() {
    let network = TestNetwork::start().await;
    let elsewhere = FakeServer::start(|_| Answer::text("secret")).await;
    let port = elsewhere.address().port();
    let pictures = [
        format!("http://localhost:{port}/x.png"),
        format!("http://127.0.0.2:{port}/x.png"),
        format!("https://127.0.0.1:{port}/x.png"),
        format!("file:///etc/passwd?{port}"),
        format!("http://[::1]:{port}/x.png"),
    ];
    for picture in pictures {
        let answer = json!({ "fullname": picture, "picture": picture });
        let peer = FakeServer::start(move |_| Answer::text(&answer.to_string())).await;
        let ana = ana_and_ben_at(&network, peer.address()).await;
        let seen = ana.sees("ben", "has a profile", |user| user["profile"]["fullname"] == picture).await;
        assert_eq!(seen["profile"]["picture"], json!(null), "{picture}");
        peer.stop().await;
        ana.sign_out().await;
    }
    assert_eq!(elsewhere.calls().len(), 0);

    // On the peer's own host, but no picture.
    let page = json!({ "fullname": "a page", "picture": format!("{}/x.png", elsewhere.url()) });
    let peer = FakeServer::start(move |_| Answer::text(&page.to_string())).await;
    let ana = ana_and_ben_at(&network, peer.address()).await;
    ana.sees("ben", "has a profile", |user| user["profile"]["fullname"] == "a page").await;
    assert!(!elsewhere.calls_to("/x.png").is_empty());
    assert_eq!(ana.user("ben").await["profile"]["picture"], json!(null));
    network.stop().await;
    peer.stop().await;
    elsewhere.stop().await;
}

#[actix_web::test]
async fn a_peer_that_never_answers_delays_only_what_is_meant_for_it() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let silent = super::support::Link::to(network.login_server.address()).await;
    silent.set(Mode::Silent);
    network.login_server.report("cleo", silent.address()).await;
    ana.sees_online("cleo").await;
    let stuck = ana.send("cleo", "hello?").await;
    for n in 0..5 {
        let sent = ana.send("ben", &format!("number {n}")).await;
        ana.has_receipt(&sent, "delivered").await;
    }
    assert_eq!(ben.texts("ana").await.len(), 5);
    assert_eq!(ana.message("cleo", &stuck["id"]).await["receipt"], "pending");
    network.stop().await;
}

#[actix_web::test]
async fn a_cut_cable_only_delays() {
    let network = TestNetwork::start().await;
    let first = network.node().await;
    let (second, cable) = network.node_at_a_cable().await;
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    let mut sent = Vec::new();
    for mode in [Mode::Cut, Mode::Whole, Mode::Cut, Mode::Babbling(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n0".to_vec()), Mode::Whole]
    {
        cable.set(mode);
        for _ in 0..3 {
            sent.push(ana.send("ben", &format!("number {}", sent.len())).await["text"].as_str().unwrap().to_owned());
        }
    }
    ben.has_messages("ana", sent.len()).await;
    assert_eq!(ben.texts("ana").await, sent);
    network.stop().await;
}

#[actix_web::test]
async fn whoever_is_blocked_waits_without_an_error() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    ben.put("/api/blocks/ana", &json!({})).await.ok();
    let sent = ana.send("ben", "please?").await;
    // Another message, to show that the first had its turn.
    let other = ana.send("ana", "note").await;
    ana.has_receipt(&other, "delivered").await;
    assert_eq!(ana.message("ben", &sent["id"]).await["receipt"], "pending");
    assert_eq!(ben.texts("ana").await, [] as [String; 0]);
    ben.delete("/api/blocks/ana").await.ok();
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(ben.texts("ana").await, ["please?"]);
    network.stop().await;
}
