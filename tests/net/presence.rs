//! Who is there, what they show of themselves, and what waits for those who are not.

use serde_json::json;

use kith::login_server::LoginServerSettings;

use super::support::{Answer, FakeServer, Mode, Reply, TestLoginServer, TestNetwork, eventually, picture};

#[actix_web::test]
async fn people_come_and_go_on_the_pages_of_others() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let ana = first.as_user("ana").await;
    ana.sees("ben", "is known and away", |user| user["online"] == false).await;
    let mut tab = ana.events().await;
    let ben = second.as_user("ben").await;
    tab.wait_for("presence", |event| event["username"] == "ben" && event["online"] == true).await;
    assert_eq!(ana.user("ben").await["verified"], true);
    ben.sign_out().await;
    tab.wait_for("presence", |event| event["username"] == "ben" && event["online"] == false).await;
    network.stop().await;
}

/// As many as come at once when the login server is back.
#[actix_web::test]
async fn when_a_crowd_comes_the_pages_are_told_once() {
    let crowd: Vec<String> = (0..80).map(|n| format!("guest-{n}")).collect();
    let people: Vec<&str> = ["ana"].into_iter().chain(crowd.iter().map(String::as_str)).collect();
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let node = network.node_with(|settings| settings.presence.list_every_s = 600).await;
    let ana = node.as_user("ana").await;
    ana.sees("guest-79", "is known", |user| user["username"] == "guest-79").await;
    let mut tab = ana.events().await;
    let elsewhere = FakeServer::start(|_| Answer::text("0: Success")).await;
    for name in &crowd {
        network.login_server.report(name, elsewhere.address()).await;
    }
    node.look_around().await;
    assert_eq!(tab.wait_for("resync", |_| true).await, json!({ "type": "resync" }));
    let online = ana.get("/api/users").await.ok().json().as_array().unwrap().iter().filter(|user| user["online"] == true).count();
    assert_eq!(online, 81);
    network.stop().await;
}

#[actix_web::test]
async fn a_status_is_seen_at_another_node() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let mut tab = ana.events().await;
    for status in ["Do Not Disturb", "Away", "Idle", "Online"] {
        ben.set_status(status).await;
        let event = tab.wait_for("presence", |event| event["username"] == "ben" && event["status"] == status).await;
        assert_eq!(event["online"], true, "{status}");
        assert_eq!(ana.user("ben").await["status"], status);
    }
    // Who shows themselves as Offline is not shown as online.
    ben.set_status("Offline").await;
    tab.wait_for("presence", |event| event["username"] == "ben" && event["online"] == false).await;
    network.stop().await;
}

/// In a large network nobody can ask everybody all the time.
#[actix_web::test]
async fn those_with_whom_somebody_talks_are_asked_for_their_status_first() {
    let people = ["ana", "ben", "cleo", "dan", "eve", "fay", "gus"];
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let settings = |settings: &mut kith::config::Settings| {
        settings.presence.statuses_per_minute = 1;
        settings.presence.list_every_s = 600;
    };
    let node = network.node_with(settings).await;
    let ana = node.as_user("ana").await;
    ana.sees("eve", "is known", |user| user["username"] == "eve").await;
    ana.send("eve", "are you there?").await;
    let peers = FakeServer::start(|call| match call.path() {
        "/getStatus" => Answer::json(&json!({ "status": "Away" })),
        _ => Answer::text("0: Success"),
    })
    .await;
    // She is the first to be there, should a list be on its way meanwhile.
    for name in ["eve", "ben", "cleo", "dan", "fay", "gus"] {
        network.login_server.report(name, peers.address()).await;
    }
    node.look_around().await;
    ana.sees("eve", "is away", |user| user["status"] == "Away").await;
    // More lists, each of which asks whoever may be asked.
    for _ in 0..3 {
        node.look_around().await;
    }
    let asked: Vec<_> = peers.calls_to("/getStatus").iter().map(|call| call.json()["profile_username"].clone()).collect();
    assert_eq!(asked, ["eve"], "one a minute, and not those of whom nobody here knows more than the name");
    network.stop().await;
}

/// A hundred people who come to a node one after the other bring nothing that it did not hold when the first came.
#[actix_web::test]
async fn a_node_is_asked_for_what_it_holds_when_it_comes_and_not_with_each_of_its_people() {
    let people = ["ana", "ben", "cleo", "dan", "eve"];
    let network = TestNetwork::under(TestLoginServer::start(&people).await).await;
    let ana = network.node().await.as_user("ana").await;
    let peer = FakeServer::start(|_| Answer::text("0: Success")).await;
    for name in &people[1..] {
        network.login_server.report(name, peer.address()).await;
        ana.sees_online(name).await;
    }
    eventually("the node is asked", async || (!peer.calls_to("/retrieveMessages").is_empty()).then_some(())).await;
    assert_eq!(peer.calls_to("/retrieveMessages").len(), 1);
    network.stop().await;
}

#[actix_web::test]
async fn a_profile_with_its_picture_is_fetched_and_kept_by_the_other_node() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ben.put("/api/profile", &json!({ "fullname": "Ben Okafor", "position": "Boat", "description": "<b>x</b>", "location": "Shed" }))
        .await
        .ok();
    let upload = ben.request(reqwest::Method::PUT, "/api/profile/picture").header("content-type", "image/png").body(picture(300, 300));
    let own = Reply::of(upload).await.ok().json();
    let seen = ana
        .sees("ben", "has a profile", |user| user["profile"]["fullname"] == "Ben Okafor" && user["profile"]["picture"].is_string())
        .await;
    assert_eq!(seen["profile"]["description"], "<b>x</b>");

    // It is ana's own node that gives the picture, and it still does when ben's is gone.
    let url = seen["profile"]["picture"].as_str().unwrap();
    assert!(url.starts_with("/api/users/ben/picture"), "{url}");
    let original = ben.get(own["picture"].as_str().unwrap()).await.ok();
    assert_eq!(original.header("content-type"), "image/jpeg");
    second.stop().await;
    let kept = ana.get(url).await.ok();
    let (kept, original) = (image::load_from_memory(&kept.body).unwrap(), image::load_from_memory(&original.body).unwrap());
    assert_eq!((kept.width(), kept.height()), (original.width(), original.height()));
    assert_eq!(ana.user("ben").await["profile"]["location"], "Shed");
    network.stop().await;
}

#[actix_web::test]
async fn a_picture_that_was_replaced_is_fetched_anew() {
    let network = TestNetwork::start().await;
    let (ana, ben) = network.pair().await;
    let mut urls = Vec::new();
    for size in [20, 300] {
        let upload = ben.request(reqwest::Method::PUT, "/api/profile/picture").header("content-type", "image/png").body(picture(size, 20));
        Reply::of(upload).await.ok();
        let last = urls.last().cloned();
        let seen = ana.sees("ben", "has a new picture", |user| {
            user["profile"]["picture"].is_string() && Some(&user["profile"]["picture"]) != last.as_ref()
        });
        urls.push(seen.await["profile"]["picture"].clone());
    }
    ben.delete("/api/profile/picture").await.ok();
    ana.sees("ben", "has no picture", |user| user["profile"]["picture"].is_null()).await;
    network.stop().await;
}

#[actix_web::test]
async fn what_is_sent_to_somebody_who_is_away_waits_and_arrives_when_they_log_in() {
    let network = TestNetwork::start().await;
    let (first, second) = (network.node().await, network.node().await);
    let ana = first.as_user("ana").await;
    ana.sees("ben", "is known", |user| user["username"] == "ben").await;
    let sent = [ana.send("ben", "are you there?").await, ana.send("ben", "well, later then").await];
    let file = ana.send_file("ben", "map.png", "image/png", &picture(30, 30)).await;
    for message in sent.iter().chain([&file]) {
        assert_eq!(ana.message("ben", &message["id"]).await["receipt"], "pending");
    }
    let ben = second.as_user("ben").await;
    let got = ben.has_messages("ana", 3).await;
    assert_eq!((&got[0]["text"], &got[1]["text"], &got[2]["file"]["name"]), (&sent[0]["text"], &sent[1]["text"], &json!("map.png")));
    // The text is what was written: no mark of ours in it (lesson 10).
    assert_eq!(got[0]["stamp"], sent[0]["stamp"]);
    ana.has_receipt(&file, "delivered").await;
    network.stop().await;
}

#[actix_web::test]
async fn somebody_who_moves_to_another_node_is_found_there() {
    let network = TestNetwork::start().await;
    let (first, second, third) = (network.node().await, network.node().await, network.node().await);
    let (ana, ben) = (first.as_user("ana").await, second.as_user("ben").await);
    ana.sees_online("ben").await;
    let sent = ana.send("ben", "at the desk").await;
    ana.has_receipt(&sent, "delivered").await;
    ben.sign_out().await;
    ana.sees("ben", "has left", |user| user["online"] == false).await;
    let ben = third.as_user("ben").await;
    ana.sees_online("ben").await;
    let sent = ana.send("ben", "on the boat").await;
    ana.has_receipt(&sent, "delivered").await;
    assert_eq!(ben.texts("ana").await, ["on the boat"]);
    network.stop().await;
}

/// Lesson 30: the login server's ten calls a minute went into the node's own questions, and the next log-in was refused like a wrong
/// password.
#[actix_web::test]
async fn logging_in_again_and_again_is_not_refused() {
    let login_server = TestLoginServer::start_with(&["ana", "ben"], LoginServerSettings::default()).await;
    let network = TestNetwork::under(login_server).await;
    let node = network.node_with(|settings| settings.presence.list_every_s = 30).await;
    for n in 0..15 {
        let ana = node.visitor("ana");
        ana.log_in().await;
        if n % 2 == 0 {
            ana.sign_out().await;
        }
    }
    assert_eq!(node.visitor("ana").try_log_in("not her password").await.error().0, 401);
    network.stop().await;
}

#[actix_web::test]
async fn whoever_signs_out_again_and_again_is_not_listed_afterwards() {
    let login_server = TestLoginServer::start_with(&["ana", "ben"], LoginServerSettings::default()).await;
    let network = TestNetwork::under(login_server).await;
    let node = network.node_with(|settings| settings.presence.list_every_s = 30).await;
    for _ in 0..12 {
        let ana = node.visitor("ana");
        ana.log_in().await;
        ana.sign_out().await;
    }
    assert!(!network.login_server.has("ben", "ana").await);
    network.stop().await;
}

#[actix_web::test]
async fn whoever_signs_out_while_the_login_server_is_away_is_logged_off_when_it_is_back() {
    let network = TestNetwork::start().await;
    let node = network.node_with(|settings| settings.presence.report_every_s = 1).await;
    let (ana, dan) = (node.as_user("ana").await, node.as_user("dan").await);
    network.link.set(Mode::Cut);
    ana.sign_out().await;
    dan.sign_out().await;
    assert!(network.login_server.has("ben", "ana").await);
    network.link.set(Mode::Whole);
    // Who is back meanwhile is logged off no more, or reported again if that was under way.
    let dan = node.as_user("dan").await;
    eventually("ana is listed no longer", async || (!network.login_server.has("ben", "ana").await).then_some(())).await;
    eventually("dan is listed", async || network.login_server.has("ben", "dan").await.then_some(())).await;
    drop(dan);
    network.stop().await;
}
